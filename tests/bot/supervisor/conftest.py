"""A supervisor in a process of its own, and a look at what is left of it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from bot.supervisor.ports import free_ports

STAND_IN = Path(__file__).with_name("stand_in.py")
PORTS = ("QUIETWORD_PORT", "QUIETWORD_CONSOLE_PORT", "QUIETWORD_INTERNAL_PORT")
PATIENCE = 30.0


def until(holds: Callable[[], object]) -> None:
    """Waits for something that happens in another process; fails if it does not."""
    deadline = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.02)


class Supervised:
    """One run in one folder, as `make` would start it: from a shell that waits for it."""

    def __init__(self, var: Path) -> None:
        self.var = var
        ports = dict(zip(PORTS, map(str, free_ports(3)), strict=True))
        inherited = {name: value for name, value in os.environ.items() if name in ("PATH", "HOME", "LANG")}
        self.environ = {**inherited, **ports, "QUIETWORD_VAR": str(var)}
        self._started: list[subprocess.Popen[str]] = []
        self._told = var.with_name("told")

    def start(self, plan: str = "five") -> subprocess.Popen[str]:
        """Starts it. What it says goes to a file: a pipe would be held open by whatever is left."""
        with self._told.open("a") as told:
            process = subprocess.Popen(
                ["/bin/sh", "-c", f'"{sys.executable}" "{STAND_IN}" {plan}; exit $?'],
                env=self.environ,
                stdout=told,
                stderr=told,
                text=True,
                process_group=0,
            )
        self._started.append(process)
        return process

    def start_and_wait(self, plan: str = "five") -> subprocess.Popen[str]:
        process = self.start(plan)
        until(lambda: "is ready. Ctrl-C" in self.told())
        return process

    def told(self) -> str:
        return self._told.read_text()

    def pids(self, word: str = "") -> list[int]:
        """Everything that runs for this folder and has the word in its command line, zombies left out."""
        found = []
        for entry in Path("/proc").iterdir():
            try:
                ours = f"QUIETWORD_VAR={self.var}".encode() in (entry / "environ").read_bytes().split(b"\0")
                # Redis writes its title over its environment, and works in its own folder
                if ours or (entry / "cwd").readlink().is_relative_to(self.var):
                    command = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode()
                    found += [int(entry.name)] if command and word in command else []
            except (OSError, ValueError):
                continue
        return found

    def supervisor(self) -> int:
        return min(pid for pid in self.pids("stand_in.py") if pid not in [p.pid for p in self._started])

    def end(self) -> None:
        for process in self._started:
            process.poll()
        for pid in self.pids():
            os.kill(pid, signal.SIGKILL)
        for process in self._started:
            process.wait(PATIENCE)


@pytest.fixture
def supervised(tmp_path: Path) -> Iterator[Supervised]:
    run = Supervised(tmp_path / "var")
    yield run
    run.end()
