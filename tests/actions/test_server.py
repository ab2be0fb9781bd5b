"""The actions' own web app: hours, the floor under every action, and what a caller gets for nonsense."""

from __future__ import annotations

import re

import pytest

from actions.server import MOST_BYTES
from channels.gsm7 import fit
from tests.actions.asking import RESPONSES, TUESDAY_MORNING, TUESDAY_NIGHT, Asking, call

ACTIONS = ["action_find_safe_place", "action_find_service", "action_opening_hours"]
FIELD = re.compile(r"{(\w+)}")


async def test_hours_are_told_with_what_there_is_meanwhile(asking: Asking) -> None:
    day = await asking.ask("action_opening_hours", TUESDAY_MORNING)
    night = await asking.ask("action_opening_hours", TUESDAY_NIGHT)
    assert "here now, until 5pm. Hours: Mon to Fri, 9am to 5pm" in day.text
    assert "No worker is here now" in night.text
    assert "Next: today 9am" in night.text
    assert "0808 168 9111" in night.text


@pytest.mark.parametrize("action", ACTIONS)
@pytest.mark.parametrize(
    "metadata", [None, {}, {"now": "soon"}, {"now": TUESDAY_MORNING, "recognition": {"location": 5}}]
)
async def test_whatever_goes_wrong_the_floor_is_said(asking: Asking, action: str, metadata: object) -> None:
    response = await asking.http.post("/webhook", json=call(action, metadata, {}))
    assert [said["response"] for said in response.json()["responses"]] == ["utter_floor"]
    assert "999" in RESPONSES["utter_floor"][0]["text"]


@pytest.mark.parametrize("now", [TUESDAY_MORNING, TUESDAY_NIGHT])
@pytest.mark.parametrize("place", ["kingston-station", "m-maidstone-town-centre", "clapham-junction-station", None])
@pytest.mark.parametrize("concern", [None, "domestic_abuse", "sexual_violence", "child_at_risk", "harmful_practices"])
async def test_filled_in_answers_fit_a_text_message(
    asking: Asking, concern: str | None, place: str | None, now: str
) -> None:
    for action in ACTIONS:
        reply = await asking.ask(action, now, concern=concern, place=place)
        assert fit(reply.text, reply.choices) == reply.whole, reply.response


async def test_the_words_have_a_place_for_everything_that_is_filled_in(app: object) -> None:
    known = {"name", "where", "miles", "unsure", "service", "line", "opens", "hours", "closes"}
    used = {field for texts in RESPONSES.values() for text in texts for field in FIELD.findall(text["text"])}
    assert used == known


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b'"canary"', b'{"next_action": "canary"}', b"{}", b'{"next_action": 5}']
)
async def test_nonsense_is_refused_without_repeating_it(asking: Asking, body: bytes) -> None:
    response = await asking.http.post("/webhook", content=body)
    assert (response.status_code, response.json()) == (422, {"error": "bad request"})


async def test_too_much_is_refused(asking: Asking) -> None:
    response = await asking.http.post("/webhook", content=b"x" * (MOST_BYTES + 1))
    assert (response.status_code, response.json()) == (413, {"error": "bad request"})


async def test_health(asking: Asking) -> None:
    assert (await asking.http.get("/health")).json() == {"ready": True}
