"""All our children: started, started again when they die, ended in order."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from bot.supervisor.children import Child, Program

FIRST_WAIT, LONGEST_WAIT = 1.0, 10.0
"""Seconds before a program that has ended is started again: doubled each time, up to the longest."""
SETTLED = 60.0
"""After so many seconds of running the next end counts as the first again. Logs are looked at as often."""


@dataclass
class _Place:
    """One child, and how its restarts go. `again` is when it is to be started, if it has ended."""

    child: Child
    started: float
    wait: float = FIRST_WAIT
    again: float | None = None


class Crew:
    """The children end in the order in which they were started, but for what the others stand on."""

    def __init__(
        self,
        environ: Mapping[str, str],
        logs: Path,
        say: Callable[[str], None],
        lock: int | None = None,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._places: list[_Place] = []
        self._environ = environ
        self._logs = logs
        self._say = say
        self._lock = lock
        self._now = now
        self._logs_seen = now()

    @property
    def children(self) -> list[Child]:
        return [place.child for place in self._places]

    def start(self, program: Program) -> Child:
        """Starts one more."""
        child = Child(program, self._environ, self._logs, self._lock)
        self._places.append(_Place(child, self._now()))
        child.start()
        return child

    def tend(self) -> None:
        """Starts again what has ended, each after a wait that grows, and says so in one line. Call it often."""
        for place in self._places:
            if place.child.ended() is not None:
                self._mend(place)
        if self._now() - self._logs_seen > SETTLED:
            self._logs_seen = self._now()
            for child in self.children:
                child.keep_log_small()

    def stop(self) -> None:
        """Ends all of them, one after the other."""
        for child in sorted(self.children, key=lambda child: child.program.ends_last):
            child.stop()
        self._places.clear()

    def _mend(self, place: _Place) -> None:
        now = self._now()
        if place.again is None:
            wait = FIRST_WAIT if now - place.started > SETTLED else place.wait
            place.wait, place.again = min(wait * 2, LONGEST_WAIT), now + wait
            child = place.child
            why = f"{child.why()}; see {child.log}"
            self._say(f"{child.program.name} ended ({why}); it starts again in {wait:.0f} s")
        elif now >= place.again:
            place.again, place.started = None, now
            place.child.start()
