"""`python -m bot.recognition.training`: train if what is there is not for the current data and code."""

import sys
from pathlib import Path

from bot.recognition.training.build import train
from bot.recognition.training.manifest import is_current


def main(models: Path = Path("models"), data: Path = Path("data")) -> int:
    """Train, with progress on stderr."""
    if is_current(models, data):
        sys.stderr.write("recognition: the model is current\n")
        return 0
    train(models, data, _say)
    return 0


def _say(what: str, share: float) -> None:
    sys.stderr.write(f"recognition: {what} ({share:.0%})\n")


if __name__ == "__main__":
    sys.exit(main())
