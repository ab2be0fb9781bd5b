"""A stand-in for one program: says that it is up, and notes its name in `ended` when it is told to end."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path
from types import FrameType

name = sys.argv[1]
ended = Path(os.environ["QUIETWORD_VAR"]) / "ended"


def end(number: int, frame: FrameType | None) -> None:
    with ended.open("a") as file:
        file.write(f"{name}\n")
    sys.exit(0)


signal.signal(signal.SIGTERM, end)
sys.stdout.write(f"{name} is up\n")
sys.stdout.flush()
while True:
    signal.pause()
