"""The courier: takes replies from the outbox and hands them to the providers, in order for each person.

A reply goes out within two minutes of her message or not at all, an emergency line too: what comes later comes to
whoever holds the phone then. One person's trouble delays nobody else. Runs in the conversation process.
"""

from __future__ import annotations

import asyncio
import logging
import random
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from redis.exceptions import RedisError

from bot.conversation.messages import Channel
from bot.conversation.outbox import Outbox, Sending, Settled
from channels.contract import Outcome, Reference, Result, Sender
from channels.metrics import MESSAGES_OUT

log = logging.getLogger(__name__)

SETTLES: Mapping[Result, Settled] = {
    Result.SENT: "sent",
    Result.OPTED_OUT: "rejected",
    Result.UNREACHABLE: "rejected",
    Result.REJECTED: "rejected",
    Result.MISCONFIGURED: "rejected",
}


@dataclass(frozen=True)
class Pace:
    """How long the courier waits for what, in seconds."""

    backoff: tuple[float, ...] = (0.5, 2, 5, 10)
    """Before each further attempt; the last one repeats. A little chance is added."""
    in_doubt: float = 15
    """A sending that nobody has renewed for so long was left behind by a process that died."""
    renew: float = 10
    """While it waits, a sending is renewed this often; less than `in_doubt`."""
    poll: float = 1
    """How long one wait for work lasts."""
    sweep: float = 5
    """How often lanes that a crash has left behind are looked for."""
    redis_away: float = 0.5
    at_once: int = 64
    """Attempts on the wire at the same time."""


class Courier:
    """One a process. `run()` until cancelled; `senders` has one for each phone channel, closed with it."""

    def __init__(
        self,
        outbox: Outbox,
        senders: Mapping[Channel, Sender],
        pace: Pace | None = None,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._outbox = outbox
        self._senders = senders
        self._pace = pace or Pace()
        self._sleep = sleep
        self._wire = asyncio.Semaphore(self._pace.at_once)
        self._news: dict[str, asyncio.Event] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._swept = float("-inf")

    async def run(self) -> None:
        """Serves lanes until cancelled. What is on the wire then is reconciled by whoever starts next."""
        try:
            while True:
                await self._look_for_work()
        finally:
            for task in self._tasks:
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)
            for sender in self._senders.values():
                await sender.close()

    async def _look_for_work(self) -> None:
        try:
            lane = await self._outbox.wait(self._pace.poll)
            if lane:
                self._serve(lane)
            if time.monotonic() - self._swept >= self._pace.sweep:
                for forgotten in await self._outbox.due():
                    self._serve(forgotten)
                self._swept = time.monotonic()
        except (RedisError, OSError) as error:
            log.warning("courier: redis is away (%s)", type(error).__name__)
            await self._sleep(self._pace.redis_away)

    def _serve(self, lane: str) -> None:
        if lane in self._news:
            self._news[lane].set()
            return
        self._news[lane] = asyncio.Event()
        task = asyncio.create_task(self._drain(lane, self._news[lane]))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _drain(self, lane: str, news: asyncio.Event) -> None:
        """Sends all that waits for one person."""
        try:
            while True:
                news.clear()
                sending = await self._outbox.next(lane)
                if sending is not None:
                    if not await self._deliver(sending, news):
                        return
                    continue
                await self._outbox.idle(lane)
                if not news.is_set():
                    return
        except Exception as error:  # one lane's trouble stays in its lane; the hint brings it back
            log.error("courier: a lane could not be served (%s)", type(error).__name__)
        finally:
            del self._news[lane]

    async def _deliver(self, sending: Sending, news: asyncio.Event) -> bool:
        """Settles one reply, one way or the other. False: another courier may still be at it; look again later."""
        if not sending.fresh:
            found = await self._reconcile(sending)
            if not isinstance(found, Sending):
                return found
            sending = found
        attempt = 0
        while True:
            if self._outbox.is_late(sending.outbound):
                return await self._settle(sending, "dropped", "late")
            outcome = await self._try(sending)
            settles = SETTLES.get(outcome.result)
            if settles:
                return await self._settle(sending, settles, outcome.result.value)
            pause = self._pause(outcome, attempt)
            attempt += 1
            if self._outbox.is_late(sending.outbound, after=pause):
                return await self._settle(sending, "dropped", "late")
            waited = await self._wait_out(sending, pause, news)
            if not isinstance(waited, Sending):
                return waited
            sending = waited

    async def _reconcile(self, sending: Sending) -> Sending | bool:
        """A reply that somebody began to send: settled, left alone, or to be sent again."""
        if await self._outbox.delivery(sending.lane, sending.outbound.id):
            return await self._settle(sending, "sent", "reconciled")
        if self._outbox.age(sending) < self._pace.in_doubt:
            return False
        if not sending.outbound.emergency:
            return await self._settle(sending, "in_doubt", "in_doubt")
        # Twice is better than never, for this kind alone.
        return await self._outbox.renew(sending) or True

    async def _try(self, sending: Sending) -> Outcome:
        sender = self._senders.get(sending.channel)
        if sender is None:
            return Outcome(Result.MISCONFIGURED, code="no-sender")
        async with self._wire:
            if not await self._outbox.stands(sending):
                return Outcome(Result.REJECTED, code="gone")
            outcome = await sender.send(
                sending.address, sender.render(sending.outbound), Reference(sending.lane, sending.outbound.id)
            )
        if outcome.result is not Result.SENT:
            level = logging.ERROR if outcome.result is Result.MISCONFIGURED else logging.INFO
            log.log(level, "courier: %s said %s (%s)", sending.channel, outcome.result, outcome.code)
        return outcome

    def _pause(self, outcome: Outcome, attempt: int) -> float:
        if outcome.after is not None:
            return outcome.after
        steps = self._pace.backoff
        return steps[min(attempt, len(steps) - 1)] * random.uniform(1, 1.2)  # noqa: S311  # spreads retries, hides nothing

    async def _wait_out(self, sending: Sending, pause: float, news: asyncio.Event) -> Sending | bool:
        """Waits before the next attempt. Settles instead where that is known by then, or an emergency line waits."""
        while pause > 0:
            step = min(pause, self._pace.renew)
            pause -= step
            overtaken = await self._nap(sending, step, news)
            if await self._outbox.delivery(sending.lane, sending.outbound.id):
                return await self._settle(sending, "sent", "reconciled")
            if overtaken:
                return await self._settle(sending, "dropped", "overtaken")
            renewed = await self._outbox.renew(sending)
            if renewed is None:
                return True
            sending = renewed
        return sending

    async def _nap(self, sending: Sending, seconds: float, news: asyncio.Event) -> bool:
        """Sleeps. True as soon as an emergency line stands behind a reply that is none."""
        nap = asyncio.ensure_future(self._sleep(seconds))
        try:
            while not nap.done():
                ring = asyncio.create_task(news.wait())
                await asyncio.wait({nap, ring}, return_when=asyncio.FIRST_COMPLETED)
                ring.cancel()
                if news.is_set():
                    news.clear()
                    if not sending.outbound.emergency and await self._outbox.emergency_waits(sending.lane):
                        return True
            return False
        finally:
            nap.cancel()

    async def _settle(self, sending: Sending, how: Settled, outcome: str) -> bool:
        await self._outbox.settle(sending.lane, sending.entry, sending.outbound.id, how)
        MESSAGES_OUT.labels(sending.channel.value, outcome).inc()
        return True
