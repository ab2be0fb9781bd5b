"""How long a web conversation outlives its tab: half an hour, then Redis drops it."""

from __future__ import annotations

from redis.asyncio import Redis

from bot.privacy.keys import LIFETIME, WIPED, LaneKeys

TAB_GONE = 30 * 60
"""Seconds that a conversation waits for its tab to come back."""

# A number that she asked a worker to ring outlives the tab.
_OF_THE_TAB = tuple(name for name in WIPED if name != "callback")


async def shorten(redis: Redis, lane: str, seconds: int = TAB_GONE) -> None:
    """The tab has gone: what was said lives so much longer."""
    await _expire(redis, lane, dict.fromkeys(_OF_THE_TAB, seconds))


async def restore(redis: Redis, lane: str) -> None:
    """The tab is back: the usual lifetimes."""
    await _expire(redis, lane, {name: LIFETIME[name] for name in _OF_THE_TAB})


async def _expire(redis: Redis, lane: str, seconds: dict[str, int]) -> None:
    keys = LaneKeys(lane)
    async with redis.pipeline(transaction=False) as pipe:
        for name, life in seconds.items():
            pipe.expire(keys[name], life)
        await pipe.execute()
