from __future__ import annotations

import signal
import sys
from pathlib import Path

from bot.supervisor.children import MOST_LOG, Child, Program
from bot.supervisor.readiness import http_ok, log_says
from tests.bot.supervisor.conftest import until


def child(folder: Path, code: str, nice: int = 0) -> Child:
    program = Program("example", (sys.executable, "-c", code), log_says("up"), nice)
    return Child(program, {}, folder)


def test_what_ignores_sigterm_is_killed(tmp_path: Path) -> None:
    ignoring = "import signal; signal.signal(15, signal.SIG_IGN); print('up', flush=True); signal.pause()"
    stubborn = child(tmp_path, ignoring)
    stubborn.start()
    until(stubborn.is_ready)
    stubborn.stop(grace=0.1)
    assert stubborn.ended() == -signal.SIGKILL


def test_it_steps_back_for_others(tmp_path: Path) -> None:
    polite = child(tmp_path, "import os; print(os.nice(0), 'up', flush=True)", nice=10)
    polite.start()
    until(lambda: polite.ended() == 0)
    assert (tmp_path / "example.log").read_text() == "10 up\n"


def test_the_reason_names_the_type_of_error_and_never_its_text(tmp_path: Path) -> None:
    failing = child(tmp_path, "raise ValueError('her own words')")
    failing.start()
    until(lambda: failing.ended() is not None)
    assert failing.why() == "exit status 1, ValueError"


def test_a_log_is_private_new_with_each_start_and_the_last_one_is_kept(tmp_path: Path) -> None:
    again = child(tmp_path, "print('up', flush=True)")
    for _ in range(2):
        again.start()
        until(lambda: again.ended() == 0)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["example.log", "example.log.1"]
    assert (tmp_path / "example.log").stat().st_mode & 0o777 == 0o600


def test_how_far_it_is_comes_from_its_last_line_if_that_says_so(tmp_path: Path) -> None:
    tells = child(tmp_path, "print('10%, reading'); print('40%, fitting')")
    tells.start()
    until(lambda: tells.ended() == 0)
    assert tells.how_far() == ", 40%, fitting"
    tells = child(tmp_path, "print('40%, fitting'); print('a warning')")
    tells.start()
    until(lambda: tells.ended() == 0)
    assert tells.how_far() == ""


def test_a_log_that_grows_is_emptied(tmp_path: Path) -> None:
    noisy = child(tmp_path, f"print('x' * {MOST_LOG})")
    noisy.start()
    until(lambda: noisy.ended() == 0)
    noisy.keep_log_small()
    assert (tmp_path / "example.log").stat().st_size == 0


def test_nothing_answers_where_nothing_listens(tmp_path: Path) -> None:
    assert not http_ok("http://127.0.0.1:9/health")(tmp_path)
