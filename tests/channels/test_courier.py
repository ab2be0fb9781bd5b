"""Replies on their way: in order, within two minutes or not at all, and never after she has left."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest
from redis.asyncio import Redis

from bot.clock import SettableClock
from bot.conversation.lane import LaneStore
from bot.conversation.messages import Channel, Inbound, Outbound
from bot.conversation.outbox import Outbox
from bot.privacy import keys
from bot.privacy.keys import LaneKeys
from bot.privacy.masked import Private
from bot.privacy.pseudonyms import lane_id
from channels.courier import Courier, Pace
from channels.senders import senders
from tests.channels.conftest import SECRET, make_settings, until
from tests.channels.twilio.fake_api import FakeTwilio, fake_twilio, nonsense, refused

PACE = Pace(poll=0.02, sweep=0.02, redis_away=0.01)


@pytest.fixture
async def twilio() -> AsyncIterator[FakeTwilio]:
    async with fake_twilio() as fake:
        yield fake


class Desk:
    """The courier with its outbox, on a clock that its own pauses move."""

    def __init__(self, lanes: LaneStore, clock: SettableClock, twilio: FakeTwilio) -> None:
        self.lanes = lanes
        self.clock = clock
        self.twilio = twilio
        self.outbox = Outbox(lanes)
        self.paused: list[float] = []
        self.on_pause: Callable[[], Awaitable[None]] | None = None

    async def sleep(self, seconds: float) -> None:
        self.paused.append(seconds)
        if self.on_pause:
            await self.on_pause()
        self.clock.advance(timedelta(seconds=seconds))
        await asyncio.sleep(0)

    async def phone(self, number: str = "+447700900555") -> str:
        """A person who has just written."""
        lane = lane_id(SECRET, "sms", number)
        came = Inbound(Channel.SMS, Private(number), f"SM{number}", Private("hi"), self.clock.now())
        await self.lanes.arrive(lane, came)
        return lane

    async def reply(self, lane: str, *texts: str, emergency: bool = False) -> None:
        out = [Outbound(f"id-{text}", text, self.clock.now(), emergency=emergency) for text in texts]
        assert await self.lanes.append_out(lane, await self.lanes.epoch(lane), out, [])

    @asynccontextmanager
    async def courier(self, pace: Pace = PACE) -> AsyncIterator[None]:
        made = senders(make_settings(1, twilio_api_base_url=self.twilio.url))
        task = asyncio.create_task(Courier(self.outbox, made, pace, self.sleep).run())
        try:
            yield
        finally:
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task

    async def settled(self, lane: str, text: str) -> str:
        """Waits for the state of a reply."""

        async def known() -> bool:
            return await self.outbox.delivery(lane, f"id-{text}") is not None

        await until(known)
        return str(await self.outbox.delivery(lane, f"id-{text}"))

    async def nothing_left(self, lane: str) -> None:
        k = LaneKeys(lane)

        async def gone() -> bool:
            return not (await self.lanes.redis.exists(k["out"], k["sending"]) or await self.outbox.due())

        await until(gone)


@pytest.fixture
def desk(lanes: LaneStore, clock: SettableClock, twilio: FakeTwilio) -> Desk:
    return Desk(lanes, clock, twilio)


async def test_in_order_and_then_nothing_is_left(desk: Desk) -> None:
    lane = await desk.phone()
    async with desk.courier():
        await desk.reply(lane, "one", "two", "three")
        await desk.nothing_left(lane)
        assert [await desk.settled(lane, text) for text in ("one", "two", "three")] == ["sent"] * 3
        await desk.reply(lane, "four")
        assert await desk.settled(lane, "four") == "sent"
    assert desk.twilio.bodies == ["one", "two", "three", "four"]
    assert desk.paused == []


async def test_what_waited_for_the_courier_to_start_is_sent(desk: Desk) -> None:
    lane = await desk.phone()
    await desk.reply(lane, "one")
    await desk.lanes.redis.delete(keys.COURIER)  # the wake-up is lost, the hint is not
    async with desk.courier():
        assert await desk.settled(lane, "one") == "sent"


async def test_trouble_is_tried_again_with_growing_pauses(desk: Desk) -> None:
    lane = await desk.phone()
    desk.twilio.answers = [refused(500), refused(503), refused(500)]
    async with desk.courier():
        await desk.reply(lane, "one", "two")
        assert await desk.settled(lane, "two") == "sent"
    assert desk.twilio.bodies == ["one", "one", "one", "one", "two"]
    for pause, step in zip(desk.paused, PACE.backoff, strict=False):
        assert step <= pause <= step * 1.2


async def test_the_pause_that_is_asked_for_is_kept(desk: Desk) -> None:
    lane = await desk.phone()
    desk.twilio.answers = [refused(429, 20429, **{"Retry-After": "35"})]
    async with desk.courier():
        await desk.reply(lane, "one")
        assert await desk.settled(lane, "one") == "sent"
    assert sum(desk.paused) == 35
    assert max(desk.paused) <= PACE.renew


async def test_a_pause_past_the_two_minutes_is_not_waited_for(desk: Desk) -> None:
    lane = await desk.phone()
    desk.twilio.answers = [refused(429, 20429, **{"Retry-After": "300"})]
    async with desk.courier():
        await desk.reply(lane, "one", "two")
        assert await desk.settled(lane, "one") == "dropped"
        assert await desk.settled(lane, "two") == "sent"
    assert desk.paused == []


@pytest.mark.parametrize("emergency", [False, True])
async def test_after_two_minutes_a_reply_is_dropped(desk: Desk, emergency: bool) -> None:
    lane = await desk.phone()
    start = desk.clock.now()
    desk.twilio.answers = [refused(500) for _ in range(100)]
    async with desk.courier():
        await desk.reply(lane, "one", emergency=emergency)
        assert await desk.settled(lane, "one") == "dropped"
    assert desk.clock.now() - start <= timedelta(minutes=2)
    assert len(desk.twilio.asked) > 5


async def test_what_is_late_already_is_never_sent(desk: Desk) -> None:
    lane = await desk.phone()
    await desk.reply(lane, "one")
    desk.clock.advance(timedelta(minutes=2, seconds=1))
    await desk.reply(lane, "two")
    async with desk.courier():
        assert await desk.settled(lane, "one") == "dropped"
        assert await desk.settled(lane, "two") == "sent"
    assert desk.twilio.bodies == ["two"]


@pytest.mark.parametrize("code", [21610, 21614, 63016, 21606])
async def test_a_no_is_a_no(desk: Desk, code: int) -> None:
    lane = await desk.phone()
    desk.twilio.answers = [refused(400, code)]
    async with desk.courier():
        await desk.reply(lane, "one", "two")
        assert await desk.settled(lane, "one") == "rejected"
        assert await desk.settled(lane, "two") == "sent"
    assert desk.twilio.bodies == ["one", "two"]


async def test_nothing_is_sent_after_she_has_left(desk: Desk) -> None:
    lane = await desk.phone()
    desk.twilio.answers = [refused(500) for _ in range(9)]

    async def leave() -> None:
        await desk.lanes.vanish(lane, cover=True)

    desk.on_pause = leave
    async with desk.courier():
        await desk.reply(lane, "one", "two")
        await desk.nothing_left(lane)
    assert desk.twilio.bodies == ["one"]
    assert not await desk.lanes.redis.exists(LaneKeys(lane)["delivery"])


async def test_an_emergency_line_does_not_wait_behind_a_reply_that_is_tried_again(desk: Desk) -> None:
    lane = await desk.phone()
    desk.twilio.answers = [refused(500)]
    held = asyncio.Event()

    async def hold() -> None:
        await desk.reply(lane, "call 999", emergency=True)
        await held.wait()

    desk.on_pause = hold
    async with desk.courier():
        await desk.reply(lane, "one")
        assert await desk.settled(lane, "call 999") == "sent"
    assert await desk.outbox.delivery(lane, "id-one") == "dropped"
    assert desk.twilio.bodies == ["one", "call 999"]


async def test_one_persons_trouble_delays_nobody_else(desk: Desk) -> None:
    hers, his = await desk.phone(), await desk.phone("+447700900556")
    desk.twilio.answers = [refused(500)]
    desk.on_pause = asyncio.Event().wait  # type: ignore[assignment]
    async with desk.courier(Pace(poll=0.02, at_once=1)):
        await desk.reply(hers, "one")
        await until(lambda: bool(desk.paused))
        await desk.reply(his, "two")
        assert await desk.settled(his, "two") == "sent"
    assert await desk.outbox.delivery(hers, "id-one") is None


async def test_a_lost_answer_is_not_sent_again_once_the_provider_has_told(desk: Desk) -> None:
    lane = await desk.phone()
    desk.twilio.answers = [nonsense()]

    async def call_back() -> None:
        await desk.outbox.note_delivery(lane, "id-one", "delivered")

    desk.on_pause = call_back
    async with desk.courier():
        await desk.reply(lane, "one", "two")
        assert await desk.settled(lane, "two") == "sent"
    assert desk.twilio.bodies == ["one", "two"]
    assert await desk.outbox.delivery(lane, "id-one") == "delivered"


async def half_sent(desk: Desk, emergency: bool = False) -> str:
    """A reply that was with the provider when the process died."""
    lane = await desk.phone()
    await desk.reply(lane, "one", emergency=emergency)
    assert await desk.outbox.next(lane)
    await desk.reply(lane, "two")
    return lane


async def test_what_another_courier_may_still_be_sending_is_left_alone(desk: Desk) -> None:
    lane = await half_sent(desk)
    desk.clock.advance(timedelta(seconds=14))
    async with desk.courier():
        await asyncio.sleep(0.1)
        assert desk.twilio.asked == []
        desk.clock.advance(timedelta(seconds=2))
        assert await desk.settled(lane, "two") == "sent"
    assert await desk.outbox.delivery(lane, "id-one") == "in_doubt"
    assert desk.twilio.bodies == ["two"]


async def test_an_emergency_line_in_doubt_is_sent_again(desk: Desk) -> None:
    lane = await half_sent(desk, emergency=True)
    desk.clock.advance(timedelta(seconds=16))
    async with desk.courier():
        assert await desk.settled(lane, "two") == "sent"
    assert desk.twilio.bodies == ["one", "two"]


async def test_what_the_provider_has_told_settles_a_doubt(desk: Desk) -> None:
    lane = await half_sent(desk, emergency=True)
    assert await desk.outbox.note_delivery(lane, "id-one", "sent")
    async with desk.courier():
        assert await desk.settled(lane, "two") == "sent"
    assert desk.twilio.bodies == ["two"]


async def test_two_couriers_send_once(desk: Desk) -> None:
    lane = await half_sent(desk, emergency=True)
    desk.clock.advance(timedelta(seconds=16))
    async with desk.courier(), desk.courier():
        assert await desk.settled(lane, "two") == "sent"
        await desk.nothing_left(lane)
    assert desk.twilio.bodies == ["one", "two"]


async def test_cancelling_while_the_provider_thinks(desk: Desk) -> None:
    lane = await desk.phone()
    desk.twilio.hold.clear()
    async with desk.courier():
        await desk.reply(lane, "one")
        await until(lambda: bool(desk.twilio.asked))
    assert await desk.lanes.redis.exists(LaneKeys(lane)["sending"])


async def test_redis_away_is_waited_for(clock: SettableClock, twilio: FakeTwilio) -> None:
    nowhere = Redis.from_url("redis://127.0.0.1:1/0", retry=None)
    desk = Desk(LaneStore(nowhere, SECRET, clock), clock, twilio)
    async with desk.courier():
        await until(lambda: len(desk.paused) >= 3)
    await nowhere.aclose()


async def test_a_channel_without_a_sender(desk: Desk) -> None:
    lane = lane_id(SECRET, "telegram", "42")
    await desk.lanes.arrive(lane, Inbound(Channel.TELEGRAM, Private("42"), "1", Private("hi"), desk.clock.now()))
    async with desk.courier():
        await desk.reply(lane, "one")
        assert await desk.settled(lane, "one") == "rejected"
