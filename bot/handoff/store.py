"""Handoff records in Redis, and the index of who is in the queue."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Sequence
from datetime import datetime, timedelta
from typing import Any, cast

from redis.commands.core import AsyncScript

from bot.conversation.lane import LaneStore
from bot.handoff import scripts
from bot.handoff.records import Handoff, stamp
from bot.privacy import keys
from bot.privacy.keys import LIFETIME, LaneKeys

LIFE = LIFETIME["handoff"]
_SCRIPTS = ("request", "fresh", "note", "claim", "say", "finish", "owned", "prune")
_INDEX_KEPT = timedelta(minutes=1)


class HandoffStore:
    """Reads and changes records. Every change is one script over one lane's keys."""

    def __init__(self, lanes: LaneStore) -> None:
        self.lanes = lanes
        self._redis = lanes.redis
        self._scripts: dict[str, AsyncScript] = {
            name: lanes.redis.register_script(scripts.source(name)) for name in _SCRIPTS
        }

    def now(self) -> datetime:
        return self.lanes.clock.now()

    async def run(self, name: str, lane: str, key_names: Sequence[str], *args: Any) -> Any:
        """Runs a script over keys of this lane."""
        k = LaneKeys(lane)
        return await self._scripts[name](keys=[k[n] for n in key_names], args=list(args))

    async def read(self, lane: str) -> Handoff:
        """The record; of state `none` when there is none."""
        row = await cast(Awaitable[dict[bytes, bytes]], self._redis.hgetall(LaneKeys(lane)["handoff"]))
        return Handoff.read(lane, row)

    async def opted_out(self, lane: str) -> bool:
        """Whether STOP was sent from this phone: the network lets no text through to it."""
        return bool(await self._redis.exists(LaneKeys(lane)["optout"]))

    async def enlist(self, lane: str) -> None:
        """Puts the lane into the index. Before the record is written: a crash in between loses nobody."""
        await self._redis.zadd(keys.QUEUE, {lane: self._ms(self.now())})
        await self._redis.expire(keys.QUEUE, keys.SHARED_LIFETIME)

    async def shown(self) -> list[Handoff]:
        """All that the queue lists, in its order. Drops from the index what is over."""
        lanes = [cast(bytes, lane).decode() for lane in await self._redis.zrange(keys.QUEUE, 0, -1)]
        async with self._redis.pipeline(transaction=False) as pipe:
            for lane in lanes:
                pipe.hgetall(LaneKeys(lane)["handoff"])
            rows = await pipe.execute()
        now = self.now()
        found = [Handoff.read(lane, row) for lane, row in zip(lanes, rows, strict=True)]
        over = [handoff.lane for handoff in found if not handoff.is_shown(now)]
        if over:
            # A lane just put in has no record yet: only older entries go.
            before = self._ms(now - _INDEX_KEPT)
            await self._scripts["prune"](keys=[keys.QUEUE], args=[before, *over])
        return sorted((h for h in found if h.is_shown(now)), key=lambda h: h.rank(now))

    async def tell(self, lane: str, *, her: bool) -> None:
        """Wakes the consoles and, when it is something that she sees, her own channel. Content-free."""
        if her:
            await self.lanes.tell(lane, console=True)
        else:
            await self._redis.publish(keys.CONSOLE_CHANNEL, lane)

    # -- what is sealed --------------------------------------------------------------------------

    def seal_cues(self, lane: str, cues: Sequence[str]) -> bytes:
        return self.lanes.seal(lane, "handoff", json.dumps(list(cues)).encode()) if cues else b""

    def seal_place(self, lane: str, place: str | None) -> bytes:
        return self.lanes.seal(lane, "handoff", place.encode()) if place else b""

    def cues(self, handoff: Handoff) -> tuple[str, ...]:
        """Why it was flagged: screen cue ids; none where they cannot be opened, which stops no alarm."""
        plain = self.lanes.readable(handoff.lane, "handoff", handoff.cues) if handoff.cues else None
        return tuple(json.loads(plain)) if plain else ()

    def place(self, handoff: Handoff) -> str:
        """The place that she gave. Raises `SealBroken`."""
        return self.lanes.unseal(handoff.lane, "handoff", handoff.place).decode() if handoff.place else ""

    def stamp(self) -> str:
        return stamp(self.now())

    @staticmethod
    def _ms(at: datetime) -> int:
        return int(at.timestamp() * 1000)
