"""What a person sees while `make run` works: the step, how long it usually takes, how long it has taken.

Standard library only, and any Python from 3.9: `scripts/bootstrap.py` prints the first steps.
"""

from __future__ import annotations

import sys
import time
from typing import TextIO

STEPS = (
    "Finding uv, which installs the rest",
    "Installing the service environment (about half a minute)",
    "Installing the assistant environment (about a minute)",
    "Training what it understands (a few minutes)",
    "Starting",
)
"""In this order. A step with nothing to do is not printed."""

EVERY = 15.0
"""Seconds between signs of life where the output is not a terminal."""


def say(line: str) -> None:
    """One line about the work, on stderr: stdout is for answers."""
    sys.stderr.write(f"{line}\n")


class Step:
    """One step of `STEPS`, printed from when it begins. Counts from 1."""

    def __init__(self, number: int, out: TextIO | None = None) -> None:
        self._out = out or sys.stderr
        self._title = f"[{number}/{len(STEPS)}] {STEPS[number - 1]} ..."
        self._live = self._out.isatty()
        self._fresh = "\r\x1b[K" if self._live else ""
        self._began = self._told = time.monotonic()
        self._print(self._title, end="" if self._live else "\n")

    @property
    def seconds(self) -> float:
        """Since it began."""
        return time.monotonic() - self._began

    def tick(self, how_far: str = "") -> None:
        """A sign of life: the seconds so far. Call it often; it prints when there is something to say."""
        if time.monotonic() - self._told < (1.0 if self._live else EVERY):
            return
        self._told = time.monotonic()
        self._print(f"{self._fresh}{self._title} {self.seconds:.0f} s{how_far}", end="" if self._live else "\n")

    def line(self, text: str) -> None:
        """A line of its own, whatever stands on the terminal's last one."""
        self._print(f"{self._fresh}{text}")

    def note(self, text: str) -> None:
        """Something that has been reached within the step."""
        self.line(f"  {text} ({self.seconds:.1f} s)")

    def done(self) -> None:
        """Ends the line."""
        self.line(f"{self._title if self._live else ' '} done in {self.seconds:.0f} s")

    def failed(self) -> None:
        """Leaves the line as it is, so that what comes next stands on its own."""
        if self._live:
            self._print("")

    def _print(self, text: str, end: str = "\n") -> None:
        print(text, end=end, file=self._out, flush=True)
