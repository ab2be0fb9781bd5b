"""One program that we start, watch and end."""

from __future__ import annotations

import os
import re
import signal
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from bot.supervisor.tether import tethered

ROOT = Path(__file__).resolve().parents[2]
"""The tree that we run from: Rasa reads `endpoints.yml` and `credentials.yml` there."""
GRACE = 10.0
"""Seconds between SIGTERM and SIGKILL."""
MOST_LOG = 1_000_000
"""Bytes of one log; past that it is emptied."""


@dataclass(frozen=True)
class Program:
    """What to run. `ready` says, without raising, whether it answers: from its address, or from its log (given)."""

    name: str
    command: tuple[str, ...]
    ready: Callable[[Path], bool]
    nice: int = 0
    starts_alone: bool = False
    """What comes after it waits until it is ready."""
    ends_last: bool = False
    """The others stand on it."""


class Child:
    """A program as a process. It ends when we end, however we end; its output goes to `<logs>/<name>.log` (0600)."""

    def __init__(self, program: Program, environ: Mapping[str, str], logs: Path, lock: int | None = None) -> None:
        self.program = program
        self._environ = dict(environ)
        self._log = logs / f"{program.name}.log"
        self._lock = lock
        self._process: subprocess.Popen[bytes] | None = None
        self._ready = False

    def start(self) -> None:
        """Does not wait for it to be ready. Each start has a log of its own; the one before it is kept beside it."""
        self._ready = False
        if self._log.exists():
            self._log.replace(self._log.with_suffix(".log.1"))
        fd = os.open(self._log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            self._process = subprocess.Popen(  # noqa: S603 - our own programs
                tethered(list(self.program.command), self.program.nice),
                cwd=ROOT,
                env=self._environ,
                stdin=subprocess.DEVNULL,
                stdout=fd,
                stderr=fd,
                pass_fds=() if self._lock is None else (self._lock,),
            )
        finally:
            os.close(fd)

    @property
    def pid(self) -> int | None:
        """Of the running process."""
        return self._process.pid if self._process else None

    def ended(self) -> int | None:
        """Its exit status, or None while it runs."""
        return self._process.poll() if self._process else None

    def is_ready(self) -> bool:
        """Whether it runs and has answered once since it was started."""
        if not self._ready:
            self._ready = self.ended() is None and self.program.ready(self._log)
        return self._ready

    @property
    def log(self) -> Path:
        """Where to read what it said."""
        return self._log

    def why(self) -> str:
        """The exit status, and the type of the error that its last line names; never the line itself."""
        status = self.ended()
        how = f"signal {-status}" if status is not None and status < 0 else f"exit status {status}"
        lines = self._log.read_text(errors="replace").splitlines() if self._log.exists() else []
        named = re.search(r"\b([A-Z]\w*(?:Error|Exception|Exit|Refused|NotConfigured))\b", lines[-1]) if lines else None
        return f"{how}{f', {named[1]}' if named else ''}"

    def how_far(self) -> str:
        """The last line of its log if that says how far it is, as `, 40%, reading the messages`."""
        lines = self._log.read_text(errors="replace").splitlines()
        return f", {lines[-1]}" if lines and re.match(r"\d+%, ", lines[-1]) else ""

    def keep_log_small(self) -> None:
        """Empties a log that has grown too long; the child appends, so it goes on writing at the start."""
        if self._log.stat().st_size > MOST_LOG:
            os.truncate(self._log, 0)

    def stop(self, grace: float = GRACE) -> None:
        """SIGTERM, then SIGKILL to it and whatever it has started. Waits until it has ended."""
        if self._process is None:
            return
        if self._process.poll() is None:
            self._process.terminate()
            try:
                self._process.wait(grace)
            except subprocess.TimeoutExpired:
                os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
