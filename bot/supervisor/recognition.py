"""Trains recognition in a process of its own: `python -m bot.supervisor.recognition MODELS DATA`."""

from __future__ import annotations

import sys
from pathlib import Path

from bot.recognition.training.build import train
from bot.supervisor.progress import say


def main(argv: list[str]) -> None:
    """How far it is goes to stderr, a line each: `40%, reading the messages`."""
    models, data = (Path(name) for name in argv[1:])
    train(models, data, lambda what, share: say(f"{share:.0%}, {what}"))


if __name__ == "__main__":
    main(sys.argv)
