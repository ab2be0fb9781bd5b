from __future__ import annotations

import sys
from pathlib import Path

from bot.supervisor.children import Program
from bot.supervisor.crew import Crew
from bot.supervisor.readiness import log_says
from tests.bot.supervisor.conftest import until

ENDS_AT_ONCE = Program("example", (sys.executable, "-c", ""), log_says("up"))


class Time:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


def waits(folder: Path, runs_for: list[float]) -> list[str]:
    """The waits that are told when a program ends after each of these seconds."""
    time, told = Time(), list[str]()
    crew = Crew({}, folder, told.append, now=time)
    child = crew.start(ENDS_AT_ONCE)
    for seconds in runs_for:
        until(lambda: child.ended() is not None)
        time.now += seconds
        crew.tend()
        time.now += 10
        crew.tend()
    crew.stop()
    return [line.split()[-2] for line in told]


def test_waits_between_restarts_grow_to_ten_seconds(tmp_path: Path) -> None:
    assert waits(tmp_path, [0] * 6) == ["1", "2", "4", "8", "10", "10"]


def test_after_a_minute_of_running_they_start_small_again(tmp_path: Path) -> None:
    assert waits(tmp_path, [0, 0, 0, 61, 0]) == ["1", "2", "4", "1", "2"]
