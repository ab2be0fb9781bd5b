"""Training the encoder to this task: the published MiniLM learns what disclosures, danger and requests look like.

Takes about half an hour on two cores and is done seldom: its result is kept in `models/encoder/` (`kept.py`), so
that a first start only fits the heads. `python -m bot.recognition.training.tuning` (`make encoder`) makes it again.
"""
