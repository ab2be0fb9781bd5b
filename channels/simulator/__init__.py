"""Phones on a page, for trying the line without an account: demo mode only."""
