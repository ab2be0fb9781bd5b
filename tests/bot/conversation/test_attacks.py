"""Attacks on the lane: what she must get, what he must not, and what must be gone once she has left."""

from __future__ import annotations

import asyncio
import gc
import io
import logging
from collections import Counter
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest
from redis.asyncio import Redis
from redis.exceptions import ConnectionError as RedisAway

from bot.conversation.messages import Channel, Inbound, Outbound
from bot.logs import Scrubber
from bot.privacy.keys import LaneKeys
from bot.privacy.masked import Private
from bot.processes.conversation import Room, Shared
from bot.recognition.recogniser import Recogniser
from channels.contract import Outcome, Reference, Rendered, Result
from channels.courier import Courier, Pace
from tests.bot.conversation.conftest import Person
from tests.bot.conversation.test_turn import checked, into
from tests.channels.conftest import until
from tests.fake_rasa import FakeRasa

MINUTE = timedelta(minutes=1)
SECOND = timedelta(seconds=1)
DISCLOSED = "my husband controls all my money"
FIRST = "Hi, automated info line."
LONG = "i want to tell you everything about us. " * 110


async def behind_a_turn(person: Person, rasa: FakeRasa) -> None:
    """A turn of hers is with Rasa, which does not answer."""
    rasa.hold.clear()
    rasa.asked.clear()
    await person.arrivals.arrive(person.message("how do i get housing help"))
    await person.room.runner.wake(person.lane)
    assert await asyncio.to_thread(rasa.asked.wait, 5)
    person.clock.advance(timedelta(seconds=5))


async def finish(person: Person, rasa: FakeRasa) -> None:
    rasa.hold.set()
    await asyncio.gather(*person.room.runner.running())


async def shown(person: Person) -> list[str]:
    """The worker's screen."""
    return (await person.room.desk.screen(person.lane)).as_lines()


# -- danger --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("channel", [Channel.SMS, Channel.WEB])
async def test_danger_in_a_fragment_behind_a_long_one(phone: Person, web: Person, channel: Channel) -> None:
    person = web if channel is Channel.WEB else phone
    await person.arrivals.arrive(person.message(LONG))
    person.clock.advance(SECOND)
    await person.arrivals.arrive(person.message("hes got a knife"))
    await person.room.runner.see_to(person.lane)
    assert any("999" in reply.text for reply in await person.received())


async def test_danger_behind_twenty_messages_does_not_wait_for_the_turn(phone: Person, rasa: FakeRasa) -> None:
    await checked(phone)
    await behind_a_turn(phone, rasa)
    for number in range(20):
        await phone.arrivals.arrive(phone.message(f"please {number}"))
    await phone.arrivals.arrive(phone.message("hes got a knife"))
    await phone.room.runner.wake(phone.lane)
    at_once = await phone.received()
    await finish(phone, rasa)
    assert [reply.emergency for reply in at_once] == [True]


