from __future__ import annotations

import sys
from pathlib import Path

import pytest

from bot.supervisor.errors import CannotStart, Stopped
from bot.supervisor.stopping import pause
from bot.supervisor.training import work


def test_what_has_nothing_to_do_says_nothing(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert work("example", (sys.executable, "-c", "print('the model is current')"), tmp_path, pause, None) is None
    assert capfd.readouterr() == ("", "")


def test_a_training_that_fails_names_its_log(tmp_path: Path) -> None:
    with pytest.raises(CannotStart, match=r"training failed: exit status 1, ValueError; see .*/logs/example\.log"):
        work("example", (sys.executable, "-c", "raise ValueError"), tmp_path, pause, None)


def test_a_training_ends_when_we_are_asked_to_end(tmp_path: Path) -> None:
    started = tmp_path / "started"
    sleeper = f"import pathlib, signal; pathlib.Path({str(started)!r}).touch(); signal.pause()"

    def stop_once_it_runs() -> None:
        pause()
        if started.exists():
            raise Stopped

    with pytest.raises(Stopped):
        work("example", (sys.executable, "-c", sleeper), tmp_path, stop_once_it_runs, None)
    running = [path for path in Path("/proc").glob("[0-9]*/cmdline") if str(started).encode() in _read(path)]
    assert running == []


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        return b""
