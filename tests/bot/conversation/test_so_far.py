"""What was told adds up, a fragment is read in its light, and all of it is gone when it should be."""

from __future__ import annotations

from datetime import timedelta

from redis.asyncio import Redis

from bot.clock import SettableClock
from bot.conversation.state import State
from bot.privacy.keys import LaneKeys
from bot.processes.conversation import Room
from tests.bot.conversation.conftest import Person
from tests.fake_rasa import FakeRasa

TOLD = "he hits me and takes all my money"


async def state(room: Room, person: Person) -> State:
    sealed = await room.lanes.redis.get(LaneKeys(person.lane)["state"])
    return State.read(room.lanes.readable(person.lane, "state", sealed) if sealed else None)


def recognised(rasa: FakeRasa) -> dict[str, object]:
    found: dict[str, object] = rasa.turns[-1]["metadata"]["recognition"]
    return found


async def open_with(person: Person, text: str) -> None:
    await person.says(text)
    await person.says("1")


async def test_a_fragment_is_read_in_the_light_of_what_she_said_before(web: Person, rasa: FakeRasa) -> None:
    await open_with(web, TOLD)
    await web.says("since xmas")
    assert recognised(rasa)["concern"] in ("domestic_abuse", "coercive_control")


async def test_a_worker_sees_what_was_flagged_beside_the_line_that_told_it(web: Person, room: Room) -> None:
    await open_with(web, TOLD)
    flags = {line.text: line.cues for line in await room.lanes.talk(web.lane) if line.who == "her"}
    assert flags[TOLD]
    assert flags["1"] == ()


async def test_yes_stays_a_yes_and_small_talk_stays_small_talk(web: Person, rasa: FakeRasa) -> None:
    await open_with(web, TOLD)
    await web.says("yeah")
    assert recognised(rasa)["intent"] == "affirm"
    await web.says("thank you")
    assert recognised(rasa)["intent"] == "thanks"


async def test_what_was_grave_stays_grave(web: Person, rasa: FakeRasa) -> None:
    await open_with(web, "he strangled me last week")
    await web.says("what help is there with rent")
    assert recognised(rasa)["risk"] == "high"


async def test_danger_that_is_over_is_still_high(web: Person, rasa: FakeRasa) -> None:
    await web.says("hes got a knife")
    await web.says("ok he has gone, police came")
    await web.says("what help is there with rent")
    assert recognised(rasa)["risk"] == "high"


async def test_disclosures_add_up_for_the_worker(web: Person, room: Room, clock: SettableClock) -> None:
    await open_with(web, "he strangled me last week")
    await web.says("and he keeps my bank card and my phone")
    await web.says("can i talk to a person")
    screen = await room.desk.screen(web.lane)
    shown = " ".join(screen.flags)
    assert "strangled" in shown
    assert "coercive control" in shown
    assert "bank card" not in shown


async def test_on_a_quiet_phone_nothing_of_before_is_used(phone: Person, room: Room, rasa: FakeRasa) -> None:
    await open_with(phone, TOLD)
    assert (await state(room, phone)).previous
    await phone.says("since xmas", after=timedelta(minutes=16))
    kept = await state(room, phone)
    assert kept.previous is None
    assert kept.told == []
    assert kept.gravest == "none"


async def test_after_leaving_nothing_is_kept(phone: Person, redis: Redis) -> None:
    await open_with(phone, TOLD)
    await phone.says("tulip")
    assert not [key async for key in redis.scan_iter() if key.endswith(b":state")]
    await phone.says("hello")
    await phone.says("both")
    assert not [key async for key in redis.scan_iter() if b"talk" in key and await redis.exists(key) > 1]


async def test_more_of_the_same_is_heard_and_not_answered_with_the_same_words(web: Person, rasa: FakeRasa) -> None:
    await open_with(web, TOLD)
    asked = len(rasa.turns)
    replies = await web.says("since xmas")
    assert replies[0].startswith("Thank you for telling me. You can say more")
    assert len(rasa.turns) == asked


async def test_what_is_graver_is_answered_in_full(web: Person, rasa: FakeRasa) -> None:
    await open_with(web, "my husband shouts at me all day and calls me names")
    await web.says("he strangled me last week")
    assert recognised(rasa)["risk"] == "high"


async def test_an_answer_that_never_came_is_given_the_next_time(web: Person, rasa: FakeRasa) -> None:
    rasa.failing = True
    await open_with(web, TOLD)
    rasa.failing = False
    await web.says("since xmas")
    assert recognised(rasa)["concern"] in ("domestic_abuse", "coercive_control")


async def test_danger_told_again_and_a_new_harm_are_never_only_heard(web: Person, rasa: FakeRasa) -> None:
    await open_with(web, "i was raped last night")
    for more in ("he raped my sister too last night", "he is hitting me now", "hes strangling me"):
        replies = await web.says(more)
        assert not replies[0].startswith("Thank you for telling me. You can say more"), more
