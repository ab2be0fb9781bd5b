"""The browser's side of the web chat, as far as the wire goes."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from websockets.asyncio.client import ClientConnection, connect

from channels.webchat import tokens
from tests.channels.conftest import Gateway
from tests.conftest import SECRET

Frame = dict[str, Any]


class Tab:
    """One socket. `shown` has the messages that came, in order."""

    def __init__(self, socket: ClientConnection) -> None:
        self.socket = socket
        self.token = ""
        self.shown: list[Frame] = []

    async def hear(self) -> Frame:
        """The next frame."""
        async with asyncio.timeout(5):
            frame: Frame = json.loads(await self.socket.recv())
        if frame["type"] == "message":
            self.shown.append(frame)
        return frame

    async def hear_only(self, kind: str) -> Frame:
        """The next frame of a kind; what comes before it is passed over."""
        while True:
            frame = await self.hear()
            if frame["type"] == kind:
                return frame

    async def send(self, **frame: object) -> None:
        await self.socket.send(json.dumps(frame))

    async def say(self, text: str, message_id: object = 1) -> None:
        """Sends a message, and waits until it is kept."""
        await self.send(type="message", text=text, id=message_id)
        assert (await self.hear_only("ack"))["id"] == message_id

    async def closed(self) -> int:
        """Waits for the end of the socket and gives its code."""
        async with asyncio.timeout(5):
            await self.socket.wait_closed()
        return int(self.socket.close_code or 0)


@asynccontextmanager
async def tab(gateway: Gateway, **given: Any) -> AsyncIterator[Tab]:
    """A page that has just connected."""
    async with connect(gateway.chat_url, proxy=None, close_timeout=1, **given) as socket:
        opened = Tab(socket)
        first = await opened.hear()
        assert first["type"] == "session"
        assert tokens.is_ours(SECRET, first["token"])
        opened.token = first["token"]
        yield opened


def lane_of(gateway: Gateway, opened: Tab) -> str:
    return gateway.lane("web", opened.token)
