"""Being asked to end. A handler only sets a flag; every wait looks at it, so no child is lost half started."""

from __future__ import annotations

import signal
import time
from types import FrameType, TracebackType
from typing import Any

from bot.supervisor.errors import Stopped

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
TICK = 0.05
"""Seconds: the longest that a signal waits to be seen."""


class Stopping:
    """Context: while it lasts, a signal makes the next `pause` raise `Stopped`. Main thread only."""

    def __init__(self) -> None:
        self._asked = False
        self._before: dict[int, Any] = {}

    def __enter__(self) -> Stopping:
        for number in SIGNALS:
            if (
                number != signal.SIGHUP or signal.getsignal(number) != signal.SIG_IGN
            ):  # ignored under `nohup`: keep it so
                self._before[number] = signal.signal(number, self._ask)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)

    def pause(self, seconds: float = TICK) -> None:
        """Waits. Raises `Stopped` as soon as we are asked to end."""
        until = time.monotonic() + seconds
        while not self._asked and (left := until - time.monotonic()) > 0:
            time.sleep(min(TICK, left))
        if self._asked:
            raise Stopped

    def _ask(self, number: int, frame: FrameType | None) -> None:
        self._asked = True


def pause(seconds: float = TICK) -> None:
    """The wait of a caller that lets Ctrl-C raise `KeyboardInterrupt`, as Python does by itself."""
    time.sleep(seconds)
