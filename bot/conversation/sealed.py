"""What every store of a lane stands on: sealing, the scripts, and telling others that something changed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

from redis.asyncio import Redis
from redis.commands.core import AsyncScript

from bot.clock import Clock
from bot.conversation import scripts
from bot.conversation.messages import Channel, Inbound
from bot.privacy import keys
from bot.privacy.keys import LaneKeys
from bot.privacy.pseudonyms import keyed_hash, lane_channel
from bot.privacy.sealing import SealBroken, Sealer


class SealedStore:
    """A Redis in which nothing personal lies open. Takes the installation's secret and the clock."""

    def __init__(self, redis: Redis, secret: bytes, clock: Clock) -> None:
        self.redis = redis
        self._secret = secret
        self._sealer = Sealer(secret)
        self._clock = clock
        self._scripts: dict[str, AsyncScript] = {
            name: redis.register_script(scripts.source(name))
            for name in ("arrive", "vanish", "take", "commit", "append")
        }

    @property
    def clock(self) -> Clock:
        return self._clock

    @property
    def secret(self) -> bytes:
        return self._secret

    def seal(self, lane: str, name: str, plain: bytes) -> bytes:
        """Seals for the key `name` of this lane."""
        return self._sealer.seal(plain, LaneKeys(lane)[name])

    def unseal(self, lane: str, name: str, sealed: bytes | str) -> bytes:
        """Opens what lies under the key `name` of this lane. Raises `SealBroken`."""
        return self._sealer.open(cast(bytes, sealed), LaneKeys(lane)[name])

    def readable(self, lane: str, name: str, sealed: bytes) -> bytes | None:
        """None for what was sealed with a key that we no longer have: that never stops a lane."""
        try:
            return self.unseal(lane, name, sealed)
        except SealBroken:
            return None

    def hashed(self, message: Inbound) -> str:
        """The provider's id of a message, as it may be kept."""
        return keyed_hash(self._secret, "seen", message.provider_id)

    async def run(self, name: str, script_keys: Sequence[str], args: Sequence[Any]) -> Any:
        """Runs one of our scripts on this lane's keys."""
        return await self._scripts[name](keys=list(script_keys), args=list(args))

    # -- telling others, without content ---------------------------------------------------------

    async def wake(self, lane: str) -> None:
        """There is inbox work. The list wakes a handler at once; the sorted set outlives a crash."""
        now_ms = int(self._clock.now().timestamp() * 1000)
        await self._hint(keys.WAKE, keys.DUE, lane, now_ms)

    async def tell(self, lane: str, console: bool = False) -> None:
        """Replies, queue place or epoch changed: wakes the web chat, the courier and, if asked, the console."""
        if Channel(lane_channel(lane)).is_phone:
            await self._hint(keys.COURIER, keys.COURIER_DUE, lane, int(self._clock.now().timestamp() * 1000))
        await self.redis.publish(LaneKeys(lane).channel, b"")
        if console:
            await self.redis.publish(keys.CONSOLE_CHANNEL, lane)

    async def _hint(self, wake: str, due: str, lane: str, score: int) -> None:
        async with self.redis.pipeline(transaction=False) as pipe:
            pipe.zadd(due, {lane: score})
            pipe.expire(due, keys.SHARED_LIFETIME)
            pipe.rpush(wake, lane)
            pipe.expire(wake, keys.SHARED_LIFETIME)
            await pipe.execute()
