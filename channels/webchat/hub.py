"""Wakes the sockets of this process when something changed for them: one Redis subscription for all of them."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from typing import Any, Protocol

from redis.asyncio import Redis
from redis.exceptions import RedisError

from bot.conversation.messages import Channel
from bot.privacy import keys
from bot.privacy.keys import LaneKeys
from channels.webchat.lifetimes import TAB_GONE, shorten

log = logging.getLogger(__name__)

EVERY_WEB_LANE = LaneKeys(f"{Channel.WEB}-*").channel
REDIS_AWAY = 0.5
"""Seconds between two tries to subscribe."""


class Listener(Protocol):
    """A socket as the hub sees it."""

    def wake(self) -> None:
        """Something may have changed: look."""
        ...

    def replace(self) -> None:
        """Another socket has taken this conversation over."""
        ...

    @property
    def is_waiting(self) -> bool:
        """Whether its person stands in the queue: her place changes when others move."""
        ...


class Hub:
    """Who listens to which lane. `run()` until cancelled."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis
        self._listeners: dict[str, Listener] = {}
        self._gone: dict[str, float] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    def join(self, lane: str, listener: Listener) -> None:
        """This socket now has the lane; one that had it before is told so."""
        before = self._listeners.get(lane)
        self._listeners[lane] = listener
        self._gone.pop(lane, None)
        if before is not None and before is not listener:
            before.replace()

    def part(self, lane: str, listener: Listener) -> bool:
        """This socket is done. False where another one has taken the lane over meanwhile."""
        if self._listeners.get(lane) is not listener:
            return False
        del self._listeners[lane]
        return True

    async def tab_gone(self, lane: str) -> None:
        """Nobody looks at this lane now: it is shortened, and again whenever a late reply is written to it."""
        now = time.monotonic()
        self._gone = {known: until for known, until in self._gone.items() if until > now}
        self._gone[lane] = now + TAB_GONE
        await self._shorten(lane)

    async def run(self) -> None:
        """Listens until cancelled; subscribes again when Redis was away, and then lets every socket look."""
        while True:
            try:
                async with self._redis.pubsub() as subscription:
                    await subscription.psubscribe(EVERY_WEB_LANE)
                    await subscription.subscribe(keys.CONSOLE_CHANNEL)
                    self._wake(self._listeners.values())
                    while True:
                        self._heard(await subscription.get_message(ignore_subscribe_messages=True, timeout=5))
            except (RedisError, OSError) as error:
                log.warning("web chat: redis is away (%s)", type(error).__name__)
                await asyncio.sleep(REDIS_AWAY)

    def _heard(self, message: dict[str, Any] | None) -> None:
        if message is None:
            return
        if message["type"] == "message":  # the queue has moved
            self._wake(listener for listener in self._listeners.values() if listener.is_waiting)
            return
        lane = message["channel"].decode().removeprefix(LaneKeys("").channel)
        if lane in self._listeners:
            self._listeners[lane].wake()
        elif lane in self._gone:
            task = asyncio.create_task(self._shorten(lane))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    @staticmethod
    def _wake(listeners: Any) -> None:
        for listener in list(listeners):
            listener.wake()

    async def _shorten(self, lane: str) -> None:
        left = int(self._gone.get(lane, 0) - time.monotonic())
        with contextlib.suppress(RedisError, OSError):  # the usual lifetimes are the backstop
            await shorten(self._redis, lane, max(1, left))
