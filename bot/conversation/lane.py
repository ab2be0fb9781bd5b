"""The lane of one person in Redis: what came in, in order; what goes out; one handler at a time; the epoch.

Everything written is checked against the epoch in the same script: once she has left, nothing that was under way
is written any more. Everything personal is sealed before it gets here (`bot/privacy/sealing.py`).
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal, cast

from bot.conversation.messages import Channel, Inbound, Outbound, Sender, TalkLine
from bot.conversation.sealed import SealedStore
from bot.privacy import keys
from bot.privacy.keys import LIFETIME, LaneKeys
from bot.privacy.masked import Private
from bot.privacy.pseudonyms import lane_channel

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


class LaneStore(SealedStore):
    """All that is kept for a person, and the only door to it. One instance a process."""

    # -- arriving and leaving --------------------------------------------------------------------

    async def arrive(self, lane: str, message: Inbound) -> Arrival:
        """Keeps a message and wakes a handler. From here on it is not lost. Raises redis errors."""
        k = LaneKeys(lane)
        contact = f"{message.channel.value}:{message.address.reveal()}".encode()
        result = await self.run(
            "arrive",
            [k.seen(self.hashed(message)), k["epoch"], k["inbox"], k["contact"]],
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
        taken: Taken | None = None,
        handled: int | None = None,
    ) -> str:
        """She leaves: epoch up, all deleted. Gives `told` if a worker sees it, `duplicate`, or the handoff state.

        `message` is the one that said so, when it was met on arrival: the same provider id again does nothing.
        `taken` and `handled` are said by a running turn: what came after those messages stays in the inbox, and where
        she has left already nothing is done.
        """
        k = LaneKeys(lane)
        now = self._clock.now()
        until = str(int((now + COVERED_FOR).timestamp() * 1000)) if cover else ""
        was = await self.run(
            "vanish",
            [
                k["epoch"],
                k["cover"],
                k["optout"],
                k["handoff"],
                k.seen(self.hashed(message) if message else "none"),
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
                "" if taken is None else taken.epoch,
            ],
        )
        state = cast(bytes, was).decode()
        if state == "told":
            # Also without a handoff: danger was flagged by somebody who then left.
            await self.redis.zadd(keys.QUEUE, {lane: int(now.timestamp() * 1000)})
            await self.redis.expire(keys.QUEUE, keys.SHARED_LIFETIME)
        if state not in ("duplicate", "gone"):
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
            await self.run(
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
            inbox=tuple(self._received(lane, raw) for raw in inbox),
            state=self.readable(lane, "state", state) if state else None,
            covered_until=datetime.fromtimestamp(int(cover) / 1000, tz=self._clock.now().tzinfo) if cover else None,
            opted_out=bool(optout),
            handoff=handoff.decode(),
            express=express.decode(),
            emergency_at=datetime.fromisoformat(express_at.split()[0].decode()) if express_at else None,
            answered=express_at.split()[1].decode() if express_at else None,
        )

    def was_answered(self, taken: Taken, message: Inbound) -> bool:
        """Whether an emergency line went out for this message before its turn came."""
        return taken.answered == self.hashed(message)

    async def waiting(self, lane: str) -> list[Inbound]:
        """What is in the inbox now, without taking it."""
        raw = await self.redis.lrange(LaneKeys(lane)["inbox"], 0, -1)
        return [self._received(lane, cast(bytes, r)) for r in raw]

    async def renew(self, taken: Taken) -> None:
        """Keeps the lease while a turn runs."""
        await self.redis.pexpire(LaneKeys(taken.lane)["lease"], LEASE_MS)

    async def commit(
        self, taken: Taken, handled: int, state: bytes, talk: Sequence[TalkLine], out: Sequence[Outbound]
    ) -> Commit:
        """Ends a turn: `handled` messages leave the inbox; state, talk and replies are written, or nothing is."""
        k = LaneKeys(taken.lane)
        lane = taken.lane
        result = await self.run(
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
                sum(line.who == "bot" for line in talk),
                # What she said, then what was said to her: an overtaken turn leaves the second part out.
                *(self.seal(lane, "talk", line.dumps()) for line in sorted(talk, key=lambda line: line.who == "bot")),
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
        done = await self.run(
            "append",
            [k[n] for n in ("epoch", "talk", "out", "outseq", "express")],
            [
                epoch,
                LIFETIME["out"],
                f"{self._clock.now().isoformat()} {self.hashed(express)}" if express else "",
                len(talk),
                *(self.seal(lane, "talk", line.dumps()) for line in talk),
                *(self.seal(lane, "out", message.dumps()) for message in messages),
            ],
        )
        if done:
            await self.tell(lane)
        return bool(done)

    async def take_back(self, lane: str, sender: Sender) -> int:
        """Takes back what this sender has written and no courier has begun to send. Gives how many replies."""
        if not Channel(lane_channel(lane)).is_phone:
            return 0
        taken = 0
        out = LaneKeys(lane)["out"]
        for raw in await self.redis.lrange(out, 0, -1):
            plain = self.readable(lane, "out", cast(bytes, raw).partition(b":")[2])
            if plain is not None and Outbound.loads(plain).sender == sender:
                taken += int(await self.redis.lrem(out, 1, cast(Any, raw)))
        return taken

    async def epoch(self, lane: str) -> int:
        return int(await self.redis.get(LaneKeys(lane)["epoch"]) or 0)

    async def talk(self, lane: str) -> list[TalkLine]:
        """What was said, oldest first."""
        raw = await self.redis.lrange(LaneKeys(lane)["talk"], 0, -1)
        opened = (self.readable(lane, "talk", cast(bytes, r)) for r in raw)
        return [TalkLine.loads(plain) for plain in opened if plain is not None]

    async def outgoing_after(self, lane: str, seq: int) -> list[tuple[int, Outbound]]:
        """Replies with a number above `seq`, in order (the web chat's view)."""
        found = []
        for raw in await self.redis.lrange(LaneKeys(lane)["out"], 0, -1):
            number, _, sealed = cast(bytes, raw).partition(b":")
            plain = self.readable(lane, "out", sealed) if int(number) > seq else None
            if plain is not None:
                found.append((int(number), Outbound.loads(plain)))
        return found

    def _received(self, lane: str, sealed: bytes) -> Inbound:
        """A message of the inbox; one that cannot be opened is an empty one, so that she gets an answer."""
        plain = self.readable(lane, "inbox", sealed)
        if plain is not None:
            return Inbound.loads(plain)
        unread = hashlib.sha256(sealed).hexdigest()
        return Inbound(Channel(lane_channel(lane)), Private(""), unread, None, self._clock.now())
