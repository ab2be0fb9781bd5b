"""The real stack, as `make run` starts it: Redis, Rasa with its trained model, actions, gateway, conversation, console.

Only the phone network is a fake: a server on loopback that the real Twilio SDK is pointed at.
"""

from __future__ import annotations

import itertools
import os
import re
import secrets
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode

import httpx
import pytest
import uvicorn
from redis import Redis
from starlette.applications import Starlette
from starlette.routing import Route
from twilio.request_validator import RequestValidator

from bot.supervisor.ports import free_ports
from tests.channels.conftest import ACCOUNT, TOKEN
from tests.channels.twilio.fake_api import FakeTwilio
from tests.conftest import free_port

ROOT = Path(__file__).parents[2]
READY_WITHIN = 240.0
REPLY_WITHIN = 15.0


def until(holds: Callable[[], object], patience: float = REPLY_WITHIN, why: str = "it did not happen") -> None:
    """Waits for something that happens in another process; fails if it does not."""
    deadline = time.monotonic() + patience
    while not holds():
        assert time.monotonic() < deadline, why
        time.sleep(0.02)


@pytest.fixture(scope="session")
def network() -> Iterator[FakeTwilio]:
    """The phone network: takes what is sent and remembers it."""
    fake = FakeTwilio(f"http://127.0.0.1:{free_port()}")
    fake.hold.set()
    app = Starlette(routes=[Route("/2010-04-01/Accounts/{account}/Messages.json", fake.create, methods=["POST"])])
    server = uvicorn.Server(uvicorn.Config(app, port=int(fake.url.rsplit(":", 1)[1]), log_config=None))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    until(lambda: server.started)
    yield fake
    server.should_exit = True
    thread.join(timeout=10)


@dataclass
class Stack:
    """A running stack and the ways into it."""

    process: subprocess.Popen[str]
    var: Path
    web: str
    console: str
    network: FakeTwilio
    told: Path
    _ids: Iterator[int] = field(default_factory=itertools.count)

    @property
    def chat(self) -> str:
        return self.web.replace("http://", "ws://") + "/chat"

    def redis(self) -> Redis:
        """Everything that is kept. Close it."""
        conf = dict(line.split(" ", 1) for line in (self.var / "redis/redis.conf").read_text().splitlines())
        return Redis(port=int(conf["port"]), password=conf["requirepass"].strip())

    def pids(self, words: str) -> list[int]:
        """Our processes with these words in their command line."""
        found = []
        for entry in Path("/proc").iterdir():
            try:
                if f"QUIETWORD_VAR={self.var}".encode() in (entry / "environ").read_bytes().split(b"\0"):
                    command = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode()
                    found += [int(entry.name)] if words in command else []
            except (OSError, ValueError):
                continue
        return found

    def kill(self, words: str) -> None:
        pids = self.pids(words)
        assert pids, f"no process with {words}"
        for pid in pids:
            os.kill(pid, signal.SIGKILL)
        until(lambda: not set(self.pids(words)) & set(pids))

    def post(self, form: dict[str, str], signature: str | None = None) -> httpx.Response:
        """A webhook as Twilio sends it; signed unless a signature is given."""
        url = f"{self.web}/webhooks/twilio"
        headers = {"content-type": "application/x-www-form-urlencoded"}
        headers["x-twilio-signature"] = (
            RequestValidator(TOKEN).compute_signature(url, form) if signature is None else signature
        )
        return httpx.post(url, content=urlencode(form), headers=headers, timeout=10)

    def phone(self, whatsapp: bool = False) -> Phone:
        return Phone(self, f"+4477009{next(self._ids):05d}", whatsapp)


