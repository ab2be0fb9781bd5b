"""A handoff from asking to the end, from both sides."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from redis.asyncio import Redis

from bot.clock import LONDON, SettableClock
from bot.conversation.lane import LaneStore
from bot.conversation.messages import Channel, TalkLine
from bot.conversation.outbox import Outbox
from bot.conversation.ports import Desk, DeskView
from bot.handoff.desk import HandoffDesk
from bot.privacy import keys
from tests.bot.handoff.conftest import Arrive

AT_NIGHT = datetime(2026, 11, 24, 3, 0, tzinfo=LONDON)


async def ask(desk: HandoffDesk, lanes: LaneStore, lane: str, *cues: str) -> None:
    assert await desk.request(lane, await lanes.epoch(lane), "asked", cues, None)


async def take(desk: HandoffDesk, lane: str, worker: str = "duty", name: str = "Maya") -> int:
    claim = await desk.claim(lane, worker, name)
    assert claim is not None
    return claim.number


async def replies(lanes: LaneStore, lane: str) -> list[tuple[str, str]]:
    return [(message.sender, message.text) for _, message in await lanes.outgoing_after(lane, 0)]


def test_it_is_what_the_lane_asks_for(desk: HandoffDesk) -> None:
    port: Desk = desk
    assert port.hours_words() == "Mon to Fri, 9am to 5pm"
    assert port.is_open(AT_NIGHT) is False
    assert port.opens_words(AT_NIGHT) == "today 9am"
    assert port.closes(AT_NIGHT) is None


async def test_from_asking_to_the_end(desk: HandoffDesk, lanes: LaneStore, arrive: Arrive) -> None:
    lane = await arrive("one", "he took my keys", "can i talk to someone", channel=Channel.WEB)
    assert await desk.view(lane) == DeskView("none")

    await ask(desk, lanes, lane)
    assert await desk.view(lane) == DeskView("waiting", position=1)
    screen = await desk.screen(lane)
    assert [line.text for line in screen.lines] == ["he took my keys", "can i talk to someone"]

    number = await take(desk, lane)
    assert await desk.view(lane) == DeskView("active", worker="Maya")
    assert await desk.say(lane, number, "Hello, a person here.") == "sent"
    assert await replies(lanes, lane) == [("worker", "Hello, a person here.")]
    assert (await desk.screen(lane)).lines[-1].who == "worker"

    assert await desk.end(lane, number) == "ended"
    assert await desk.view(lane) == DeskView("ended")
    assert (await desk.screen(lane)).lines == ()
    assert "Automated replies are back" in (await replies(lanes, lane))[-1][1]
    assert await desk.say(lane, number, "one more thing") == "not_owner"


async def test_a_workers_reply_is_not_late_to_an_old_message(
    desk: HandoffDesk, lanes: LaneStore, arrive: Arrive, clock: SettableClock
) -> None:
    lane = await arrive("one")
    await ask(desk, lanes, lane)
    number = await take(desk, lane)
    clock.advance(timedelta(minutes=9))
    assert await desk.say(lane, number, "Still here.") == "sent"
    outbox = Outbox(lanes)
    sending = await outbox.next(lane)
    assert sending is not None
    assert not outbox.is_late(sending.outbound)


async def test_the_same_person_asks_again_after_the_end(desk: HandoffDesk, lanes: LaneStore, arrive: Arrive) -> None:
    lane = await arrive("one")
    numbers = []
    for _ in range(3):
        await ask(desk, lanes, lane)
        assert [h.lane for h in await desk.queue()] == [lane]
        numbers.append(await take(desk, lane))
        assert await desk.say(lane, numbers[-1], "Hello.") == "sent"
        assert await desk.end(lane, numbers[-1]) == "ended"
        assert await desk.queue() == []
    assert numbers == sorted(set(numbers))


async def test_asking_twice_keeps_the_place_and_adds_what_is_new(
    desk: HandoffDesk, lanes: LaneStore, arrive: Arrive, clock: SettableClock
) -> None:
    lane = await arrive("one")
    epoch = await lanes.epoch(lane)
    await desk.request(lane, epoch, "asked", ("strangled",), None)
    since = (await desk.record(lane)).since
    clock.advance(timedelta(minutes=3))
    await desk.request(lane, epoch, "danger", ("has_weapon",), "d-kingston-hill")
    assert (await desk.record(lane)).since == since
    assert (await desk.screen(lane)).flags == ("danger now", "strangled", "has weapon", "near kingston hill")


async def test_the_owner_may_claim_again_and_nobody_else(desk: HandoffDesk, lanes: LaneStore, arrive: Arrive) -> None:
    lane = await arrive("one")
    await ask(desk, lanes, lane)
    number = await take(desk, lane)
    assert await take(desk, lane) == number
    assert await desk.claim(lane, "second", "Ash") is None


async def test_a_conversation_that_nobody_asked_for_cannot_be_claimed(desk: HandoffDesk, arrive: Arrive) -> None:
    lane = await arrive("one")
    assert await desk.claim(lane, "duty", "Maya") is None
    assert await desk.say(lane, 1, "hello") == "not_owner"


async def test_given_back_she_waits_with_her_time_and_the_old_claim_is_void(
    desk: HandoffDesk, lanes: LaneStore, arrive: Arrive, clock: SettableClock
) -> None:
    lane = await arrive("one")
    await ask(desk, lanes, lane)
    since = (await desk.record(lane)).since
    first = await take(desk, lane)
    clock.advance(timedelta(minutes=2))
    assert await desk.give_back(lane, first)
    record = await desk.record(lane)
    assert (record.state, record.since, record.worker) == ("waiting", since, "")
    second = await take(desk, lane, "second", "Ash")
    assert await desk.say(lane, first, "mine still?") == "not_owner"
    assert not await desk.give_back(lane, first)
    assert await desk.end(lane, first) == "not_owner"
    assert await desk.say(lane, second, "Hello.") == "sent"


@pytest.mark.parametrize("channel", [Channel.SMS, Channel.WEB])
async def test_the_safe_window_closes_ten_minutes_after_her_last_message(
    desk: HandoffDesk, lanes: LaneStore, arrive: Arrive, clock: SettableClock, channel: Channel
) -> None:
    lane = await arrive("one", channel=channel)
    await ask(desk, lanes, lane)
    number = await take(desk, lane)
    clock.advance(timedelta(minutes=10))
    assert await desk.say(lane, number, "in time") == "sent"
    clock.advance(timedelta(milliseconds=1))
    assert await desk.say(lane, number, "too late") == "window_closed"
    assert (await desk.screen(lane)).banner.startswith("No message from them for 10 minutes")
    await desk.heard(lane, clock.now())
    assert await desk.say(lane, number, "open again") == "sent"
    assert [text for _, text in await replies(lanes, lane)] == ["in time", "open again"]


async def test_the_end_is_told_only_where_she_still_expects_a_message(
    desk: HandoffDesk, lanes: LaneStore, arrive: Arrive, clock: SettableClock
) -> None:
    phone, web = await arrive("one"), await arrive("two", channel=Channel.WEB)
    for lane in (phone, web):
        await ask(desk, lanes, lane)
    numbers = {lane: await take(desk, lane) for lane in (phone, web)}
    clock.advance(timedelta(minutes=11))
    for lane, number in numbers.items():
        assert await desk.end(lane, number) == "ended"
    assert await replies(lanes, phone) == []
    assert len(await replies(lanes, web)) == 1


async def test_somebody_else_may_hold_the_phone(desk: HandoffDesk, lanes: LaneStore, arrive: Arrive) -> None:
    lane = await arrive("one")
    await ask(desk, lanes, lane)
    number = await take(desk, lane)
    await desk.maybe_someone_else(lane)
    assert await desk.say(lane, number, "are you there") == "check_first"
    assert "may be someone else" in (await desk.screen(lane)).flags
    assert not await desk.confirm_same_person(lane, number + 1)
    assert await desk.confirm_same_person(lane, number)
    assert await desk.say(lane, number, "Hello.") == "sent"
    await desk.maybe_someone_else(lane)
    assert await desk.end(lane, number) == "ended"
    assert await replies(lanes, lane) == [], "whoever holds the phone is told nothing; what was not sent is taken back"


async def test_after_stop_no_text_reaches_the_phone_and_the_worker_knows(
    desk: HandoffDesk, lanes: LaneStore, arrive: Arrive
) -> None:
    lane = await arrive("one")
    await lanes.vanish(lane, cover=True, opt_out=True)
    await arrive("one", "please ring me")
    assert await desk.request(lane, await lanes.epoch(lane), "referred", (), None)
    number = await take(desk, lane)
    assert "cannot be answered by text" in (await desk.screen(lane)).flags
    assert await desk.say(lane, number, "Hello.") == "opted_out"
    assert await desk.end(lane, number) == "ended"
    assert await replies(lanes, lane) == []


async def test_fresh_hides_what_was_before_and_what_was_drawn_from_it(
    desk: HandoffDesk, lanes: LaneStore, arrive: Arrive, clock: SettableClock
) -> None:
    lane = await arrive("one", "something private")
    epoch = await lanes.epoch(lane)
    await desk.request(lane, epoch, "danger", ("has_weapon",), "market-place-kingston")
    await desk.start_fresh(lane)
    await lanes.append_out(lane, epoch, [], [TalkLine("her", "only this", clock.now())])
    screen = await desk.screen(lane)
    assert [line.text for line in screen.lines] == ["only this"]
    assert screen.flags == ("danger now", "asked to start fresh")


async def test_what_was_hidden_stays_hidden_at_the_next_handoff_and_hides_nothing_later(
    desk: HandoffDesk, lanes: LaneStore, arrive: Arrive
) -> None:
    lane = await arrive("one", "private", "private too")
    epoch = await lanes.epoch(lane)
    assert await desk.request(lane, epoch, "asked", (), None)
    await desk.start_fresh(lane)
    await desk.end(lane, await take(desk, lane))
    await ask(desk, lanes, lane)
    assert "private" not in [line.text for line in (await desk.screen(lane)).lines]
    await desk.end(lane, await take(desk, lane))
    # Half a day later the talk is forgotten, the count of hidden lines with it.
    await lanes.redis.delete(keys.LaneKeys(lane)["talk"])
    await arrive("one", "new words")
    await ask(desk, lanes, lane)
    assert [line.text for line in (await desk.screen(lane)).lines] == ["new words"]


async def test_out_of_hours_danger_promises_nobody(
    desk: HandoffDesk, lanes: LaneStore, arrive: Arrive, clock: SettableClock
) -> None:
    clock.set(AT_NIGHT)
    lane = await arrive("one")
    await desk.alarm(lane, await lanes.epoch(lane), ("has_weapon",))
    assert await desk.view(lane) == DeskView("none")
    assert await desk.queue() == []


async def test_danger_in_hours_waits_at_the_top_with_its_flag(
    desk: HandoffDesk, lanes: LaneStore, arrive: Arrive
) -> None:
    first, second = await arrive("one"), await arrive("two")
    await ask(desk, lanes, first)
    await desk.alarm(second, await lanes.epoch(second), ("has_weapon",))
    assert [h.lane for h in await desk.queue()] == [second, first]
    assert (await desk.view(first)).position == 2


async def test_danger_with_a_worker_who_does_not_answer_goes_to_whoever_takes_it(
    desk: HandoffDesk, lanes: LaneStore, arrive: Arrive, clock: SettableClock
) -> None:
    waiting, lane = await arrive("one"), await arrive("two")
    await ask(desk, lanes, waiting)
    await ask(desk, lanes, lane)
    number = await take(desk, lane)
    clock.advance(timedelta(minutes=1))
    await desk.alarm(lane, await lanes.epoch(lane), ("has_weapon",))
    clock.advance(timedelta(seconds=59))
    assert await desk.claim(lane, "second", "Ash") is None
    assert [h.lane for h in await desk.queue()] == [waiting, lane]
    clock.advance(timedelta(seconds=1))
    assert [h.lane for h in await desk.queue()] == [lane, waiting]
    assert await take(desk, lane, "second", "Ash") == number + 1
    assert await desk.say(lane, number, "sorry, back") == "not_owner"


async def test_an_answer_stills_the_alarm(
    desk: HandoffDesk, lanes: LaneStore, arrive: Arrive, clock: SettableClock
) -> None:
    lane = await arrive("one")
    await ask(desk, lanes, lane)
    number = await take(desk, lane)
    clock.advance(timedelta(seconds=1))
    await desk.alarm(lane, await lanes.epoch(lane), ())
    assert (await desk.record(lane)).alarming()
    assert await desk.say(lane, number, "I am here.") == "sent"
    assert not (await desk.record(lane)).alarming()
    clock.advance(timedelta(minutes=5))
    assert await desk.claim(lane, "second", "Ash") is None


async def test_the_order_of_the_queue(
    desk: HandoffDesk, lanes: LaneStore, arrive: Arrive, clock: SettableClock
) -> None:
    order = {}
    for name, reason, cues in (
        ("oldest", "asked", ()),
        ("risk, older", "asked", ("strangled",)),
        ("risk, newer", "asked", ("strangled",)),
        ("danger, older", "danger", ("cannot_talk",)),
        ("danger, newer", "danger", ("has_weapon",)),
        ("newest", "asked", ()),
        ("taken", "danger", ("has_weapon",)),
    ):
        order[name] = await arrive(name)
        await desk.request(order[name], await lanes.epoch(order[name]), reason, cues, None)
        clock.advance(timedelta(seconds=5))
    await take(desk, order["taken"])
    expected = ["danger, older", "danger, newer", "risk, older", "risk, newer", "oldest", "newest", "taken"]
    assert [h.lane for h in await desk.queue()] == [order[name] for name in expected]
    assert [(await desk.view(order[n])).position for n in expected[:-1]] == [1, 2, 3, 4, 5, 6]


async def test_she_left_and_the_worker_sees_that_for_half_an_hour(
    desk: HandoffDesk, lanes: LaneStore, arrive: Arrive, clock: SettableClock
) -> None:
    lane = await arrive("one", "he has a knife")
    await desk.alarm(lane, await lanes.epoch(lane), ("has_weapon",))
    number = await take(desk, lane)
    await lanes.vanish(lane, cover=True, reason="he_is_back")
    assert await desk.view(lane) == DeskView("none")
    screen = await desk.screen(lane)
    assert (screen.state, screen.flags, screen.lines) == ("left", ("danger was flagged",), ())
    assert screen.banner == "This person has left (he is back). Nothing more can be sent."
    assert await desk.say(lane, number, "wait") == "left"
    assert await desk.end(lane, number) == "left"
    clock.advance(timedelta(minutes=30))
    assert [(h.state, h.worker) for h in await desk.queue()] == [("left", "duty")]
    clock.advance(timedelta(seconds=1))
    assert await desk.queue() == []


async def test_who_returns_starts_blank_and_the_worker_sees_only_when_she_left(
    desk: HandoffDesk, lanes: LaneStore, arrive: Arrive, clock: SettableClock
) -> None:
    lane = await arrive("one", "the first words")
    await desk.alarm(lane, await lanes.epoch(lane), ())
    old = await take(desk, lane)
    await lanes.vanish(lane, cover=True)
    clock.advance(timedelta(minutes=12))
    await arrive("one", "me again")
    await ask(desk, lanes, lane)
    screen = await desk.screen(lane)
    assert screen.flags == ("from a phone that left 12 min ago, danger flagged",)
    assert [line.text for line in screen.lines] == ["me again"]
    assert await desk.say(lane, old, "are you back?") == "left", "an old claim never speaks to whoever is there now"
    assert await take(desk, lane) > old


async def test_nothing_is_requested_for_somebody_who_has_just_left(
    desk: HandoffDesk, lanes: LaneStore, arrive: Arrive, clock: SettableClock
) -> None:
    lane = await arrive("one")
    epoch = await lanes.epoch(lane)
    await lanes.vanish(lane, cover=True)
    assert not await desk.request(lane, epoch, "asked", (), None)
    await desk.alarm(lane, epoch, ())
    assert await desk.view(lane) == DeskView("none")
    assert await desk.queue() == []


@pytest.mark.parametrize("deed", ["heard", "start_fresh", "maybe_someone_else"])
async def test_no_record_is_made_for_somebody_who_is_not_with_the_desk(
    desk: HandoffDesk, lanes: LaneStore, arrive: Arrive, clock: SettableClock, deed: str
) -> None:
    lane = await arrive("one")
    await (desk.heard(lane, clock.now()) if deed == "heard" else getattr(desk, deed)(lane))
    assert not await lanes.redis.exists(keys.LaneKeys(lane)["handoff"])


async def test_the_index_keeps_who_was_just_put_in_and_drops_what_is_over(
    desk: HandoffDesk, redis: Redis, clock: SettableClock
) -> None:
    just, old = "web-" + "a" * 26, "web-" + "b" * 26
    now = clock.now().timestamp() * 1000
    await redis.zadd(keys.QUEUE, {just: now, old: now - 61_000})
    assert await desk.queue() == []
    assert await redis.zrange(keys.QUEUE, 0, -1) == [just.encode()]


async def test_every_key_has_a_lifetime_and_no_word_lies_open(
    desk: HandoffDesk, lanes: LaneStore, redis: Redis, arrive: Arrive
) -> None:
    lane = await arrive("one", "CANARY words")
    await desk.request(lane, await lanes.epoch(lane), "danger", ("has_weapon",), "market-place-kingston")
    number = await take(desk, lane)
    await desk.say(lane, number, "CANARY reply")
    await desk.heard(lane, lanes.clock.now())
    await desk.keep_callback(lane, await lanes.epoch(lane), {"number": "CANARY number", "after_word": "no"})
    await desk.end(lane, number)
    found = [key async for key in redis.scan_iter()]
    assert found
    for key in found:
        assert 0 < await redis.ttl(key) <= keys.LIFETIME["optout"], key
        dumped = await redis.dump(key)
        assert b"CANARY" not in dumped
        assert b"has_weapon" not in dumped
        assert b"kingston" not in dumped
