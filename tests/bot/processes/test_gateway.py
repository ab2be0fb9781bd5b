"""The gateway as a process: quick to take messages, quiet in its log, gone when told to go."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from websockets.asyncio.client import connect

from bot.processes.gateway import LateScreen
from tests.conftest import SECRET, free_port

ROOT = Path(__file__).parents[3]
READY_WITHIN = 20.0


@dataclass
class Process:
    """A running `quietword serve gateway`."""

    popen: subprocess.Popen[bytes]
    port: int
    internal: int
    log: Path


@pytest.fixture
def process(redis_url: str, tmp_path: Path) -> Iterator[Process]:
    port, internal, log = free_port(), free_port(), tmp_path / "gateway.log"
    environ = {
        **os.environ,
        "QUIETWORD_PORT": str(port),
        "QUIETWORD_INTERNAL_PORT": str(internal),
        "QUIETWORD_DATA": str(ROOT / "data"),
        "QUIETWORD_VAR": str(tmp_path),
        "QUIETWORD_SECRET_KEY": SECRET.decode(),
        "REDIS_URL": redis_url,
        "TWILIO_ACCOUNT_SID": "AC1",
        "TWILIO_AUTH_TOKEN": "token",
    }
    command = [sys.executable, "-m", "bot.cli", "serve", "gateway"]
    with log.open("wb") as out:
        popen = subprocess.Popen(command, env=environ, cwd=ROOT, stdout=out, stderr=out)
    until = time.monotonic() + READY_WITHIN
    while True:
        try:
            if httpx.get(f"http://127.0.0.1:{port}/health/ready", trust_env=False).status_code == 200:
                break
        except httpx.TransportError:
            assert popen.poll() is None, log.read_text()
            assert time.monotonic() < until, log.read_text()
    yield Process(popen, port, internal, log)
    popen.kill()
    popen.wait()


async def test_it_serves_logs_nobody_and_goes(process: Process) -> None:
    async with connect(f"ws://127.0.0.1:{process.port}/chat", proxy=None) as socket:
        assert "session" in str(await socket.recv())
        await socket.send('{"type": "message", "text": "my words", "id": 1}')
        assert "ack" in str(await socket.recv())
    async with httpx.AsyncClient(trust_env=False) as client:
        metrics = (await client.get(f"http://127.0.0.1:{process.internal}/metrics")).text
        assert 'quietword_messages_in_total{channel="web",receipt="queued"} 1.0' in metrics
        assert "my words" not in metrics
        assert (await client.get(f"http://127.0.0.1:{process.port}/metrics")).status_code == 404
    process.popen.send_signal(signal.SIGTERM)
    assert await asyncio.to_thread(process.popen.wait, 10) in (0, -signal.SIGTERM)
    log = process.log.read_text()
    assert "Traceback" not in log
    for never in ("my words", "127.0.0.1:", "/chat"):
        assert never not in log


def test_what_it_imports_is_light() -> None:
    code = "import sys, bot.processes.gateway; print(*sorted(sys.modules))"
    found = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    heavy = {"spacy", "onnxruntime", "numpy", "twilio.rest", "aiohttp", "telegram"}
    assert not heavy & set(found.stdout.split())


def test_the_screen_comes_late() -> None:
    screen = LateScreen()
    assert not screen("he has a knife")
    screen.load(ROOT / "data")
    assert screen("he has a knife and he is here")
    assert not screen("what time do you open")
