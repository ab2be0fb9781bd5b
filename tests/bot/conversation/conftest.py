"""A person with a phone, and the real lane behind her: real Redis, real recognition; only Rasa's wire is a fake."""

from __future__ import annotations

import itertools
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from redis.asyncio import Redis

from bot.clock import SettableClock
from bot.conversation.arrival import Arrivals
from bot.conversation.messages import Channel, Inbound, Location, Media, Outbound
from bot.privacy.masked import Private
from bot.processes.conversation import Room, Shared
from tests.conftest import SECRET
from tests.fake_rasa import FakeRasa, fake_rasa

ROOT = Path(__file__).parents[3]


class Person:
    """Somebody on one channel. `says` gives what she gets back for a message."""

    def __init__(self, room: Room, shared: Shared, clock: SettableClock, channel: Channel, address: str) -> None:
        self.room = room
        self.clock = clock
        self.channel = channel
        self.address = Private(address)
        self.arrivals = Arrivals(room.lanes, shared.exits, shared.is_danger)
        self._ids = itertools.count()
        self._seen = 0
        self.lane = self.arrivals.lane(self.message(""))

    def message(
        self,
        text: str | None,
        *,
        location: Location | None = None,
        media: Media | None = None,
        provider_id: str | None = None,
    ) -> Inbound:
        return Inbound(
            self.channel,
            self.address,
            provider_id or f"{self.channel}-{next(self._ids)}",
            Private(text) if text is not None else None,
            self.clock.now(),
            location,
            media,
        )

    async def sends(self, message: Inbound) -> list[Outbound]:
        await self.arrivals.arrive(message)
        await self.room.runner.see_to(self.lane)
        return await self.received()

    async def says(self, text: str, after: timedelta = timedelta(seconds=20)) -> list[str]:
        self.clock.advance(after)
        return [reply.text for reply in await self.sends(self.message(text))]

    async def received(self) -> list[Outbound]:
        if self.channel is Channel.WEB:
            numbered = await self.room.lanes.outgoing_after(self.lane, self._seen)
            self._seen = max([self._seen, *(n for n, _ in numbered)])
            return [reply for _, reply in numbered]
        found = []
        while (sending := await self.room.outbox.next(self.lane)) is not None:
            found.append(sending.outbound)
            await self.room.outbox.settle(self.lane, sending.entry, sending.outbound.id, "sent")
        return found


@pytest.fixture(scope="session")
def shared() -> Shared:
    return Shared(ROOT / "data", ROOT / "models", "TULIP")


@pytest.fixture
def rasa() -> Iterator[FakeRasa]:
    with fake_rasa() as fake:
        yield fake


@pytest.fixture
async def room(redis: Redis, clock: SettableClock, shared: Shared, rasa: FakeRasa) -> AsyncIterator[Room]:
    async with httpx.AsyncClient() as client:
        yield Room(redis, SECRET, clock, shared, client, rasa.url)


@pytest.fixture
def phone(room: Room, shared: Shared, clock: SettableClock) -> Person:
    return Person(room, shared, clock, Channel.SMS, "+447700900123")


@pytest.fixture
def web(room: Room, shared: Shared, clock: SettableClock) -> Person:
    return Person(room, shared, clock, Channel.WEB, "a-web-session")
