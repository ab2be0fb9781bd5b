"""Replies on their way to phones. `sending` is written before the wire, so that a crash leaves a trace.

She has left: the replies are gone with her lane, and the courier finds nothing to send.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Literal, cast

from bot.conversation import scripts
from bot.conversation.lane import LaneStore
from bot.conversation.messages import Channel, Outbound
from bot.privacy import keys
from bot.privacy.keys import LIFETIME, LaneKeys
from bot.privacy.masked import Private

TOO_LATE = timedelta(minutes=2)
"""A reply that the provider has not accepted this long after her message is dropped, never late."""

Settled = Literal["sent", "dropped", "rejected", "in_doubt"]


@dataclass(frozen=True)
class Sending:
    """A reply that is with the provider, or about to be."""

    lane: str
    entry: bytes
    since: datetime
    """When it was handed over."""
    outbound: Outbound
    channel: Channel
    address: Private
    fresh: bool
    """False: somebody began to send it and never said how it ended."""


class Outbox:
    """The courier's door to the lanes."""

    def __init__(self, lanes: LaneStore) -> None:
        self._lanes = lanes
        self._redis = lanes.redis
        self._next = lanes.redis.register_script(scripts.source("next_out"))
        self._settle = lanes.redis.register_script(scripts.source("settle"))
        self._renew = lanes.redis.register_script(scripts.source("renew"))
        self._note = lanes.redis.register_script(scripts.source("note"))

    async def next(self, lane: str) -> Sending | None:
        """The reply to send now, or the one whose sending was never settled; None when there is none."""
        k = LaneKeys(lane)
        now_ms = int(self._lanes.clock.now().timestamp() * 1000)
        row = cast(
            list[Any],
            await self._next(keys=[k["out"], k["sending"], k["contact"]], args=[now_ms, LIFETIME["sending"]]),
        )
        if row[0] == b"empty":
            return None
        entry: bytes = row[1]
        since, _, numbered = entry.partition(b":")
        sealed = numbered.partition(b":")[2]
        contact = (self._lanes.readable(lane, "contact", row[2]) or b"").decode() if row[2] else ""
        channel, _, address = contact.partition(":")
        plain = self._lanes.readable(lane, "out", sealed)
        if not address or plain is None:
            # Nobody to send it to, or sealed with a key that we no longer have: the next one is not held up.
            await self.settle(lane, entry, "", "dropped")
            return await self.next(lane)
        return Sending(
            lane=lane,
            entry=entry,
            since=datetime.fromtimestamp(int(since) / 1000, tz=self._lanes.clock.now().tzinfo),
            outbound=Outbound.loads(plain),
            channel=Channel(channel),
            address=Private(address),
            fresh=row[0] == b"next",
        )

    async def settle(self, lane: str, entry: bytes, outbound_id: str, how: Settled) -> None:
        """The reply is settled; the next one may go."""
        k = LaneKeys(lane)
        await self._settle(
            keys=[k["sending"], k["delivery"]],
            args=[entry, outbound_id, how if outbound_id else "", LIFETIME["delivery"]],
        )

    async def stands(self, sending: Sending) -> bool:
        """Whether the reply is still to be sent: she is here, and nobody else has taken it over."""
        return bool(await self._redis.get(LaneKeys(sending.lane)["sending"]) == sending.entry)

    async def renew(self, sending: Sending) -> Sending | None:
        """Says that the reply is handed over once more, now. None: she has left, or somebody else has taken it over."""
        now = self._lanes.clock.now()
        numbered = sending.entry.partition(b":")[2]
        entry = b"%d:%b" % (int(now.timestamp() * 1000), numbered)
        k = LaneKeys(sending.lane)
        done = await self._renew(keys=[k["sending"]], args=[sending.entry, entry, LIFETIME["sending"]])
        return replace(sending, entry=entry, since=now, fresh=True) if done else None

    async def note_delivery(self, lane: str, outbound_id: str, state: str) -> bool:
        """Keeps what the provider says became of a reply. False where it is no news, or she has left."""
        k = LaneKeys(lane)
        return bool(
            await self._note(keys=[k["delivery"], k["sending"]], args=[outbound_id, state, LIFETIME["delivery"]])
        )

    async def emergency_waits(self, lane: str) -> bool:
        """Whether an emergency line is behind the reply that is being sent."""
        return any(message.emergency for _, message in await self._lanes.outgoing_after(lane, 0))

    def age(self, sending: Sending) -> float:
        """Seconds since the reply was last handed over."""
        return (self._lanes.clock.now() - sending.since).total_seconds()

    def is_late(self, outbound: Outbound, after: float = 0) -> bool:
        """Whether the two minutes after her message are over, now or `after` so many seconds."""
        return self._lanes.clock.now() + timedelta(seconds=after) - outbound.answers_at > TOO_LATE

    async def delivery(self, lane: str, outbound_id: str) -> str | None:
        """The last state that is known of a reply."""
        state = await self._redis.hget(LaneKeys(lane)["delivery"], outbound_id)
        return cast(bytes, state).decode() if state else None

    async def due(self) -> list[str]:
        """Phone lanes that may have a reply to send: the hint that outlives a crash."""
        return [cast(bytes, lane).decode() for lane in await self._redis.zrange(keys.COURIER_DUE, 0, -1)]

    async def wait(self, seconds: float) -> str | None:
        """Waits for a lane with a reply to send."""
        row = await self._redis.blpop([keys.COURIER], timeout=seconds)
        return cast(bytes, row[1]).decode() if row else None

    async def idle(self, lane: str) -> None:
        """Nothing is left for this lane: drops the hint, and puts it back if something came meanwhile."""
        await self._redis.zrem(keys.COURIER_DUE, lane)
        k = LaneKeys(lane)
        if await self._redis.exists(k["out"], k["sending"]):
            await self._redis.zadd(keys.COURIER_DUE, {lane: 0})
            await self._redis.expire(keys.COURIER_DUE, keys.SHARED_LIFETIME)
