"""How messages get in and out: one module a provider behind `contract.py`, the courier, and the gateway's web app."""
