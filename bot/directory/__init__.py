"""Services, places and opening hours: what is near, and what is open now.

`errors`, `places`, `postcodes`, `spelling` and `gazetteer` also run on Python 3.10, inside Rasa: they use the
standard library, PyYAML and rapidfuzz only. The rest needs the service environment.
"""
