"""What recognition finds in messages that nothing was trained on, beside simpler models, in one table and pictures.

`python -m bot.recognition.training.evaluation` (`make evaluate`) writes `docs/recognition.md` and `docs/img/`.
"""
