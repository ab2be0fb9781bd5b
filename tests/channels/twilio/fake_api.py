"""Twilio's API on loopback, for the real SDK: it answers as it is told to, and remembers what it was asked."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tests.channels.conftest import ACCOUNT, TOKEN, until
from tests.conftest import free_port

Answer = Callable[[], Response]


def taken() -> Response:
    return JSONResponse({"sid": "SM" + "1" * 32, "status": "queued"}, 201)


def refused(status: int, code: int | None = None, **headers: str) -> Answer:
    body = {"code": code, "message": "'To' number +447700900555 is wrong", "status": status} if code else {}
    return lambda: JSONResponse(body, status, headers=headers)


def nonsense(status: int = 201) -> Answer:
    return lambda: Response("<html>not what you expect</html>", status)


@dataclass
class FakeTwilio:
    """`answers` are given in turn, then everything is taken. `hold` delays each answer until it is set."""

    url: str
    answers: list[Answer] = field(default_factory=list)
    asked: list[dict[str, str]] = field(default_factory=list)
    hold: asyncio.Event = field(default_factory=asyncio.Event)

    async def create(self, request: Request) -> Response:
        expected = base64.b64encode(f"{ACCOUNT}:{TOKEN}".encode()).decode()
        if request.headers.get("authorization") != f"Basic {expected}":
            return refused(401, 20003)()
        form = await request.form()
        self.asked.append({name: str(value) for name, value in form.items()})
        await self.hold.wait()
        return (self.answers.pop(0) if self.answers else taken)()

    @property
    def bodies(self) -> list[str]:
        return [asked["Body"] for asked in self.asked]


@asynccontextmanager
async def fake_twilio() -> AsyncIterator[FakeTwilio]:
    """A running fake; give its `url` as `TWILIO_API_BASE_URL`."""
    port = free_port()
    fake = FakeTwilio(f"http://127.0.0.1:{port}")
    fake.hold.set()
    path = "/2010-04-01/Accounts/{account}/Messages.json"
    app = Starlette(routes=[Route(path, fake.create, methods=["POST"])])
    server = uvicorn.Server(
        uvicorn.Config(app, port=port, log_config=None, log_level="critical", timeout_graceful_shutdown=1)
    )
    task = asyncio.create_task(server.serve())
    await until(lambda: server.started)
    try:
        yield fake
    finally:
        fake.hold.set()
        server.should_exit = True
        await task
