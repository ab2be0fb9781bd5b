"""The web chat's page and its files."""
