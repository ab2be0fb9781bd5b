"""The gateway's web app: the routes of all channels behind one guard."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass

from redis.asyncio import Redis
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route, WebSocketRoute

from bot.clock import Clock
from bot.conversation.arrival import Arrivals
from bot.conversation.lane import LaneStore
from bot.conversation.outbox import Outbox
from bot.settings import Settings
from channels.guard import Guard
from channels.health import health
from channels.pages import pages
from channels.simulator.phones import Simulator
from channels.twilio.webhook import INBOUND_PATH, STATUS_PATH, TwilioReceiver, public_url
from channels.webchat.chat import WebChat
from channels.webchat.frames import Words
from channels.webchat.session import Window
from channels.webhooks import TwilioWebhooks, not_set_up

WEB_PAGE = {
    "/": "page.html",
    "/page.css": "page.css",
    "/page.js": "page.js",
    "/exit.js": "exit.js",
    "/line.js": "line.js",
    "/screen.js": "screen.js",
    "/icon.svg": "icon.svg",
}


@dataclass(frozen=True)
class Parts:
    """What the gateway is put together from."""

    settings: Settings
    redis: Redis
    clock: Clock
    lanes: LaneStore
    arrivals: Arrivals
    outbox: Outbox
    desk: Window
    words: Words


def build(parts: Parts) -> Starlette:
    """The app. Its lifespan runs the web chat's hub and the simulator's client."""
    settings = parts.settings
    address = public_url(settings)
    token = settings.twilio_auth_token
    receiver = TwilioReceiver(token.get_secret_value(), address) if token else None
    chat = WebChat(parts.lanes, parts.arrivals, parts.desk, parts.words)
    simulator = Simulator(settings, receiver) if settings.mode == "demo" and receiver else None

    @contextlib.asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        running = asyncio.create_task(chat.run())
        try:
            yield
        finally:
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)
            if simulator:
                await simulator.close()

    routes: list[BaseRoute] = [
        *pages("channels.web", WEB_PAGE),
        WebSocketRoute("/chat", chat.socket),
        Route("/leave", chat.leave, methods=["POST"]),
        *_twilio(receiver, parts),
        *health(parts.redis),
        *(simulator.routes() if simulator else []),
    ]
    return Starlette(
        routes=routes,
        lifespan=lifespan,
        middleware=[
            Middleware(Guard, https=address.startswith("https:")),
            Middleware(GZipMiddleware, minimum_size=1024),
        ],
        exception_handlers={HTTPException: _refused},
    )


def _twilio(receiver: TwilioReceiver | None, parts: Parts) -> Sequence[Route]:
    if receiver is None:
        return [Route(path, not_set_up, methods=["POST"]) for path in (INBOUND_PATH, STATUS_PATH)]
    return TwilioWebhooks(receiver, parts.arrivals, parts.outbox, parts.clock).routes()


async def _refused(_: Request, error: Exception) -> Response:
    """404 and 405, without the words of what was asked for."""
    assert isinstance(error, HTTPException)
    return JSONResponse({"error": error.detail.lower()}, error.status_code, headers=error.headers)
