"""Quiet Word: the service. Start reading at `bot/conversation/turn.py`."""
