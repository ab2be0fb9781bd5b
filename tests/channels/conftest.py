"""A real gateway on a free port, for tests to talk to as a phone network or a browser does."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

import httpx
import pytest
from redis.asyncio import Redis
from twilio.request_validator import RequestValidator

from bot.clock import SettableClock
from bot.conversation.lane import LaneStore
from bot.conversation.messages import Inbound
from bot.handoff.desk import HandoffDesk
from bot.privacy.pseudonyms import lane_id
from bot.processes.gateway import create_app, server
from bot.settings import Settings
from tests.conftest import SECRET, free_port

DATA = Path(__file__).parents[2] / "data"
TOKEN = "0123456789abcdef0123456789abcdef"
ACCOUNT = "AC0123456789abcdef0123456789abcdef"
PUBLIC_URL = "https://line.example.org/qw"
SAFE_WORD = "TULIP"


def make_settings(port: int, **changed: object) -> Settings:
    """Settings of a demo with a public address behind a proxy path. "{port}" in a change stands for the port."""
    changed = {name: v.replace("{port}", str(port)) if isinstance(v, str) else v for name, v in changed.items()}
    given = {
        "mode": "demo",
        "port": port,
        "data": DATA,
        "safe_word": SAFE_WORD,
        "secret_key": SECRET.decode(),
        "public_url": PUBLIC_URL,
        "redis_url": "redis://unused",
        "twilio_account_sid": ACCOUNT,
        "twilio_auth_token": TOKEN,
        "twilio_sms_from": "+447700900001",
        "twilio_whatsapp_from": "+447700900002",
        "twilio_messaging_service_sid": None,
        "twilio_api_base_url": None,
    }
    return Settings.model_validate(given | changed)


@dataclass
class Gateway:
    """A running gateway, and what a test needs to look behind it."""

    port: int
    client: httpx.AsyncClient
    lanes: LaneStore
    desk: HandoffDesk
    clock: SettableClock

    @property
    def chat_url(self) -> str:
        return f"ws://127.0.0.1:{self.port}/chat"

    def lane(self, channel: str, address: str) -> str:
        return lane_id(SECRET, channel, address)

    async def kept(self, channel: str, address: str) -> list[Inbound]:
        """What waits in a person's inbox."""
        return await self.lanes.waiting(self.lane(channel, address))

    async def webhook(
        self, form: dict[str, str] | str, path: str = "/webhooks/twilio", signature: str | None = None, query: str = ""
    ) -> httpx.Response:
        """Posts as Twilio does; signed for the public address unless a signature is given ("" for none)."""
        body = form if isinstance(form, str) else urlencode(form)
        target = path + (f"?{query}" if query else "")
        if signature is None:
            params = form if isinstance(form, dict) else {}
            signature = RequestValidator(TOKEN).compute_signature(PUBLIC_URL + target, params)
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        if signature:
            headers["X-Twilio-Signature"] = signature
        raw = [(name.encode(), value.encode("latin-1")) for name, value in headers.items()]
        return await self.client.post(target, content=body.encode(), headers=raw)


async def until(holds: Callable[[], bool | Awaitable[bool]], seconds: float = 5) -> None:
    """Returns as soon as something holds; fails when it does not in time."""
    async with asyncio.timeout(seconds):
        while True:
            answer = holds()
            if answer if isinstance(answer, bool) else await answer:
                return
            await asyncio.sleep(0.005)


class Running:
    """Context: a gateway with these settings."""

    def __init__(self, redis: Redis, clock: SettableClock, **changed: object) -> None:
        self._redis = redis
        self._clock = clock
        self._changed = changed

    async def __aenter__(self) -> Gateway:
        port = free_port()
        settings = make_settings(port, **self._changed)
        lanes = LaneStore(self._redis, SECRET, self._clock)
        desk = HandoffDesk.load(lanes, DATA)
        self._server = server(create_app(settings, self._redis, self._clock, desk), port)
        self._task = asyncio.create_task(self._server.serve())
        await until(lambda: self._server.started)
        self._client = httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", trust_env=False)
        return Gateway(port, self._client, lanes, desk, self._clock)

    async def __aexit__(self, *_: object) -> None:
        await self._client.aclose()
        self._server.should_exit = True
        await self._task


@pytest.fixture
async def edge(redis: Redis, clock: SettableClock) -> AsyncIterator[Gateway]:
    """The same app without a listener: quicker, for what needs no socket of its own."""
    lanes = LaneStore(redis, SECRET, clock)
    desk = HandoffDesk.load(lanes, DATA)
    app = create_app(make_settings(8080), redis, clock, desk)
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(base_url="http://127.0.0.1:8080", transport=transport) as client:
        yield Gateway(8080, client, lanes, desk, clock)


@pytest.fixture
async def gateway(redis: Redis, clock: SettableClock) -> AsyncIterator[Gateway]:
    async with Running(redis, clock) as running:
        yield running
