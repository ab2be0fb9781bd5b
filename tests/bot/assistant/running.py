"""The real assistant for tests: trained model, its own Redis, Rasa by our launcher, the real actions on loopback."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import httpx
import uvicorn
from redis import Redis
from starlette.types import ASGIApp, Receive, Scope, Send

from tests.conftest import SECRET, free_port

ROOT = Path(__file__).resolve().parents[3]
PYTHON = ROOT / ".venv-rasa/bin/python"
NOW = "2026-11-24T11:00:00+00:00"
READY_WITHIN = 120.0
LANE = "saaaaaaaaaaaaaaaaaaaaaaaaa"


def launch(environ: dict[str, str], log: Path, folder: Path = ROOT) -> subprocess.Popen[bytes]:
    """Starts Rasa as the supervisor does. `folder` is where it finds its settings files."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("QUIETWORD_", "REDIS_"))}
    with log.open("wb") as out:
        return subprocess.Popen(
            [PYTHON, "-m", "bot.assistant.launcher", "rasa", "run"],
            cwd=folder,
            env=clean | {"PYTHONPATH": str(ROOT)} | environ,
            stdout=out,
            stderr=subprocess.STDOUT,
        )


def environment(redis_port: int, port: int, actions_url: str) -> dict[str, str]:
    """All that the launcher asks for."""
    return {
        "REDIS_URL": f"redis://127.0.0.1:{redis_port}/0",
        "QUIETWORD_SECRET_KEY": SECRET.decode(),
        "QUIETWORD_ACTIONS_URL": actions_url,
        "QUIETWORD_RASA_PORT": str(port),
        "QUIETWORD_RASA_MODEL": str(ROOT / "models/rasa/quietword.tar.gz"),
    }


class ActionsAtWork:
    """The real actions behind uvicorn. A test may let something happen while Rasa waits for one."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self.meanwhile: Callable[[], Awaitable[None]] | None = None
        self.port = free_port()
        self._server = uvicorn.Server(uvicorn.Config(self, port=self.port, log_level="error", ws="none"))
        self._thread = threading.Thread(target=self._server.run)
        self._thread.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/webhook"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and self.meanwhile:
            await self.meanwhile()
        await self._app(scope, receive, send)

    def stop(self) -> None:
        self._server.should_exit = True
        self._thread.join(timeout=20)


class Assistant:
    """A running Rasa, as the conversation service sees it, and the Redis below it."""

    def __init__(self, redis: subprocess.Popen[bytes], redis_port: int, actions: ActionsAtWork, log: Path) -> None:
        self.redis_process = redis
        self.redis_port = redis_port
        self.actions = actions
        self.log = log
        self.port = free_port()
        self.redis = Redis(port=redis_port)
        self.process = launch(environment(redis_port, self.port, actions.url), log)
        self.http = httpx.Client(base_url=f"http://127.0.0.1:{self.port}/webhooks/quietword", timeout=20)
        wait_until(self.is_ready, READY_WITHIN, self.process)

    def is_ready(self) -> bool:
        try:
            return self.http.get("/ready").status_code == 200
        except httpx.TransportError:
            return False

    def post(self, intent: str, message_id: str, **changes: Any) -> httpx.Response:
        """One turn. `changes` are fields of the request, or of the recognition in it."""
        recognition = {
            "intent": intent, "confidence": 0.9, "concern": None, "risk": "none", "danger": None, "requests": [],
            "social": None, "place": None, "location": None, "language": "en", "misses": 0,
        }  # fmt: skip
        body = {"conversation": f"{LANE}.0", "message_id": message_id, "channel": "sms", "text": "any words"}
        for name, value in changes.items():
            (body if name in body else recognition)[name] = value
        metadata = {"now": NOW, "channel": body["channel"], "recognition": recognition}
        return self.http.post("/turn", json=body | {"metadata": metadata})

    def say(self, intent: str, message_id: str, **changes: Any) -> list[dict[str, Any]]:
        """One turn that must succeed; gives its replies."""
        response = self.post(intent, message_id, **changes)
        assert response.status_code == 200, response.text
        messages: list[dict[str, Any]] = response.json()["messages"]
        return messages

    def key(self, name: str, lane: str = LANE) -> str:
        return f"qw:{{{lane}}}:{name}"

    def restart_redis(self) -> None:
        """The same server again, with what it had on disk."""
        self.redis_process = subprocess.Popen(self.redis_process.args, stdout=subprocess.DEVNULL)
        wait_until(self.is_ready, 20, self.redis_process)

    def stop(self) -> None:
        self.http.close()
        self.redis.close()
        for process in (self.process, self.redis_process):
            process.terminate()
            process.wait(timeout=20)


def wait_until(is_so: Callable[[], bool], seconds: float, process: subprocess.Popen[bytes]) -> None:
    """Polls. Fails when the time is up or the process ends."""
    deadline = time.monotonic() + seconds
    while not is_so():
        assert process.poll() is None, f"ended with {process.returncode}"
        assert time.monotonic() < deadline, "not ready in time"
        time.sleep(0.1)


def train() -> None:
    """Trains the dialogue model, if it is not current."""
    subprocess.run([PYTHON, "-m", "bot.assistant.train"], cwd=ROOT, check=True, stdout=sys.stderr)
