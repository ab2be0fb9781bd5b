"""Runs a command that ends when its parent ends: `python -I -S tether.py PARENT_PID NICE COMMAND...`.

A file to be run, not only imported: the kernel's death signal has to be asked for in the child itself, and a
`preexec_fn` is not safe in a parent that has threads. The command replaces this process, so its pid is the child's.
Standard library only, and any Python from 3.9: `scripts/bootstrap.py` uses it before there is an environment.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1
"""From linux/prctl.h. Kept across `execve`, cleared by `fork`."""


def end_with_parent() -> None:
    """Asks the kernel for SIGTERM when the thread that started this process ends (Linux only)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def tethered(command: list[str], nice: int = 0) -> list[str]:
    """The command line that runs `command` tied to this process, in a process group of its own, `nice` steps down."""
    return [sys.executable, "-I", "-S", __file__, str(os.getpid()), str(nice), *command]


def main(argv: list[str]) -> None:
    parent, nice, command = int(argv[1]), int(argv[2]), argv[3:]
    os.setpgid(0, 0)  # Ctrl-C in the terminal must not reach it: the supervisor ends its children in order
    end_with_parent()
    if os.getppid() != parent:  # it ended before we asked
        sys.exit(1)
    os.nice(nice)
    os.execvp(command[0], command)  # noqa: S606 - no shell is what we want


if __name__ == "__main__":
    main(sys.argv)
