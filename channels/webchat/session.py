"""One socket of the web chat: a token, a lane, what was shown so far."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import NoReturn, Protocol

from redis.exceptions import RedisError
from starlette.websockets import WebSocket, WebSocketDisconnect

from bot.conversation.arrival import Arrivals
from bot.conversation.lane import LaneStore
from bot.conversation.messages import Channel
from bot.conversation.ports import DeskView
from bot.privacy.pseudonyms import lane_id
from channels.metrics import MESSAGES_IN, MESSAGES_OUT
from channels.render import render
from channels.webchat import frames, tokens
from channels.webchat.frames import Frame, Unusable, Words
from channels.webchat.hub import Hub
from channels.webchat.lifetimes import restore

log = logging.getLogger(__name__)

LOOK_AGAIN = 15.0
"""Seconds after which a session looks without being woken: a wake-up may be lost while Redis is away."""
TRY_AGAIN_LATER = 1013
REPLACED = 4001
AWAY = (RedisError, OSError)


class Window(Protocol):
    """What the chat sees of the duty desk."""

    async def view(self, lane: str) -> DeskView: ...


@dataclass(frozen=True)
class Room:
    """What all sessions of a process share."""

    lanes: LaneStore
    arrivals: Arrivals
    desk: Window
    hub: Hub
    words: Words
    leave: Callable[[str], Awaitable[None]]
    """Wipes a lane, now or as soon as Redis is back."""


class _Over(Exception):
    """The session has said its last frame."""


class Session:
    """`run()` once, with an accepted socket."""

    def __init__(self, room: Room, socket: WebSocket) -> None:
        self._room = room
        self._socket = socket
        self._token = tokens.mint(room.lanes.secret)
        self._lane = self._lane_of(self._token)
        self._seq = 0
        self._view = DeskView("none")
        self._used = False
        self._replaced = False
        self._news = asyncio.Event()
        self._switching = asyncio.Lock()

    # -- as the hub sees it ----------------------------------------------------------------------

    def wake(self) -> None:
        self._news.set()

    def replace(self) -> None:
        self._replaced = True
        self._news.set()

    @property
    def is_waiting(self) -> bool:
        return self._view.state == "waiting"

    # -- the two halves --------------------------------------------------------------------------

    async def run(self) -> None:
        """Reads and writes until the socket or the conversation ends. Lets errors of our own through."""
        self._room.hub.join(self._lane, self)
        try:
            await self._send({"type": "session", "token": self._token})
            halves = {asyncio.create_task(self._read()), asyncio.create_task(self._write())}
            try:
                done, _ = await asyncio.wait(halves, return_when=asyncio.FIRST_COMPLETED)
            finally:
                for half in halves:
                    half.cancel()
                await asyncio.gather(*halves, return_exceptions=True)
            for half in done:
                with contextlib.suppress(_Over, WebSocketDisconnect):
                    half.result()
        finally:
            if self._room.hub.part(self._lane, self) and self._used:
                await asyncio.shield(self._room.hub.tab_gone(self._lane))

    async def _read(self) -> None:
        while True:
            event = await self._socket.receive()
            if event["type"] == "websocket.disconnect":
                raise WebSocketDisconnect(event.get("code", 1000))
            try:
                await self._handle(frames.read(event.get("text"), self._room.words))
            except Unusable as unusable:
                await self._send(frames.error(unusable.words, unusable.frame_id))

    async def _handle(self, frame: Frame) -> None:
        match frame.get("type"):
            case "message" | "location":
                await self._accept(frame)
            case "resume":
                await self._resume(frame)
            case "exit":
                await self._room.leave(self._lane)
                await self._clear()

    async def _write(self) -> None:
        """Shows what is new, whenever something is."""
        while True:
            self._news.clear()
            if self._replaced:
                await self._close(REPLACED)
            try:
                async with self._switching:
                    await self._show_news()
                wait = LOOK_AGAIN
            except AWAY:
                wait = 1.0
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._news.wait(), wait)

    # -- what comes in ---------------------------------------------------------------------------

    async def _accept(self, frame: Frame) -> None:
        message = frames.inbound(frame, self._token, self._room.lanes.clock.now(), self._room.words)
        try:
            receipt = await self._room.arrivals.arrive(message)
            self._used = True
            MESSAGES_IN.labels(Channel.WEB.value, receipt).inc()
            if receipt != "left" and await self._room.lanes.epoch(self._lane):
                # The conversation ended while this was on its way: it must not start one that nobody sees.
                await self._room.leave(self._lane)
                receipt = "left"
        except AWAY:
            raise Unusable(self._room.words.not_sent, frame.get("id")) from None
        if receipt == "left":
            await self._clear()
        if "id" in frame:
            await self._send({"type": "ack", "id": frame["id"]})
        if receipt == "queued" and self._view.state != "active":
            await self._send({"type": "typing", "from": "bot"})

    async def _resume(self, frame: Frame) -> None:
        """The same tab is back after a lost connection. Answered with a `session` frame: with its own token, or not."""
        token = frame.get("token")
        if not self._used and tokens.is_ours(self._room.lanes.secret, token):
            try:
                async with self._switching:
                    await self._take_up(str(token), frame.get("last"))
            except AWAY:
                await self._close(TRY_AGAIN_LATER)
        await self._send({"type": "session", "token": self._token})
        self.wake()

    async def _take_up(self, token: str, last: object) -> None:
        lane = self._lane_of(token)
        if await self._room.lanes.epoch(lane):
            await self._clear()
        seq = 0
        for number, shown in await self._room.lanes.outgoing_after(lane, 0):
            seq = number if shown.id == last else seq
        await restore(self._room.lanes.redis, lane)
        self._room.hub.part(self._lane, self)
        self._token, self._lane, self._seq, self._used = token, lane, seq, True
        self._view = DeskView("none")
        self._room.hub.join(lane, self)

    # -- what goes out ---------------------------------------------------------------------------

    async def _show_news(self) -> None:
        if await self._room.lanes.epoch(self._lane):  # a token lives in one epoch, its first
            await self._clear()
        for number, outbound in await self._room.lanes.outgoing_after(self._lane, self._seq):
            await self._send(frames.message(outbound, render(Channel.WEB, outbound)))
            self._seq = number
            MESSAGES_OUT.labels(Channel.WEB.value, "sent").inc()
        view = await self._room.desk.view(self._lane)
        if view != self._view:
            self._view = view
            await self._send(frames.handoff(view))

    async def _clear(self) -> NoReturn:
        """She has left: the page clears itself, and this socket ends."""
        self._used = False  # nothing is left to be shortened
        await self._send({"type": "cleared"})
        await self._close(1000)

    async def _close(self, code: int) -> NoReturn:
        with contextlib.suppress(RuntimeError):  # the other half was first
            await self._socket.close(code)
        raise _Over

    async def _send(self, frame: Frame) -> None:
        try:
            await self._socket.send_json(frame)
        except RuntimeError:  # the other half has closed the socket
            raise _Over from None

    def _lane_of(self, token: str) -> str:
        return lane_id(self._room.lanes.secret, Channel.WEB.value, token)
