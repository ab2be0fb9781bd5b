"""The live line to the page: says that something changed, never what."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator

from redis.asyncio import Redis
from starlette.requests import Request
from starlette.responses import StreamingResponse

from bot.console.gate import COOKIE
from bot.console.sessions import Sessions
from bot.privacy import keys

BEAT_SECONDS = 10.0
"""How often the line is shown to be alive, and the session to be still there."""

LISTEN_SECONDS = 0.5
"""How long a stop of the service may have to wait for a line."""

GATHER_SECONDS = 0.05
"""Changes that come together are told once."""

CHANGED = b"event: changed\ndata:\n\n"
BEAT = b"event: beat\ndata:\n\n"


def events(redis: Redis, sessions: Sessions, request: Request) -> StreamingResponse:
    """An event stream for as long as the session lasts. Raises redis errors into the stream, which then ends."""
    return StreamingResponse(
        _lines(redis, sessions, request), media_type="text/event-stream", headers={"X-Accel-Buffering": "no"}
    )


async def _lines(redis: Redis, sessions: Sessions, request: Request) -> AsyncIterator[bytes]:
    cookie = request.cookies.get(COOKIE, "")
    async with redis.pubsub(ignore_subscribe_messages=True) as listener:
        await listener.subscribe(keys.CONSOLE_CHANNEL)
        await listener.get_message(timeout=LISTEN_SECONDS)
        # From here on nothing is missed; what changed before is fetched now.
        yield CHANGED
        beat_at = time.monotonic() + BEAT_SECONDS
        while not request.app.state.closing:
            if await listener.get_message(timeout=LISTEN_SECONDS):
                await asyncio.sleep(GATHER_SECONDS)
                while await listener.get_message(timeout=0):
                    pass
                yield CHANGED
            if time.monotonic() >= beat_at:
                beat_at += BEAT_SECONDS
                if not await sessions.find(cookie):
                    return
                yield BEAT