class Phone:
    """Somebody's phone."""

    def __init__(self, stack: Stack, number: str, whatsapp: bool) -> None:
        self.stack = stack
        self.number = f"whatsapp:{number}" if whatsapp else number

    def form(self, text: str, **more: str) -> dict[str, str]:
        return {
            "MessageSid": "SM" + secrets.token_hex(16),
            "AccountSid": ACCOUNT,
            "From": self.number,
            "To": "+447700900001",
            "Body": text,
            "NumMedia": "0",
        } | more

    def received(self) -> list[str]:
        return [asked["Body"] for asked in self.stack.network.asked if asked["To"] == self.number]

    def texts(self, text: str, replies: int = 1, **more: str) -> list[str]:
        """Sends a text; gives the replies to it, and fails if there are fewer."""
        before = len(self.received())
        assert self.stack.post(self.form(text, **more)).status_code in (200, 204)
        until(lambda: len(self.received()) >= before + replies, why="no reply came")
        return self.received()[before:]


class Desk:
    """A duty worker with a browser."""

    def __init__(self, url: str, name: str, password: str) -> None:
        self.client = httpx.Client(base_url=url, follow_redirects=True, timeout=10)
        page = self.client.post("/login", data={"name": name, "password": password}).text
        token = re.search(r'data-token="([\w-]{20,})"', page)
        assert token, "the desk page has no token"
        self.client.headers["x-desk-token"] = token[1]

    def waiting(self) -> list[str]:
        items = self.client.get("/api/queue").json()["items"]
        return [item["lane"] for item in items if item["state"] == "waiting"]

    def conversation(self, lane: str) -> dict[str, object]:
        return dict(self.client.get(f"/api/conversation/{lane}").json())

    def lines(self, lane: str) -> str:
        return str(self.conversation(lane)["lines"])

    def claim(self, lane: str) -> int:
        return int(self.client.post("/api/claim", json={"lane": lane}).json()["claim"])

    def say(self, lane: str, claim: int, text: str) -> str:
        return str(self.client.post("/api/say", json={"lane": lane, "claim": claim, "text": text}).json()["result"])


@pytest.fixture
def desk(stack: Stack) -> Iterator[Desk]:
    """A worker who is logged in."""
    name, password = (stack.var / "demo-login.txt").read_text().split()
    worker = Desk(stack.console, name, password)
    yield worker
    worker.client.close()


@pytest.fixture
def kept(stack: Stack) -> Iterator[Redis]:
    """The stack's own Redis, as a thief of it would see it."""
    client = stack.redis()
    yield client
    client.close()


@pytest.fixture(scope="session")
def stack(network: FakeTwilio, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    folder = tmp_path_factory.mktemp("stack")
    port, console, internal = free_ports(3)
    web = f"http://127.0.0.1:{port}"
    environ = {name: value for name, value in os.environ.items() if name in ("PATH", "HOME", "LANG")} | {
        "QUIETWORD_VAR": str(folder / "var"),
        "QUIETWORD_PORT": str(port),
        "QUIETWORD_CONSOLE_PORT": str(console),
        "QUIETWORD_INTERNAL_PORT": str(internal),
        "QUIETWORD_PUBLIC_URL": web,
        "TWILIO_ACCOUNT_SID": ACCOUNT,
        "TWILIO_AUTH_TOKEN": TOKEN,
        "TWILIO_SMS_FROM": "+447700900001",
        "TWILIO_WHATSAPP_FROM": "+447700900002",
        "TWILIO_API_BASE_URL": network.url,
    }
    told = folder / "told"
    with told.open("w") as out:
        process = subprocess.Popen(
            [str(Path(sys.executable).with_name("quietword")), "run"],
            cwd=ROOT, env=environ, stdout=out, stderr=out, text=True, process_group=0,
        )  # fmt: skip
    running = Stack(process, folder / "var", web, f"http://127.0.0.1:{console}", network, told)
    try:
        until(lambda: "is ready. Ctrl-C" in told.read_text() or process.poll() is not None, READY_WITHIN)
        assert process.poll() is None, told.read_text()
        yield running
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(timeout=60)
