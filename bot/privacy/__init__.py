"""Pseudonyms, sealing, key names and lifetimes. Knows nobody; also runs on Python 3.10, inside Rasa."""
