"""Who can help: the right line for what was told, the truth about its hours, and always one that answers now."""

from __future__ import annotations

import re

import pytest

from bot.recognition.names import CONCERNS
from tests.actions.asking import TUESDAY_MORNING, TUESDAY_NIGHT, Asking

ACTION = "action_find_service"
KINGSTON = "kingston-station"
MAIDSTONE = "m-maidstone-town-centre"
VICTIM_SUPPORT = "0808 168 9111"
UNCONFIRMED = ("020 8943 8188", "020 8547 6046", "020 7801 1777")


@pytest.mark.parametrize("now", [TUESDAY_MORNING, TUESDAY_NIGHT, "2026-12-25T12:00:00+00:00"])
@pytest.mark.parametrize("place", [KINGSTON, MAIDSTONE, None])
@pytest.mark.parametrize("concern", [*CONCERNS, None])
async def test_there_is_always_a_line_for_anyone_now(
    asking: Asking, concern: str | None, place: str | None, now: str
) -> None:
    reply = await asking.ask(ACTION, now, concern=concern, place=place)
    line = re.search(r"Day and night, for anyone: .+?, ([\d ]{3,})", reply.text)
    assert line, reply.text
    assert not any(number in reply.text for number in UNCONFIRMED)


async def test_open_and_closed_are_told_apart(asking: Asking) -> None:
    day = await asking.ask(ACTION, TUESDAY_MORNING, concern="image_based_abuse")
    night = await asking.ask(ACTION, TUESDAY_NIGHT, concern="image_based_abuse")
    assert day.text.startswith("Open now: Revenge Porn Helpline, 0345 6000 459")
    assert night.text.startswith("Revenge Porn Helpline, 0345 6000 459: opens today 10am")


async def test_hours_that_nobody_confirmed_are_not_given(asking: Asking) -> None:
    reply = await asking.ask(ACTION, TUESDAY_MORNING, concern="own_behaviour")
    assert reply.text.startswith("Respect Phoneline, 0808 802 4040: I cannot confirm when it is open")


async def test_a_line_for_women_is_called_that_and_one_for_anyone_stands_beside_it(asking: Asking) -> None:
    reply = await asking.ask(ACTION, TUESDAY_NIGHT, concern="domestic_abuse", place=KINGSTON)
    assert "for women: National Domestic Abuse Helpline" in reply.text
    assert VICTIM_SUPPORT in reply.text


async def test_her_own_area_comes_before_the_country(asking: Asking) -> None:
    kingston = await asking.ask(ACTION, concern="sexual_violence", place=KINGSTON)
    kent = await asking.ask(ACTION, concern="coercive_control", place=MAIDSTONE)
    assert "The Havens" in kingston.text
    assert "Kent and Medway domestic abuse referral line (Victim Support), 0808 168 9276" in kent.text


async def test_without_a_place_it_answers_and_asks_for_one(asking: Asking) -> None:
    for concern in ("stalking_harassment", None):
        reply = await asking.ask(ACTION, concern=concern)
        assert reply.custom == {"expect": "place", "then": "find_service"}
        assert "postcode" in reply.text


async def test_what_was_told_before_needs_no_second_telling(asking: Asking) -> None:
    before = await asking.ask(ACTION, slots={"concern": "stalking_harassment", "place": KINGSTON})
    assert before == await asking.ask(ACTION, concern="stalking_harassment", place=KINGSTON)


async def test_fears_of_doing_harm_get_no_survivor_line(asking: Asking) -> None:
    reply = await asking.ask(ACTION, slots={"concern": "own_behaviour"}, place=KINGSTON)
    assert "Domestic Abuse" not in reply.text
    assert "Respect" in reply.text
