"""Call-backs that people asked for. The answers lie sealed, apart from the talk; a worker who takes one sees them.

Leaving deletes them with everything else of hers, unless she said that we should still ring (`after_word`): then
they lie under `callback_kept`, which the safe word leaves alone.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import cast

from bot.conversation.lane import LaneStore
from bot.handoff import scripts
from bot.handoff.records import instant, stamp
from bot.privacy import keys
from bot.privacy.keys import LIFETIME, LaneKeys

INDEX = f"{keys.PREFIX}:callbacks"
"""zset: lanes with a call-back asked for, by when it was; content-free."""

LIFE = LIFETIME["callback"]
_NAMES = ("callback", "callback_kept")
_INDEX_KEPT = timedelta(minutes=1)


@dataclass(frozen=True)
class Callback:
    """One call-back, without what she answered."""

    lane: str
    since: datetime
    worker: str = ""


class Callbacks:
    """Keeps, lists, takes and deletes call-backs."""

    def __init__(self, lanes: LaneStore) -> None:
        self._lanes = lanes
        self._redis = lanes.redis
        self._keep = lanes.redis.register_script(scripts.source("keep_callback"))
        self._take = lanes.redis.register_script(scripts.source("take_callback"))
        self._done = lanes.redis.register_script(scripts.source("done_callback"))
        self._prune = lanes.redis.register_script(scripts.source("prune"))

    async def keep(self, lane: str, epoch: int, answers: dict[str, str]) -> bool:
        """Keeps her answers (a later set replaces an earlier one). False: she has left meanwhile."""
        now = self._lanes.clock.now()
        k = LaneKeys(lane)
        name = "callback_kept" if answers.get("after_word") == "yes" else "callback"
        sealed = self._lanes.seal(lane, name, json.dumps(answers).encode())
        other = next(each for each in _NAMES if each != name)
        if not await self._keep(keys=[k["epoch"], k[name], k[other]], args=[epoch, sealed, stamp(now), LIFE]):
            return False
        async with self._redis.pipeline(transaction=False) as pipe:
            pipe.zadd(INDEX, {lane: int(now.timestamp() * 1000)})
            pipe.expire(INDEX, LIFE)
            pipe.publish(keys.CONSOLE_CHANNEL, lane)
            await pipe.execute()
        return True

    async def pending(self) -> list[Callback]:
        """All that are kept, oldest first."""
        found, gone = [], []
        for raw in await self._redis.zrange(INDEX, 0, -1):
            lane = cast(bytes, raw).decode()
            callback = await self._read(lane)
            if callback:
                found.append(callback)
            else:
                gone.append(lane)
        if gone:
            before = int((self._lanes.clock.now() - _INDEX_KEPT).timestamp() * 1000)
            await self._prune(keys=[INDEX], args=[before, *gone])
        return found

    async def take(self, lane: str, worker: str) -> dict[str, str] | None:
        """Her answers, for the one worker who rings. None: another worker has it, or it is gone."""
        for name in _NAMES:
            sealed = cast(bytes | None, await self._take(keys=[LaneKeys(lane)[name]], args=[worker]))
            if sealed:
                await self._redis.publish(keys.CONSOLE_CHANNEL, lane)
                answers: dict[str, str] = json.loads(self._lanes.unseal(lane, name, sealed))
                return answers
        return None

    async def done(self, lane: str, worker: str) -> bool:
        """Deletes a call-back, by the worker who has it."""
        gone = [await self._done(keys=[LaneKeys(lane)[name]], args=[worker]) for name in _NAMES]
        if any(gone):
            await self._redis.zrem(INDEX, lane)
            await self._redis.publish(keys.CONSOLE_CHANNEL, lane)
        return any(gone)

    async def _read(self, lane: str) -> Callback | None:
        for name in _NAMES:
            fields = self._redis.hmget(LaneKeys(lane)[name], ["since", "worker"])
            since, worker = await cast(Awaitable[list[bytes | None]], fields)
            at = instant((since or b"").decode())
            if at:
                return Callback(lane, at, (worker or b"").decode())
        return None
