"""A plan's steps on their way through the lane: numbers, words that were not among the choices, and what goes first."""

from __future__ import annotations

from typing import Any

import pytest

from tests.bot.conversation.conftest import Person
from tests.fake_rasa import FakeRasa

STEP = {
    "text": "about pets",
    "buttons": [
        {"title": "More", "payload": "/safety_planning/pets/2"},
        {"title": "Something else", "payload": "/safety_planning/pick"},
        {"title": "Talk to a person", "payload": "/talk_to_person"},
    ],
    "custom": {"also": [{"title": "money", "payload": "/safety_planning/money/1"}]},
}


@pytest.fixture(autouse=True)
def one_plan(rasa: FakeRasa) -> None:
    rasa.answers["safety_planning"] = [STEP]


async def reading(person: Person) -> None:
    await person.says("he takes all my money and reads my phone")
    await person.says("1")
    await person.says("can you help me make a safety plan")


def recognised(rasa: FakeRasa) -> dict[str, Any]:
    found: dict[str, Any] = rasa.turns[-1]["metadata"]["recognition"]
    return found


@pytest.mark.parametrize(
    ("answer", "step"),
    [("1", "pets/2"), ("more", "pets/2"), ("2", "pick"), ("money", "money/1"), ("Money.", "money/1")],
)
async def test_a_number_or_a_word_goes_on(phone: Person, rasa: FakeRasa, answer: str, step: str) -> None:
    await reading(phone)
    await phone.says(answer)
    assert (recognised(rasa)["intent"], recognised(rasa)["plan"]) == ("safety_planning", step)


async def test_words_that_were_not_shown_have_no_number(phone: Person, rasa: FakeRasa) -> None:
    await reading(phone)
    replies = await phone.says("4")
    assert "plan" not in recognised(rasa)
    assert "money" not in "".join(replies)


async def test_an_earlier_plans_words_mean_nothing_later(phone: Person, rasa: FakeRasa) -> None:
    await reading(phone)
    await phone.says("thank you")
    await phone.says("money")
    assert "plan" not in recognised(rasa)


async def test_what_is_told_in_the_middle_of_a_plan_is_answered_as_that(phone: Person, rasa: FakeRasa) -> None:
    rasa.answers["safety_planning"] = [
        STEP | {"custom": {"also": [{"title": "my boyfriend hits me", "payload": "/safety_planning/pets/1"}]}}
    ]
    await reading(phone)
    await phone.says("my boyfriend hits me")
    assert recognised(rasa)["intent"] == "domestic_abuse"


async def test_a_plans_word_is_not_read_as_more_of_what_was_told(web: Person, rasa: FakeRasa) -> None:
    rasa.answers["safety_planning"] = [
        STEP | {"custom": {"also": [{"title": "pets", "payload": "/safety_planning/pets/1"}]}}
    ]
    await web.says("someone shared my nudes")
    await web.says("1")
    await web.says("make a safety plan")
    await web.says("pets")
    assert recognised(rasa)["plan"] == "pets/1"


async def test_danger_goes_before_any_plan(phone: Person) -> None:
    await reading(phone)
    (reply, *_) = await phone.says("hes got a knife")
    assert reply.startswith("In danger now, call 999.")


async def test_somebody_who_told_of_the_harm_they_do_is_shown_no_plan(phone: Person, rasa: FakeRasa) -> None:
    await phone.says("i hit my girlfriend last night and i want to stop before i do it again")
    await phone.says("1")
    await phone.says("make a plan")
    assert recognised(rasa)["intent"] == "own_behaviour"
    assert "plan" not in recognised(rasa)


async def test_somebody_about_to_harm_is_shown_no_plan(web: Person, rasa: FakeRasa) -> None:
    await web.says("hello")
    await web.says("1")
    await web.says("im going to kill my wife tonight")
    await web.says("make a safety plan")
    assert recognised(rasa)["intent"] == "own_behaviour"


async def test_who_said_that_they_want_to_die_gets_the_plan_for_that(web: Person, rasa: FakeRasa) -> None:
    await web.says("i want to die")
    await web.says("1")
    await web.says("he hits me every day")
    await web.says("make a safety plan")
    assert recognised(rasa)["concern"] == "self_harm_suicide"
