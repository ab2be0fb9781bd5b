"""Screen, model and places together: the shape of the result, and what it must get right."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.recognition.names import CONCERNS, DANGERS, INTENTS, REQUESTS, RISKS, SOCIAL
from bot.recognition.recogniser import Context, Recogniser, Recognition, Scored
from tests.bot.recognition.conftest import DATA, MODELS


@pytest.mark.parametrize(
    ("text", "kind", "first", "risk"),
    [
        ("hes outside and i cant talk", "disclosure", None, "immediate"),
        ("is it normal if he has my bank card", "disclosure", "coercive_control", "standard"),
        ("he strangled me last week", "disclosure", "domestic_abuse", "high"),
        ("my parents are taking me to pakistan to get married", "disclosure", "harmful_practices", "high"),
        ("i took all my tablets", "disclosure", "self_harm_suicide", "immediate"),
        ("someone spiked my drink and my legs dont work", "disclosure", "spiking", "immediate"),
        ("is there anywhere safe near kingston station", "request", "find_safe_place", "none"),
        ("can i talk to someone", "request", "talk_to_person", "none"),
        ("help", "request", "talk_to_person", "immediate"),
        ("what time do you open", "request", "opening_hours", "none"),
        ("hello", "social", "greet", "none"),
        ("my feet are killing me", "other", None, "none"),
        ("hes outside with the shopping", "other", None, "none"),
        ("he's back from work lol putting tea on", "other", None, "none"),
        ("", "other", None, "none"),
        ("🙂🙂", "other", None, "none"),
    ],
)
def test_what_a_message_says(recogniser: Recogniser, text: str, kind: str, first: str | None, risk: str) -> None:
    seen = recogniser.recognise(text)
    assert (seen.kind, seen.risk) == (kind, risk)
    if first:
        assert seen.intent == first


def test_the_kind_of_danger(recogniser: Recogniser) -> None:
    dangers = [recogniser.recognise(text).danger for text in ("hes got a knife", "she wont wake up", "ive been spiked")]
    assert dangers == ["attack", "medical", "spiked"]


def test_an_exit_and_a_danger_are_both_reported(recogniser: Recogniser) -> None:
    back, knife = (recogniser.recognise(text) for text in ("gtg hes back", "gtg call police he has a knife"))
    assert back.leaving
    assert back.arriving_only
    assert knife.leaving
    assert not knife.arriving_only
    assert back.risk == knife.risk == "immediate"


def test_a_place_is_found_and_none_where_there_is_none(recogniser: Recogniser) -> None:
    place = recogniser.recognise("anywhere safe near kingston station").place
    assert place
    assert place.text == "kingston station"
    assert recogniser.recognise("he went spare at christmas").place is None


def test_a_bare_word_is_a_place_when_one_was_asked_for(recogniser: Recogniser) -> None:
    assert recogniser.recognise("kt1 1eu", Context(expecting_place=True)).place


def test_a_fragment_is_read_in_the_light_of_her_turn_before(recogniser: Recogniser) -> None:
    alone = recogniser.recognise("since xmas")
    after = recogniser.recognise("since xmas", Context(previous="he hits me and takes all my money"))
    assert alone.kind != "disclosure"
    assert after.kind == "disclosure"
    assert after.carried
    assert after.risk in ("standard", "high")


def test_what_was_not_read_counts_as_possible_danger(recogniser: Recogniser) -> None:
    seen = recogniser.recognise("the bus was late again " * 500)
    assert seen.risk == "high"
    assert "unscreened_rest" in seen.cues


def test_one_sentence_in_a_long_text_is_not_lost(recogniser: Recogniser) -> None:
    talk = "we had a lovely day at the beach and the kids ate ice cream in the sun . " * 12
    assert recogniser.recognise(f"{talk} he hits me most nights and i am scared of him {talk}").kind == "disclosure"


def test_the_line_that_is_printed(recogniser: Recogniser) -> None:
    line = recogniser.recognise("he takes my wages, anywhere safe near kingston station?").as_json()
    assert list(line) == ["text", "kind", "concerns", "risk", "requests", "social", "place", "language"]
    assert line["place"] == {"text": "kingston station", "id": "kingston-station"}
    assert line["language"] == "en"
    for ranked in (line["concerns"], line["requests"]):
        scores = [one["confidence"] for one in ranked]
        assert scores == sorted(scores, reverse=True)
        assert all(0 <= score <= 1 for score in scores)


SPIKED = Scored("spiking", 0.9)


@pytest.mark.parametrize(
    ("seen", "intent", "confidence"),
    [
        (Recognition("", concerns=(SPIKED,), requests=(Scored("talk_to_person", 0.4),)), "talk_to_person", 0.4),
        (Recognition("", concerns=(SPIKED,), requests=(Scored("money_help", 0.4),)), "spiking", 0.9),
        (Recognition("", requests=(Scored("money_help", 0.4),), social="thanks"), "money_help", 0.4),
        (Recognition("", social="thanks"), "thanks", 1.0),
        (Recognition(""), "other", 0.0),
    ],
)  # fmt: skip
def test_what_the_dialogue_acts_on(seen: Recognition, intent: str, confidence: float) -> None:
    assert (seen.as_metadata()["intent"], seen.as_metadata()["confidence"]) == (intent, confidence)


RECOGNISER: list[Recogniser] = []


@pytest.fixture(autouse=True)
def _loaded(recogniser: Recogniser) -> None:
    RECOGNISER[:] = [recogniser]


@settings(max_examples=120, deadline=None)
@given(st.text(max_size=200) | st.text(st.characters(categories=["Cs", "Cc", "Cf", "Mn", "Lo"]), max_size=60))
def test_any_text_gives_a_result_of_the_contract(text: str) -> None:
    seen = RECOGNISER[0].recognise(text, Context(previous=text))
    line = json.loads(json.dumps(seen.as_json()))
    assert line["text"] == text
    assert line["kind"] in ("disclosure", "request", "social", "other")
    assert line["risk"] in RISKS
    assert {one["name"] for one in line["concerns"]} <= set(CONCERNS)
    assert {one["name"] for one in line["requests"]} <= set(REQUESTS)
    assert line["social"] in (None, *SOCIAL)
    assert (line["kind"] == "disclosure") == bool(line["concerns"])
    assert (seen.danger in DANGERS) == (line["risk"] == "immediate")
    assert seen.as_metadata()["intent"] in INTENTS


def test_an_untrained_model_is_a_clear_error(tmp_path: object) -> None:
    with pytest.raises(OSError, match="heads"):
        Recogniser.load(MODELS / "nothing-here", DATA)
