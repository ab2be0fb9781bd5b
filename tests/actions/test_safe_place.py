"""The nearest place that is surely open, and never a word more than is sure."""

from __future__ import annotations

import pytest

from tests.actions.asking import TUESDAY_NIGHT, Asking

ACTION = "action_find_safe_place"
KINGSTON = "kingston-station"
MAIDSTONE = "m-maidstone-town-centre"
ELSEWHERE = "x-guildford"
A_REGION = "b-london"


async def test_an_unsure_zone_is_named_as_unsure_and_an_open_place_follows(
    asking: Asking,
) -> None:
    reply = await asking.ask(ACTION, place=KINGSTON)
    assert reply.response == "utter_safe_place_next"
    assert "Kingston Safe Zone may be nearer. I cannot confirm it is open" in reply.text
    assert "Open now: Kingston Hospital A&E" in reply.text
    assert "about 0.9 miles" in reply.text


async def test_a_pin_is_as_good_as_a_name_and_is_not_said_back(asking: Asking) -> None:
    reply = await asking.ask(ACTION, location={"lat": 51.415, "lon": -0.284})
    assert reply.response == "utter_safe_place_open"
    assert "Kingston Hospital A&E" in reply.text
    assert "51.4" not in reply.text


@pytest.mark.parametrize("concern", ["domestic_abuse", "coercive_control", "child_at_risk", "harmful_practices"])
async def test_with_danger_at_home_nobody_is_sent_out(asking: Asking, concern: str) -> None:
    told_before = await asking.ask(ACTION, place=KINGSTON, slots={"concern": concern})
    told_now = await asking.ask(ACTION, place=KINGSTON, concern=concern)
    assert told_before == told_now
    assert told_now.text.startswith("If you can get out safely")
    assert "999" in told_now.text


async def test_danger_now_counts_as_at_home(asking: Asking) -> None:
    reply = await asking.ask(ACTION, place=KINGSTON, danger="attack")
    assert reply.text.startswith("If you can get out safely")


async def test_a_place_told_before_is_used(asking: Asking) -> None:
    assert await asking.ask(ACTION, slots={"place": KINGSTON}) == await asking.ask(ACTION, place=KINGSTON)


async def test_a_place_told_now_wins_over_one_told_before(asking: Asking) -> None:
    reply = await asking.ask(ACTION, slots={"place": KINGSTON}, place=MAIDSTONE)
    assert "Kingston" not in reply.text


@pytest.mark.parametrize("now", ["2026-11-24T11:00:00+00:00", TUESDAY_NIGHT, "2026-12-25T23:30:00+00:00"])
async def test_where_nothing_is_sure_nobody_is_sent(asking: Asking, now: str) -> None:
    reply = await asking.ask(ACTION, now, place=MAIDSTONE)
    assert reply.response == "utter_safe_place_unsure"
    assert "do not rely on it" in reply.text
    assert "Open now" not in reply.text


async def test_far_from_every_place_we_know_the_truth_is_said_and_the_place_asked_again(asking: Asking) -> None:
    reply = await asking.ask(ACTION, place=ELSEWHERE)
    assert reply.response == "utter_safe_place_none"
    assert reply.custom == {"expect": "place", "then": "find_safe_place"}


@pytest.mark.parametrize("place", [None, A_REGION, "no-such-place"])
async def test_without_a_spot_to_measure_from_it_asks(asking: Asking, place: str | None) -> None:
    reply = await asking.ask(ACTION, place=place)
    assert reply.response == "utter_ask_place"
    assert reply.custom == {"expect": "place", "then": "find_safe_place"}
    assert "999" in reply.text
