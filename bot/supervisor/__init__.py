"""One command that starts everything, keeps it running and ends it. Start reading at `run.py`.

Nothing is imported here: `scripts/bootstrap.py` uses `tether` and `progress` with any Python from 3.9.
"""
