"""One run in one folder, and none beside what an earlier run has left.

Two locks. Ours says that a supervisor runs here. The other is handed to every child, so it is free only when the last
of them has ended: after `kill -9` a new run waits for the old Redis instead of opening its files beside it.
"""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType

from bot.supervisor.errors import CannotStart

LEFTOVERS = 25.0
"""Seconds that an earlier run's children get to end: each ends within ten of being told to."""


class RunLock:
    """Context: holds both locks. `fd` is for the children to inherit. Raises `CannotStart`."""

    def __init__(self, var: Path, pause: Callable[[float], None]) -> None:
        self._var = var
        self._pause = pause
        self._fds: list[int] = []

    def __enter__(self) -> RunLock:
        try:
            self._ours = self._take("run.lock", 0.0, f"Quiet Word already runs in {self._var}")
            self.fd = self._take("children.lock", LEFTOVERS, f"processes of an earlier run in {self._var} do not end")
        except BaseException:
            self._release()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._release()

    def _take(self, name: str, patience: float, complaint: str) -> int:
        fd = os.open(self._var / name, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        self._fds.append(fd)
        until = time.monotonic() + patience
        while True:
            try:
                fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
                return fd
            except BlockingIOError:
                if time.monotonic() >= until:
                    raise CannotStart(complaint) from None
                self._pause(0.1)

    def _release(self) -> None:
        while self._fds:
            os.close(self._fds.pop())
