"""The supervisor as a process: however it ends nothing is left, and what ends below it is started again."""

from __future__ import annotations

import os
import signal
import socket
from collections.abc import Callable

import pytest
from redis import Redis

from tests.bot.supervisor.conftest import PORTS, Supervised, until

Ending = Callable[[Supervised, int], None]
"""Given the run and the pid of its shell, which leads the process group as `make` does in a terminal."""

ENDINGS: dict[str, Ending] = {
    "ctrl-c": lambda run, shell: os.killpg(shell, signal.SIGINT),
    "terminal closed": lambda run, shell: os.killpg(shell, signal.SIGHUP),
    "kill": lambda run, shell: os.kill(run.supervisor(), signal.SIGTERM),
    "kill -9": lambda run, shell: os.kill(run.supervisor(), signal.SIGKILL),
    "kill -9 of make": lambda run, shell: os.kill(shell, signal.SIGKILL),
}


@pytest.mark.parametrize("how", ENDINGS)
def test_nothing_is_left(supervised: Supervised, how: str) -> None:
    shell = supervised.start_and_wait()
    assert len(supervised.pids("child.py")) == 5
    ENDINGS[how](supervised, shell.pid)
    until(lambda: shell.poll() is not None and not supervised.pids())


def test_what_the_others_stand_on_ends_last(supervised: Supervised) -> None:
    shell = supervised.start_and_wait()
    os.kill(supervised.supervisor(), signal.SIGTERM)
    until(lambda: shell.poll() is not None)
    ended = (supervised.var / "ended").read_text().split()
    assert ended == ["gateway", "conversation", "console", "actions", "store"]
    assert shell.returncode == 0


def test_a_child_that_dies_is_started_again_and_told_in_one_line(supervised: Supervised) -> None:
    supervised.start_and_wait()
    [before] = supervised.pids("child.py console")
    os.kill(before, signal.SIGKILL)
    until(lambda: [pid for pid in supervised.pids("child.py console") if pid != before])
    [line] = [line for line in supervised.told().splitlines() if "console ended" in line]
    assert "signal 9" in line
    assert "starts again in 1 s" in line
    assert len(supervised.pids("child.py")) == 5


def test_a_second_run_in_the_same_folder_says_so_in_one_line(supervised: Supervised) -> None:
    supervised.start_and_wait()
    said = len(supervised.told().splitlines())
    second = supervised.start()
    assert second.wait(20) == 1
    [line] = supervised.told().splitlines()[said:]
    assert "already runs" in line
    assert len(supervised.pids("child.py")) == 5


@pytest.mark.parametrize("name", PORTS)
def test_a_taken_port_stops_the_start_with_one_line_that_names_it(supervised: Supervised, name: str) -> None:
    with socket.create_server(("127.0.0.1", int(supervised.environ[name]))):
        assert supervised.start().wait(20) == 1
    [line] = supervised.told().splitlines()
    assert supervised.environ[name] in line
    assert name in line


def test_redis_killed_with_its_supervisor_has_kept_everything_for_the_next_run(supervised: Supervised) -> None:
    supervised.start_and_wait("redis")
    _redis(supervised).set("kept", "yes")
    for pid in (supervised.supervisor(), *supervised.pids("redis-server")):
        os.kill(pid, signal.SIGKILL)
    supervised.start("redis")
    until(lambda: supervised.told().count("is ready. Ctrl-C") == 2)
    assert _redis(supervised).get("kept") == b"yes"


def test_redis_ends_with_a_supervisor_that_is_killed(supervised: Supervised) -> None:
    supervised.start_and_wait("redis")
    assert supervised.pids("redis-server")
    os.kill(supervised.supervisor(), signal.SIGKILL)
    until(lambda: not supervised.pids())


def test_redis_asks_for_its_password_and_no_command_line_shows_it(supervised: Supervised) -> None:
    supervised.start_and_wait("redis")
    password = (supervised.var / "secrets" / "redis-password").read_text()
    assert supervised.pids("redis-server")
    assert not supervised.pids(password)
    assert (supervised.var / "redis" / "redis.conf").stat().st_mode & 0o077 == 0


def _redis(run: Supervised) -> Redis:
    conf = dict(line.split(" ", 1) for line in (run.var / "redis" / "redis.conf").read_text().splitlines())
    return Redis(port=int(conf["port"]), password=conf["requirepass"])
