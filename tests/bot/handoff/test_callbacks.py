"""Call-backs: sealed, shown to the one worker who rings, gone after."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from redis.asyncio import Redis

from bot.clock import SettableClock
from bot.conversation.lane import LaneStore
from bot.handoff.desk import HandoffDesk
from tests.bot.handoff.conftest import Arrive

ANSWERS = {"number": "+447700900123", "when": "Tuesday 10 to 12", "whose": "hers", "after_word": "no"}


async def test_one_worker_takes_it_and_deletes_it(desk: HandoffDesk, arrive: Arrive) -> None:
    lane = await arrive("one")
    await desk.keep_callback(lane, 0, ANSWERS)
    assert [(c.lane, c.worker) for c in await desk.callbacks.pending()] == [(lane, "")]
    taken = await asyncio.gather(*(desk.callbacks.take(lane, f"worker {n}") for n in range(20)))
    assert [answers for answers in taken if answers] == [ANSWERS]
    owner = (await desk.callbacks.pending())[0].worker
    assert await desk.callbacks.take(lane, owner) == ANSWERS, "the one who rings may look again"
    assert not await desk.callbacks.done(lane, "somebody else")
    assert await desk.callbacks.done(lane, owner)
    assert await desk.callbacks.pending() == []
    assert await desk.callbacks.take(lane, owner) is None


async def test_a_later_set_of_answers_replaces_the_earlier_one(desk: HandoffDesk, arrive: Arrive) -> None:
    lane = await arrive("one")
    await desk.keep_callback(lane, 0, {**ANSWERS, "after_word": "yes"})
    await desk.keep_callback(lane, 0, {**ANSWERS, "number": "+447700900456"})
    answers = await desk.callbacks.take(lane, "duty")
    assert answers is not None
    assert answers["number"] == "+447700900456"


async def test_leaving_deletes_it_unless_she_said_to_ring_all_the_same(
    desk: HandoffDesk, lanes: LaneStore, arrive: Arrive, clock: SettableClock, redis: Redis
) -> None:
    gone, kept = await arrive("one"), await arrive("two")
    await desk.keep_callback(gone, await lanes.epoch(gone), ANSWERS)
    await desk.keep_callback(kept, await lanes.epoch(kept), {**ANSWERS, "after_word": "yes"})
    for lane in (gone, kept):
        await lanes.vanish(lane, cover=True)
    clock.advance(timedelta(minutes=2))
    assert [c.lane for c in await desk.callbacks.pending()] == [kept]
    assert await redis.zcard("qw:callbacks") == 1
    assert await desk.callbacks.take(gone, "duty") is None
    assert await desk.callbacks.take(kept, "duty") is not None
