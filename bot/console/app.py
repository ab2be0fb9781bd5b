"""The console's web app, put together. It has a listener of its own, apart from the one that faces the internet."""

from __future__ import annotations

from pathlib import Path

from redis.asyncio import Redis
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from bot.clock import Clock
from bot.console.api import Api
from bot.console.audit import Audit
from bot.console.events import events
from bot.console.gate import HEADERS, Gate, SafeHeaders
from bot.console.pages import Pages
from bot.console.sessions import Sessions
from bot.console.staff import Staff
from bot.conversation.lane import LaneStore
from bot.handoff.desk import HandoffDesk
from bot.safety.wording import Wording
from bot.settings import Settings


def create_app(settings: Settings, redis: Redis, clock: Clock) -> Starlette:
    """The app over this Redis. Raises `RotaError`, `WordingError`, `SettingsError` when it cannot be put together."""
    desk = HandoffDesk.load(LaneStore(redis, settings.secret, clock), settings.data, demo=settings.mode == "demo")
    staff = Staff(settings.var)
    sessions = Sessions(redis, clock, staff)
    audit = Audit(redis, clock)
    pages = Pages(staff, sessions, audit, Wording.load(settings.data, "worker"))

    async def live_line(request: Request) -> Response:
        return events(redis, sessions, request)

    async def alive(request: Request) -> Response:
        return JSONResponse({"status": "live"})

    async def failed(request: Request, error: Exception) -> Response:
        # Answered outside the middleware, so it brings the headers itself.
        return JSONResponse({"result": "failed"}, 500, headers=HEADERS)

    app = Starlette(
        routes=[
            *pages.routes(),
            *Api(desk, sessions, audit, clock).routes(),
            Route("/events", live_line),
            Route("/health/live", alive),
            Mount("/static", StaticFiles(directory=Path(__file__).parent / "static")),
        ],
        middleware=[Middleware(SafeHeaders), Middleware(Gate, sessions=sessions)],
        exception_handlers={Exception: failed},
    )
    # Set when the service stops, so that the live lines end.
    app.state.closing = False
    return app