async def test_each_message_behind_a_turn_is_recognised_once(
    phone: Person, rasa: FakeRasa, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Recognition holds the whole process: done anew at each wake-up, one phone could silence the line for all."""
    await checked(phone)
    await behind_a_turn(phone, rasa)
    read: Counter[str] = Counter()
    recognise = Recogniser.recognise

    def counted(self: Recogniser, text: str, *given: Any) -> Any:
        read[text] += 1
        return recognise(self, text, *given)

    monkeypatch.setattr(Recogniser, "recognise", counted)
    for number in range(10):
        await phone.arrivals.arrive(phone.message(f"please {number}"))
        await phone.room.runner.wake(phone.lane)
    most = read.most_common(1)
    await finish(phone, rasa)
    assert not most or most[0][1] <= 1


async def test_danger_behind_a_turn_sounds_the_alarm_at_once(phone: Person, rasa: FakeRasa) -> None:
    await checked(phone)
    await behind_a_turn(phone, rasa)
    await phone.arrivals.arrive(phone.message("hes got a knife"))
    await phone.room.runner.wake(phone.lane)
    view = await phone.room.desk.view(phone.lane)
    await phone.arrivals.arrive(phone.message("tulip"))
    await finish(phone, rasa)
    assert view.state == "waiting"
    record = await phone.room.desk.record(phone.lane)
    assert (record.state, record.danger) == ("left", True), "she used the word: the worker still hears of the danger"


async def test_danger_from_a_phone_that_stopped_reaches_a_worker_out_of_hours_too(phone: Person) -> None:
    phone.clock.set(phone.clock.now().replace(hour=3))
    await checked(phone)
    await phone.says("STOP")
    assert await phone.says("hes got a knife") == []
    assert (await phone.room.desk.view(phone.lane)).state == "waiting"


@pytest.mark.parametrize("text", ["bye i cant do this anymore", "sorry for everything bye", "goodbye everyone"])
async def test_a_goodbye_to_life_is_not_leaving_the_line(phone: Person, text: str) -> None:
    await checked(phone)
    assert await phone.says(text) != []
    assert not await phone.room.lanes.is_covered(phone.lane)


async def test_a_call_for_help_beside_leaving_and_arriving_is_danger(phone: Person) -> None:
    await checked(phone)
    assert (await phone.says("gtg hes back help"))[0].startswith("In danger now")


@pytest.mark.parametrize("text", ["no please help me", "no one is here", "no i cant"])
async def test_only_a_plain_no_hides_what_she_wrote(phone: Person, text: str) -> None:
    await phone.says("hes got a knife")
    await phone.says(text)
    assert any("knife" in line for line in await shown(phone))


async def test_who_hid_her_words_is_still_heard_by_the_worker_she_talks_to(phone: Person) -> None:
    for text in ("hes got a knife", "no"):
        await phone.says(text)
    claim = await phone.room.desk.claim(phone.lane, "w1", "Maya")
    assert claim
    assert await phone.room.desk.say(phone.lane, claim.number, "Hi, this is a person. Still OK to text?") == "sent"
    await phone.says("yes he has gone but im scared")
    assert any("im scared" in line for line in await shown(phone))


async def test_the_alarm_does_not_depend_on_an_earlier_record(phone: Person, redis: Redis) -> None:
    await into(phone, "waiting")
    await phone.says("he strangled me last week")
    await redis.hset(LaneKeys(phone.lane)["handoff"], "cues", b"sealed with another key")
    assert (await phone.says("hes got a knife"))[0].startswith("In danger now")
    assert (await phone.room.desk.record(phone.lane)).danger


async def test_a_worker_who_went_home_leaves_no_silence(phone: Person) -> None:
    await into(phone, "active")
    assert await phone.says("are you there", timedelta(hours=9)) != []


# -- the person who picks up the phone -------------------------------------------------------------------


@pytest.mark.parametrize("asked", ["is this about my wife", "how do i get housing help", "where is the nearest cafe"])
async def test_only_a_yes_gives_back_what_was_said_before_the_question(
    phone: Person, rasa: FakeRasa, asked: str
) -> None:
    await phone.says(DISCLOSED)
    assert not any("coercive" in reply for reply in await phone.says(asked, 3 * MINUTE))
    assert not any("husband" in turn["text"] for turn in rasa.turns)


async def test_a_fragment_is_no_answer_to_a_question_that_she_cannot_have_read(phone: Person, rasa: FakeRasa) -> None:
    for text in ("my husband", "has all my bank cards"):
        await phone.arrivals.arrive(phone.message(text))
        await phone.room.runner.see_to(phone.lane)
        phone.clock.advance(SECOND)
    assert not any("about" in reply.text for reply in await phone.received())


async def test_after_a_quiet_quarter_of_an_hour_nobody_hears_of_a_worker(phone: Person) -> None:
    await into(phone, "waiting")
    assert (await phone.says("what?", 40 * MINUTE))[0].startswith(FIRST)
    assert (await phone.room.desk.view(phone.lane)).state == "waiting", "her place is kept"
    for text in ("1", "what"):
        assert "worker" not in (await phone.says(text))[0]


async def test_who_is_this_on_a_covered_phone_ends_what_was_held(phone: Person) -> None:
    await into(phone, "covered")
    await phone.says(DISCLOSED)
    await phone.says("who is this")
    assert not any("coercive" in reply for reply in await phone.says("1"))


async def test_who_is_this_makes_rasa_forget(phone: Person, redis: Redis) -> None:
    await checked(phone)
    k = LaneKeys(phone.lane)
    await redis.rpush(k["tracker"], b"what she told")
    await redis.set(k["tracker_base"], b"what she told", ex=60)
    await redis.hset(k["replies"], "id", b"what she was told")
    await phone.says("who is this")
    assert await redis.exists(k["tracker"], k["tracker_base"], k["replies"]) == 0


async def test_a_workers_words_that_are_not_sent_yet_wait_when_somebody_asks_who_this_is(phone: Person) -> None:
    await into(phone, "active")
    claim = await phone.room.desk.claim(phone.lane, "w1", "Maya")
    assert claim
    assert await phone.room.desk.say(phone.lane, claim.number, "Are you safe from him?") == "sent"
    assert not any("from him" in reply for reply in await phone.says("who is this"))


@pytest.mark.parametrize("whose", ["my husbands", "both of us", "mums", "his", "not sure"])
async def test_an_unclear_answer_never_makes_a_phone_hers_alone(phone: Person, whose: str) -> None:
    assert (await called_back(phone, whose, "1"))["whose"] != "hers"


@pytest.mark.parametrize("who", ["my mum might", "maybe", "he does sometimes", "not sure"])
async def test_an_unclear_answer_never_means_that_nobody_else_picks_up(phone: Person, who: str) -> None:
    assert (await called_back(phone, "1", who))["who_else"] != "no"


async def called_back(person: Person, whose: str, who: str) -> dict[str, str]:
    """What a worker sees of a call-back with these answers."""
    person.clock.set(person.clock.now().replace(hour=3))
    await checked(person)
    for text in ("can i talk to someone", "1", "07700 900456", "tues 10 til 12", whose, who, "1", "1"):
        await person.says(text)
    answers = await person.room.desk.callbacks.take(person.lane, "w1")
    assert answers
    return answers


# -- after she has left ------------------------------------------------------------------------------------


async def test_a_call_back_is_not_kept_for_somebody_who_left_in_that_moment(
    phone: Person, room: Room, redis: Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    phone.clock.set(phone.clock.now().replace(hour=3))
    await checked(phone)
    for text in ("can i talk to someone", "1", "07700 900456", "tues 10 til 12", "1", "1", "1"):
        await phone.says(text)
    keep = room.desk.keep_callback

    async def just_after_she_left(*given: Any) -> None:
        await phone.arrivals.arrive(phone.message("tulip"))
        await keep(*given)

    monkeypatch.setattr(room.desk, "keep_callback", just_after_she_left)
    await phone.says("1")
    assert await room.desk.callbacks.pending() == []
    assert await redis.exists(LaneKeys(phone.lane)["callback"]) == 0


async def test_an_emergency_line_that_was_on_its_way_is_not_written_after_she_left(
    phone: Person, room: Room, rasa: FakeRasa, redis: Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    await checked(phone)
    await behind_a_turn(phone, rasa)
    await phone.arrivals.arrive(phone.message("hes got a knife"))
    waiting = room.lanes.waiting

    async def then_she_leaves(lane: str) -> list[Inbound]:
        found = await waiting(lane)
        await phone.arrivals.arrive(phone.message("tulip"))
        return found

    with monkeypatch.context() as patched:
        patched.setattr(room.lanes, "waiting", then_she_leaves)
        await room.runner.wake(phone.lane)
    written = await redis.exists(*(LaneKeys(phone.lane)[name] for name in ("out", "outseq", "express")))
    await finish(phone, rasa)
    assert written == 0


async def test_a_turn_that_leaves_does_not_take_what_came_after_the_word(
    phone: Person, room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    await checked(phone)
    vanish = room.lanes.vanish
    raced: list[str] = []

    async def after_the_word(lane: str, **given: Any) -> str:
        if given.get("handled") and not raced:
            raced.append(lane)
            await phone.arrivals.arrive(phone.message("tulip"))
            await phone.arrivals.arrive(phone.message("please help he has a knife"))
        return await vanish(lane, **given)

    monkeypatch.setattr(room.lanes, "vanish", after_the_word)
    replies = await phone.sends(phone.message("gtg"))
    assert raced
    assert any("999" in reply.text for reply in replies)


async def test_the_word_at_the_end_of_a_very_long_message(web: Person) -> None:
    await checked(web)
    assert await web.says(f"{LONG} tulip") == []
    assert await web.room.lanes.epoch(web.lane) == 1


async def test_a_phone_that_stopped_gets_no_text_at_all(room: Room, shared: Shared, phone: Person) -> None:
    whatsapp = Person(room, shared, phone.clock, Channel.WHATSAPP, "+447700900123")
    await whatsapp.says("hello")
    await whatsapp.says("STOP")
    await whatsapp.arrivals.arrive(whatsapp.message("are you there"))
    phone.clock.advance(5 * SECOND)
    assert await whatsapp.sends(whatsapp.message("hes got a knife")) == []


class OneWire:
    """A provider that takes its time over the first message."""

    channel = Channel.SMS

    def __init__(self) -> None:
        self.sent: list[str] = []
        self.busy, self.go_on = asyncio.Event(), asyncio.Event()

    def render(self, message: Outbound) -> Rendered:
        return Rendered(message.text)

    async def send(self, to: Private, message: Rendered, reference: Reference) -> Outcome:
        self.sent.append(reference.lane)
        self.busy.set()
        await self.go_on.wait()
        return Outcome(Result.SENT)

    async def close(self) -> None:
        pass


async def test_a_reply_that_waited_for_the_wire_is_not_sent_to_somebody_who_left(
    room: Room, shared: Shared, phone: Person, redis: Redis
) -> None:
    wire = OneWire()
    her, last = (Person(room, shared, phone.clock, Channel.SMS, f"+44770090012{n}") for n in (4, 5))
    for person in (phone, her, last):
        await person.arrivals.arrive(person.message("hello"))
    senders: Mapping[Channel, Any] = {Channel.SMS: wire}
    courier = asyncio.create_task(Courier(room.outbox, senders, Pace(poll=0.02, sweep=0.02, at_once=1)).run())
    try:
        await room.runner.see_to(phone.lane)
        await wire.busy.wait()
        for person in (her, last):
            await room.runner.see_to(person.lane)
            await until(lambda lane=person.lane: on_its_way(redis, lane))
        await her.arrivals.arrive(her.message("tulip"))
        wire.go_on.set()
        await until(lambda: last.lane in wire.sent)
    finally:
        courier.cancel()
        await asyncio.gather(courier, return_exceptions=True)
    assert her.lane not in wire.sent


async def on_its_way(redis: Redis, lane: str) -> bool:
    return bool(await redis.exists(LaneKeys(lane)["sending"]))


# -- lost, doubled, stuck ------------------------------------------------------------------------------------


async def test_a_reply_is_not_lost_when_redis_goes_away_after_the_commit(
    phone: Person, room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(*_: object, **__: object) -> None:
        raise RedisAway

    await phone.arrivals.arrive(phone.message("hello"))
    with monkeypatch.context() as patched:
        patched.setattr(room.lanes, "tell", away)
        await room.runner.see_to(phone.lane)
    await room.runner.see_to(phone.lane)
    assert phone.lane in await room.outbox.due(), "or no courier ever looks for it"


async def test_a_reply_that_does_not_open_does_not_hold_up_the_emergency_line(phone: Person, redis: Redis) -> None:
    await redis.rpush(LaneKeys(phone.lane)["out"], b"1:sealed with another key")
    await phone.arrivals.arrive(phone.message("hes got a knife"))
    await phone.room.runner.see_to(phone.lane)
    replies = [*await phone.received(), *await phone.received()]
    assert any(reply.emergency for reply in replies)


async def test_the_worker_sees_what_was_sent_and_nothing_that_was_not(phone: Person, rasa: FakeRasa) -> None:
    await into(phone, "waiting")
    await behind_a_turn(phone, rasa)
    await phone.arrivals.arrive(phone.message("hes got a knife"))
    await phone.room.runner.wake(phone.lane)
    await finish(phone, rasa)
    sent = [reply.text for reply in await phone.received()]
    lines = await shown(phone)
    assert not any("about housing_help" in line for line in lines)
    assert all(f"bot: {text}" in lines for text in sent)


async def test_a_photo_with_words_is_said_to_be_seen_by_nobody(phone: Person) -> None:
    await checked(phone)
    replies = await phone.sends(phone.message("look what he did to me", media="image"))
    assert any("nobody has seen it" in reply.text for reply in replies)


async def test_an_error_that_nobody_fetched_is_logged_without_its_words() -> None:
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    handler.addFilter(Scrubber())
    logger = logging.getLogger("asyncio")
    logger.addHandler(handler)

    async def breaks() -> None:
        raise ValueError("her words")

    try:
        asyncio.get_running_loop().set_exception_handler(lambda loop, told: loop.default_exception_handler(told))
        task = asyncio.create_task(breaks())
        await asyncio.wait([task])
        del task
        gc.collect()
    finally:
        logger.removeHandler(handler)
    assert "never retrieved" in written.getvalue()
    assert "her words" not in written.getvalue()
