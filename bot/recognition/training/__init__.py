"""Training of recognition: service environment only (group `train`).

`build.train(models, data, progress)` makes `models/recognition/`; `manifest.is_current(models, data)` says whether it
is already there for this data and this code.
"""
