"""Runs turns: lanes side by side, one handler at a time for each, in order, safe if the process dies in the middle."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import secrets
import time
from datetime import datetime
from typing import cast

from redis.exceptions import RedisError

from bot.conversation import danger
from bot.conversation.context import first_message
from bot.conversation.lane import LEASE_MS, LaneStore, Taken
from bot.conversation.messages import Inbound, Outbound, TalkLine
from bot.conversation.ports import Desk
from bot.conversation.reading import read
from bot.conversation.state import EMERGENCY_AGAIN, State
from bot.conversation.turn import Turns
from bot.privacy import keys
from bot.privacy.keys import LaneKeys
from bot.privacy.pseudonyms import lane_channel
from bot.recognition.recogniser import Recogniser
from bot.safety.wording import Wording

log = logging.getLogger(__name__)

SWEEP_SECONDS = 1.0
TURN_SECONDS = 20.0
RENEW_SECONDS = LEASE_MS / 1000 / 3
FOUND_AGAIN_SECONDS = 30.0
"""How often every inbox is looked for: a message whose wake-up call was lost waits no longer than this."""


class Runner:
    """Takes lanes that have something to do and answers them."""

    def __init__(self, lanes: LaneStore, turns: Turns, recogniser: Recogniser, wording: Wording, desk: Desk) -> None:
        self._lanes = lanes
        self._turns = turns
        self._recogniser = recogniser
        self._wording = wording
        self._desk = desk
        self._running: dict[str, asyncio.Task[None]] = {}
        self._held: dict[str, frozenset[str]] = {}
        self._read: dict[str, set[str]] = {}

    async def run(self) -> None:
        """Runs until cancelled; a Redis that is away is waited for."""
        try:
            await asyncio.gather(self._listen(), self._sweep())
        finally:
            for task in self.running():
                task.cancel()

    async def _listen(self) -> None:
        while True:
            try:
                row = await self._lanes.redis.blpop([keys.WAKE], timeout=1)
                if row:
                    await self.wake(cast(bytes, row[1]).decode())
            except RedisError as error:
                log.warning("redis away: %s", type(error).__name__)
                await asyncio.sleep(0.2)

    async def _sweep(self) -> None:
        found_at = -FOUND_AGAIN_SECONDS
        while True:
            with contextlib.suppress(RedisError):
                if time.monotonic() - found_at > FOUND_AGAIN_SECONDS:
                    found_at = time.monotonic()
                    await self._find_again()
                for lane in await self._lanes.redis.zrange(keys.DUE, 0, 199):
                    await self.wake(cast(bytes, lane).decode())
            await asyncio.sleep(SWEEP_SECONDS)

    async def _find_again(self) -> None:
        """Rebuilds the list of lanes with work from the inboxes themselves."""
        async for key in self._lanes.redis.scan_iter(match=f"{keys.PREFIX}:{{*}}:inbox", count=500):
            lane = cast(bytes, key).decode().split("{")[1].split("}")[0]
            await self._lanes.redis.zadd(keys.DUE, {lane: 0}, nx=True)

    async def wake(self, lane: str) -> None:
        """Sees to a lane: starts its handler, or, where a turn is under way, lets danger past it."""
        if lane in self._running:
            await self._express(lane)
            return
        task = asyncio.create_task(self.see_to(lane))
        self._running[lane] = task
        task.add_done_callback(lambda _: self._running.pop(lane, None))

    def running(self) -> list[asyncio.Task[None]]:
        """The handlers at work now."""
        return list(self._running.values())

    async def see_to(self, lane: str) -> None:
        """Answers what waits in a lane, until it is empty or another handler has it."""
        try:
            while True:
                taken = await self._lanes.take(lane, secrets.token_hex(8))
                if taken == "busy":
                    await self._express(lane)
                    return
                if taken == "empty":
                    break
                await self._one_turn(taken)
            await self._settle(lane)
        except RedisError as error:
            log.warning("turn put off: %s", type(error).__name__)

    async def _settle(self, lane: str) -> None:
        """Nothing is left to answer: drops the hint, puts it back if something came, and looks that replies go out."""
        self._read.pop(lane, None)
        k = LaneKeys(lane)
        await self._lanes.redis.zrem(keys.DUE, lane)
        if await self._lanes.redis.exists(k["inbox"]):
            await self._lanes.redis.zadd(keys.DUE, {lane: 0})
        if lane_channel(lane) != "web" and await self._lanes.redis.exists(k["out"]):
            await self._lanes.tell(lane)

    async def _one_turn(self, taken: Taken) -> None:
        head = first_message(taken.inbox)
        self._held[taken.lane] = frozenset(part.provider_id for part in head.parts)
        if len(taken.inbox) > len(head.parts):
            await self._express(taken.lane)
        renewing = asyncio.create_task(self._renew(taken))
        try:
            async with asyncio.timeout(TURN_SECONDS):
                await self._turns.handle(taken)
        except RedisError:
            raise
        except Exception as error:
            # Whatever broke, she gets the floor. The type alone is logged: an exception's text may hold her words.
            log.error("turn failed: %s", type(error).__name__)
            await self._floor(taken)
        finally:
            renewing.cancel()
            self._held.pop(taken.lane, None)

    async def _renew(self, taken: Taken) -> None:
        while True:
            await asyncio.sleep(RENEW_SECONDS)
            with contextlib.suppress(RedisError):
                await self._lanes.renew(taken)

    async def _floor(self, taken: Taken) -> None:
        message = first_message(taken.inbox)
        is_web = lane_channel(taken.lane) == "web"
        checked = State.read(taken.state).phase == "open" and not taken.covered_until
        # Before her yes, and on a covered phone, what anybody may read.
        said = self._wording.say("floor" if is_web or checked else "emergency.covered", web=is_web)
        reply = Outbound(secrets.token_hex(12), said.text, message.at)
        await self._lanes.commit(taken, len(message.parts), taken.state or b"{}", [], [reply])
        await self._lanes.tell(taken.lane)

    async def _express(self, lane: str) -> None:
        """Danger behind a running turn does not wait for it: its line goes out now, that turn's reply does not."""
        epoch = await self._lanes.epoch(lane)
        held, seen_before = self._held.get(lane, frozenset()), self._read.setdefault(lane, set())
        for message in await self._lanes.waiting(lane):
            if message.provider_id in held or message.provider_id in seen_before or not message.text:
                continue
            seen_before.add(message.provider_id)
            if await self._say_at_once(lane, epoch, message, message.text.reveal()):
                return

    async def _say_at_once(self, lane: str, epoch: int, message: Inbound, text: str) -> bool:
        seen = await read(self._recogniser, text)
        if seen.risk != "immediate" or (seen.leaving and seen.arriving_only):
            return False
        await self._desk.alarm(lane, epoch, seen.why)
        k = LaneKeys(lane)
        if await self._said_lately(lane) or await self._lanes.redis.exists(k["optout"]):
            return False
        covered = await self._lanes.is_covered(lane)
        key = "emergency.covered" if covered else danger.text_key(seen)
        said = self._wording.say(key, web=lane_channel(lane) == "web")
        line = Outbound(secrets.token_hex(12), said.text, message.at, emergency=True)
        talk = [] if covered else [TalkLine("bot", said.text, self._lanes.clock.now())]
        return await self._lanes.append_out(lane, epoch, [line], talk, express=message)

    async def _said_lately(self, lane: str) -> bool:
        """Whether an emergency line went out in the last ten minutes, by a turn or past one."""
        k = LaneKeys(lane)
        express, sealed = await self._lanes.redis.hget(k["express"], "at"), await self._lanes.redis.get(k["state"])
        times = [datetime.fromisoformat(cast(bytes, express).split()[0].decode())] if express else []
        if sealed:
            state = State.read(self._lanes.readable(lane, "state", cast(bytes, sealed)))
            times += [state.emergency_at] if state.emergency_at else []
        return any(self._lanes.clock.now() - at < EMERGENCY_AGAIN for at in times)
