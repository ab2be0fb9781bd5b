"""Who opened which conversation, and when: lane ids and worker names, never content."""

from __future__ import annotations

from datetime import timedelta
from typing import Literal

from redis.asyncio import Redis

from bot.clock import Clock
from bot.handoff.records import stamp
from bot.privacy import keys

AUDIT = f"{keys.PREFIX}:audit"
"""stream: what was done at the desk."""

KEPT = timedelta(days=30)

Deed = Literal[
    "login", "unlocked", "opened", "claimed", "ended", "returned", "confirmed", "callback_taken", "callback_done"
]


class Audit:
    """Appends lines; what is older than 30 days goes."""

    def __init__(self, redis: Redis, clock: Clock) -> None:
        self._redis = redis
        self._clock = clock

    async def note(self, worker: str, deed: Deed, lane: str = "") -> None:
        """Notes one deed at the desk."""
        now = self._clock.now()
        oldest = int((now - KEPT).timestamp() * 1000)
        async with self._redis.pipeline(transaction=True) as pipe:
            pipe.xadd(
                AUDIT,
                {"at": stamp(now), "worker": worker, "deed": deed, "lane": lane},
                minid=f"{oldest}-0",
                approximate=False,
            )
            pipe.expire(AUDIT, int(KEPT.total_seconds()))
            await pipe.execute()
