"""Sessions on the server: Redis holds a hash of the cookie, never the cookie.

A session ends 8 h after login, or with the worker's password or place in the staff file. After 10 minutes without
a hand on the desk it is locked: nothing of any conversation is shown until the password is given again, but the alarm
for who waits goes on. A desk that had quietly logged out would miss a person.
"""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from secrets import token_urlsafe
from typing import cast

from redis.asyncio import Redis

from bot.clock import Clock
from bot.console.staff import Staff, Worker
from bot.handoff.records import instant, stamp
from bot.privacy import keys

IDLE = timedelta(minutes=10)
LONGEST = timedelta(hours=8)
TRIES, TRIES_IN = 5, timedelta(minutes=1)

# Counts the tries of one name in the last minute; a refused one is not counted, so that it ends.
_TRY = """
-- KEYS tries   ARGV now-ms since-ms most life this
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', ARGV[2])
if redis.call('ZCARD', KEYS[1]) >= tonumber(ARGV[3]) then
  return 0
end
redis.call('ZADD', KEYS[1], ARGV[1], ARGV[5])
redis.call('EXPIRE', KEYS[1], ARGV[4])
return 1
"""

# Only where the session still is: a logout in the meantime is not undone, and the lifetime stays.
_CHANGE = """
-- KEYS session   ARGV field value
if redis.call('EXISTS', KEYS[1]) == 1 then
  redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
end
"""


@dataclass(frozen=True)
class Session:
    """One logged-in browser. `csrf` must come back with every change."""

    key: str = field(repr=False)
    worker: Worker
    csrf: str = field(repr=False)
    locked: bool
    looking_at: str


class Sessions:
    """Opens, finds, locks and ends sessions; counts tries at a password."""

    def __init__(self, redis: Redis, clock: Clock, staff: Staff) -> None:
        self._redis = redis
        self._clock = clock
        self._staff = staff
        self._try = redis.register_script(_TRY)
        self._change = redis.register_script(_CHANGE)

    async def may_try(self, name: str) -> bool:
        """Counts one try at this name. False: five within the minute, whoever they came from."""
        now = self._clock.now()
        key = f"{keys.PREFIX}:login:{_hash(name)}"
        since, life = _ms(now - TRIES_IN), int(TRIES_IN.total_seconds())
        return bool(await self._try(keys=[key], args=[_ms(now), since, TRIES, life, token_urlsafe(6)]))

    async def open(self, worker: Worker) -> str:
        """A new session; gives the cookie."""
        cookie = token_urlsafe(32)
        key = _key(cookie)
        now = stamp(self._clock.now())
        async with self._redis.pipeline(transaction=True) as pipe:
            pipe.hset(
                key,
                mapping={
                    "name": worker.name,
                    "stamp": worker.stamp,
                    "csrf": token_urlsafe(24),
                    "since": now,
                    "seen": now,
                },
            )
            pipe.expire(key, int(LONGEST.total_seconds()))
            await pipe.execute()
        return cookie

    async def find(self, cookie: str) -> Session | None:
        """The session of a cookie; None when it is over."""
        key = _key(cookie)
        row = await cast(Awaitable[dict[bytes, bytes]], self._redis.hgetall(key))
        fields = {name.decode(): value.decode() for name, value in row.items()}
        since, seen = instant(fields.get("since", "")), instant(fields.get("seen", ""))
        if since is None or seen is None or "name" not in fields:
            return None
        now = self._clock.now()
        worker = self._staff.get(fields["name"])
        if worker is None or worker.stamp != fields["stamp"] or now - since >= LONGEST:
            await self._redis.delete(key)
            return None
        return Session(key, worker, fields["csrf"], now - seen >= IDLE, fields.get("looking_at", ""))

    async def touch(self, session: Session) -> None:
        """A hand is on the desk: the ten minutes start again; a locked one is unlocked. The caller has checked why."""
        await self._set(session, "seen", stamp(self._clock.now()))

    async def looks_at(self, session: Session, lane: str) -> None:
        """Remembers which conversation is open, so that looking on is not opening it again."""
        await self._set(session, "looking_at", lane)

    async def end(self, session: Session) -> None:
        await self._redis.delete(session.key)

    async def _set(self, session: Session, name: str, value: str) -> None:
        await self._change(keys=[session.key], args=[name, value])


def _ms(at: datetime) -> int:
    return int(at.timestamp() * 1000)


def _hash(value: str) -> str:
    return hashlib.sha256(value.encode()).hexdigest()


def _key(cookie: str) -> str:
    return f"{keys.PREFIX}:session:{_hash(cookie)}"
