"""The lane of one person in Redis: what came in, in order; what goes out; one handler at a time; the epoch.

Everything written is checked against the epoch in the same script: once she has left, nothing that was under way
is written any more. Everything personal is sealed before it gets here (`bot/privacy/sealing.py`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal, cast

from redis.asyncio import Redis
from redis.commands.core import AsyncScript

from bot.clock import Clock
from bot.conversation import scripts
from bot.conversation.messages import Channel, Inbound, Outbound, TalkLine
from bot.privacy import keys
from bot.privacy.keys import LIFETIME, LaneKeys
from bot.privacy.pseudonyms import keyed_hash, lane_channel
from bot.privacy.sealing import Sealer

LEASE_MS = 5000
COVERED_FOR = timedelta(hours=24)
MOST_AT_ONCE = 20

Arrival = Literal["queued", "duplicate"]
Commit = Literal["done", "overtaken", "left", "lost"]


@dataclass(frozen=True)
class Taken:
    """A lane that this handler holds, and all that a turn starts from."""

    lane: str
    token: str
    epoch: int
    inbox: tuple[Inbound, ...]
    state: bytes | None
    covered_until: datetime | None
    opted_out: bool
    handoff: str
    express: str
    emergency_at: datetime | None
    answered: str | None


class LaneStore:
    """All that is kept for a person, and the only door to it. One instance a process."""

    def __init__(self, redis: Redis, secret: bytes, clock: Clock) -> None:
        self.redis = redis
        self._secret = secret
        self._sealer = Sealer(secret)
        self._clock = clock
        self._scripts: dict[str, AsyncScript] = {
            name: redis.register_script(scripts.source(name))
            for name in ("arrive", "vanish", "take", "commit", "append")
        }

    # -- sealing ---------------------------------------------------------------------------------

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

    # -- arriving and leaving --------------------------------------------------------------------

    async def arrive(self, lane: str, message: Inbound) -> Arrival:
        """Keeps a message and wakes a handler. From here on it is not lost. Raises redis errors."""
        k = LaneKeys(lane)
        contact = f"{message.channel.value}:{message.address.reveal()}".encode()
        result = await self._run(
            "arrive",
            [k.seen(self._hashed(message)), k["epoch"], k["inbox"], k["contact"]],
            [
                self.seal(lane, "inbox", message.dumps()),
                self.seal(lane, "contact", contact),
                LIFETIME["seen"],
                LIFETIME["inbox"],
                LIFETIME["epoch"],
            ],
        )
        if result != b"queued":
            return "duplicate"
        await self.wake(lane)
        return "queued"

    async def vanish(
        self,
        lane: str,
        *,
        cover: bool,
        opt_out: bool = False,
        danger: bool = False,
        reason: str = "left",
        message: Inbound | None = None,
        handled: int | None = None,
    ) -> str:
        """She leaves: epoch up, all deleted. Gives `told` if a worker sees it, `duplicate`, or the handoff state.

        `message` is the one that said so, when it was met on arrival: the same provider id again does nothing.
        `handled` is said by a running turn: what came after those messages stays in the inbox.
        """
        k = LaneKeys(lane)
        now = self._clock.now()
        until = str(int((now + COVERED_FOR).timestamp() * 1000)) if cover else ""
        was = await self._run(
            "vanish",
            [
                k["epoch"],
                k["cover"],
                k["optout"],
                k["handoff"],
                k.seen(self._hashed(message) if message else "none"),
                k["inbox"],
                k["contact"],
                *(key for key in k.wiped() if key not in (k["inbox"], k["contact"])),
            ],
            [
                LIFETIME["epoch"],
                until,
                LIFETIME["cover"],
                LIFETIME["optout"] if opt_out else "",
                LIFETIME["handoff"],
                now.isoformat(),
                "1" if danger else "0",
                reason,
                LIFETIME["seen"] if message else "",
                "" if handled is None else handled,
            ],
        )
        state = cast(bytes, was).decode()
        if state == "told":
            # Also without a handoff: danger was flagged by somebody who then left.
            await self.redis.zadd(keys.QUEUE, {lane: int(now.timestamp() * 1000)})
            await self.redis.expire(keys.QUEUE, keys.SHARED_LIFETIME)
        if state != "duplicate":
            await self.tell(lane, console=state == "told")
        return state

    async def opt_in(self, lane: str) -> None:
        """START: this phone may be written to again."""
        await self.redis.delete(LaneKeys(lane)["optout"])

    async def cover_for_a_day(self, lane: str) -> None:
        """Moves the end of cover to 24 h from now; only where the phone is covered."""
        until = int((self._clock.now() + COVERED_FOR).timestamp() * 1000)
        await self.redis.set(LaneKeys(lane)["cover"], until, ex=LIFETIME["cover"], xx=True)

    async def is_covered(self, lane: str) -> bool:
        """Whether her phone is covered now, by our clock."""
        until = await self.redis.get(LaneKeys(lane)["cover"])
        return until is not None and int(until) / 1000 > self._clock.now().timestamp()

    async def uncover(self, lane: str) -> None:
        await self.redis.delete(LaneKeys(lane)["cover"])

    # -- a turn ----------------------------------------------------------------------------------

    async def take(self, lane: str, token: str) -> Taken | Literal["busy", "empty"]:
        """Takes the lane for one turn, with what has arrived."""
        k = LaneKeys(lane)
        row = cast(
            list[Any],
            await self._run(
                "take",
                [k[n] for n in ("lease", "epoch", "inbox", "state", "cover", "optout", "handoff", "express")],
                [token, LEASE_MS, MOST_AT_ONCE],
            ),
        )
        if row[0] != b"taken":
            return "busy" if row[0] == b"busy" else "empty"
        _, epoch, inbox, state, cover, optout, handoff, express, express_at = row
        return Taken(
            lane=lane,
            token=token,
            epoch=int(epoch),
            inbox=tuple(Inbound.loads(self.unseal(lane, "inbox", raw)) for raw in inbox),
            state=self.unseal(lane, "state", state) if state else None,
            covered_until=datetime.fromtimestamp(int(cover) / 1000, tz=self._clock.now().tzinfo) if cover else None,
            opted_out=bool(optout),
            handoff=handoff.decode(),
            express=express.decode(),
            emergency_at=datetime.fromisoformat(express_at.split()[0].decode()) if express_at else None,
            answered=express_at.split()[1].decode() if express_at else None,
        )

    def was_answered(self, taken: Taken, message: Inbound) -> bool:
        """Whether an emergency line went out for this message before its turn came."""
        return taken.answered == self._hashed(message)

    async def waiting(self, lane: str) -> list[Inbound]:
        """What is in the inbox now, without taking it."""
        raw = await self.redis.lrange(LaneKeys(lane)["inbox"], 0, MOST_AT_ONCE - 1)
        return [Inbound.loads(self.unseal(lane, "inbox", r)) for r in raw]

    async def renew(self, taken: Taken) -> None:
        """Keeps the lease while a turn runs."""
        await self.redis.pexpire(LaneKeys(taken.lane)["lease"], LEASE_MS)

    async def commit(
        self, taken: Taken, handled: int, state: bytes, talk: Sequence[TalkLine], out: Sequence[Outbound]
    ) -> Commit:
        """Ends a turn: `handled` messages leave the inbox; state, talk and replies are written, or nothing is."""
        k = LaneKeys(taken.lane)
        lane = taken.lane
        result = await self._run(
            "commit",
            [k[n] for n in ("lease", "epoch", "inbox", "state", "talk", "out", "outseq", "express")],
            [
                taken.token,
                taken.epoch,
                handled,
                self.seal(lane, "state", state),
                LIFETIME["state"],
                taken.express,
                len(talk),
                *(self.seal(lane, "talk", line.dumps()) for line in talk),
                *(self.seal(lane, "out", message.dumps()) for message in out),
            ],
        )
        return cast(Commit, cast(bytes, result).decode())

    async def forget_dialogue(self, lane: str) -> None:
        """Drops what Rasa remembers: a new session starts blank."""
        k = LaneKeys(lane)
        await self.redis.delete(k["tracker"], k["tracker_base"], k["replies"])

    async def forget_talk(self, lane: str) -> None:
        """Drops the whole earlier conversation: half a day is over."""
        k = LaneKeys(lane)
        await self.redis.delete(k["talk"], k["out"], k["callback"], k["handoff"], k["express"], k["delivery"])
        await self.forget_dialogue(lane)

    # -- replies from outside a turn -------------------------------------------------------------

    async def append_out(
        self,
        lane: str,
        epoch: int,
        messages: Sequence[Outbound],
        talk: Sequence[TalkLine],
        express: Inbound | None = None,
    ) -> bool:
        """Queues replies; `express` is the message that an emergency line answers past a running turn.

        False: she has left, nothing is written.
        """
        k = LaneKeys(lane)
        done = await self._run(
            "append",
            [k[n] for n in ("epoch", "talk", "out", "outseq", "express")],
            [
                epoch,
                LIFETIME["out"],
                f"{self._clock.now().isoformat()} {self._hashed(express)}" if express else "",
                len(talk),
                *(self.seal(lane, "talk", line.dumps()) for line in talk),
                *(self.seal(lane, "out", message.dumps()) for message in messages),
            ],
        )
        if done:
            await self.tell(lane)
        return bool(done)

    async def epoch(self, lane: str) -> int:
        return int(await self.redis.get(LaneKeys(lane)["epoch"]) or 0)

    async def talk(self, lane: str) -> list[TalkLine]:
        """What was said, oldest first."""
        raw = await self.redis.lrange(LaneKeys(lane)["talk"], 0, -1)
        return [TalkLine.loads(self.unseal(lane, "talk", r)) for r in raw]

    async def outgoing_after(self, lane: str, seq: int) -> list[tuple[int, Outbound]]:
        """Replies with a number above `seq`, in order (the web chat's view)."""
        found = []
        for raw in await self.redis.lrange(LaneKeys(lane)["out"], 0, -1):
            number, _, sealed = cast(bytes, raw).partition(b":")
            if int(number) > seq:
                found.append((int(number), Outbound.loads(self.unseal(lane, "out", sealed))))
        return found

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

    def _hashed(self, message: Inbound) -> str:
        return keyed_hash(self._secret, "seen", message.provider_id)

    async def _run(self, name: str, script_keys: Sequence[str], args: Sequence[Any]) -> Any:
        return await self._scripts[name](keys=list(script_keys), args=list(args))
