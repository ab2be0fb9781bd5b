"""The web chat as the gateway mounts it: the socket, and the way out for a page that is going away."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from urllib.parse import urlsplit

from redis.exceptions import RedisError
from starlette.requests import Request
from starlette.responses import Response
from starlette.websockets import WebSocket

from bot.conversation.arrival import Arrivals
from bot.conversation.lane import LaneStore
from bot.conversation.messages import Channel
from bot.privacy.pseudonyms import lane_id
from channels.webchat import tokens
from channels.webchat.frames import Words
from channels.webchat.hub import Hub
from channels.webchat.session import Room, Session, Window

log = logging.getLogger(__name__)

LEAVE_AGAIN = 1.0
"""Seconds between two tries to wipe a conversation while Redis is away."""
LEAVE_FOR = 600
"""Tries; after that the lifetimes are the backstop."""


class WebChat:
    """`WS /chat` and `POST /leave`. `run()` beside them until cancelled."""

    def __init__(self, lanes: LaneStore, arrivals: Arrivals, desk: Window, words: Words) -> None:
        self._lanes = lanes
        self._arrivals = arrivals
        self._hub = Hub(lanes.redis)
        self._room = Room(lanes, arrivals, desk, self._hub, words, self._leave)
        self._leaving: set[asyncio.Task[None]] = set()

    async def run(self) -> None:
        try:
            await self._hub.run()
        finally:
            for task in self._leaving:
                task.cancel()

    async def socket(self, websocket: WebSocket) -> None:
        """`WS /chat`."""
        if not is_same_origin(websocket):
            await websocket.close()
            return
        await websocket.accept()
        await Session(self._room, websocket).run()

    async def leave(self, request: Request) -> Response:
        """`POST /leave`: the token as the body, sent by a page that is going away."""
        token = (await request.body()).decode("ascii", "replace").strip()
        if not tokens.is_ours(self._lanes.secret, token):
            return Response(status_code=400)
        await self._leave(lane_id(self._lanes.secret, Channel.WEB.value, token))
        return Response(status_code=204)

    async def _leave(self, lane: str) -> None:
        """Wipes now; where Redis is away, as soon as it is back. She is never kept waiting for it."""
        try:
            await self._arrivals.leave(lane)
        except (RedisError, OSError):
            task = asyncio.create_task(self._leave_later(lane))
            self._leaving.add(task)
            task.add_done_callback(self._leaving.discard)

    async def _leave_later(self, lane: str) -> None:
        for _ in range(LEAVE_FOR):
            await asyncio.sleep(LEAVE_AGAIN)
            with contextlib.suppress(RedisError, OSError):
                await self._arrivals.leave(lane)
                return
        log.error("web chat: a conversation could not be wiped")


def is_same_origin(websocket: WebSocket | Request) -> bool:
    """Browsers say which page opens a socket: only our own may. What is no browser says nothing, and may."""
    origin = websocket.headers.get("origin")
    return origin is None or urlsplit(origin).netloc == websocket.headers.get("host")
