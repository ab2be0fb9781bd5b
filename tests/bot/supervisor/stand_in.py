"""The real supervisor over stand-in programs, to be run and killed: `stand_in.py five|redis`."""

from __future__ import annotations

import sys
from pathlib import Path

from bot.settings import Settings, read_settings
from bot.supervisor import programs
from bot.supervisor.children import Program
from bot.supervisor.programs import Places
from bot.supervisor.readiness import log_says
from bot.supervisor.run import supervise

CHILD = Path(__file__).with_name("child.py")


def five(settings: Settings, places: Places, password: str) -> list[Program]:
    names = ["store", "gateway", "conversation", "console", "actions"]
    return [
        Program(name, (sys.executable, str(CHILD), name), log_says("is up"), nice=3, ends_last=name == "store")
        for name in names
    ]


def redis(settings: Settings, places: Places, password: str) -> list[Program]:
    return [programs.redis(settings.var, places, password)]


if __name__ == "__main__":
    sys.exit(supervise(read_settings(), {"five": five, "redis": redis}[sys.argv[1]], lambda settings, pause: None))
