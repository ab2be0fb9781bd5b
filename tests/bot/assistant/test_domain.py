"""What may be said: every intent has a rule and an answer, and every answer can be sent, read and believed."""

from __future__ import annotations

import re
from collections import Counter
from datetime import datetime
from itertools import product
from typing import Any

import pytest
import yaml

from bot.clock import LONDON
from bot.conversation.messages import Choice
from bot.directory.directory import Directory
from bot.recognition.names import CONCERNS, INTENTS, OTHER, REQUESTS, SOCIAL
from bot.safety.plans import Plans
from channels.gsm7 import encoding, fit, segments
from tests.bot.assistant.running import ROOT

DOMAIN = yaml.safe_load((ROOT / "domain.yml").read_text())
RULES = yaml.safe_load((ROOT / "data/rules/answers.yml").read_text())["rules"]
RESPONSES: dict[str, list[dict[str, Any]]] = DOMAIN["responses"]
TEXTS = [(name, number, text) for name, texts in RESPONSES.items() for number, text in enumerate(texts)]
IDS = [f"{name}-{number}" for name, number, _ in TEXTS]
STEPS = {f"{name}/1" for name in Plans.load(ROOT / "data").modules}
AT = datetime(2026, 11, 24, 11, tzinfo=LONDON)
PHONES = {None, "sms", "whatsapp", "telegram"}
UNBELIEVING = re.compile(
    r"you should|you must|why did|alleged|claim|domestic dispute|victim|confidential|promise|did not understand|"
    r"don't understand|calm down|\b(he|she|his|him|her|hers|husband|wife|boyfriend|girlfriend)\b",
    re.IGNORECASE,
)
DANGEROUS = re.compile(r"\b(leave (them|home)|confront|block|report|(change to|change) (a|your) )\b", re.IGNORECASE)
NUMBER = re.compile(r"\b\d(?:[\d ]{1,13}\d)\b")
ENDINGS = {
    "home": ("utter_safe_place_open", "utter_safe_place_next"),
    "anywhere": ("utter_service_open", "utter_service_open_women", "utter_service_later", "utter_service_unsure"),
}
VARIANT = re.compile(f"_({'|'.join(ENDINGS)})$")
EMERGENCY = {"999", "101", "111", "55", "85258"}


def choices(text: dict[str, Any]) -> tuple[Choice, ...]:
    return tuple(Choice(button["title"], button["title"]) for button in text.get("buttons", ()))


def test_the_domain_knows_the_names_that_recognition_gives() -> None:
    assert tuple(DOMAIN["intents"]) == INTENTS
    assert set(INTENTS) == {*CONCERNS, *REQUESTS, *SOCIAL, OTHER}


def test_every_intent_has_one_rule_of_one_answer() -> None:
    answers = {rule["steps"][0]["intent"]: [step.get("action") for step in rule["steps"][1:]] for rule in RULES}
    assert len(RULES) == len(answers)
    assert set(answers) == set(INTENTS)
    for intent, actions in answers.items():
        assert actions in ([f"utter_{intent}"], [f"action_{intent}"]), intent
        assert actions[0] in RESPONSES or actions[0] in DOMAIN["actions"], intent


def test_every_response_is_said_somewhere() -> None:
    said = {step["action"] for rule in RULES for step in rule["steps"] if "action" in step}
    code = "".join(path.read_text() for path in (ROOT / "actions").glob("*.py"))
    unsaid = {name for name in RESPONSES if name not in said and VARIANT.sub("", name) not in code}
    assert unsaid == set()


def test_what_an_action_may_say_with_an_ending_is_there_with_that_ending() -> None:
    for ending, names in ENDINGS.items():
        assert {f"{name}_{ending}" for name in names} == {name for name in RESPONSES if name.endswith(f"_{ending}")}
        assert set(names) <= set(RESPONSES)


@pytest.mark.parametrize("name", RESPONSES)
def test_there_is_exactly_one_text_for_any_case(name: str) -> None:
    """Rasa picks by chance among several, and prefers a text for the channel over one with a condition."""
    texts = RESPONSES[name]
    cases = Counter((text.get("channel"), str(text.get("condition"))) for text in texts)
    assert set(cases.values()) == {1}
    assert (None, "None") in cases, "a text for every other case"
    assert not any(a.get("channel") and b.get("condition") for a, b in product(texts, texts))


@pytest.mark.parametrize(("name", "number", "text"), TEXTS, ids=IDS)
def test_a_phone_gets_it_whole_in_two_segments_of_plain_letters(name: str, number: int, text: dict[str, Any]) -> None:
    if text.get("channel") not in PHONES:
        return
    numbered = "".join(f"\n{place} {choice.title}" for place, choice in enumerate(choices(text), 1))
    assert fit(text["text"], choices(text)) == text["text"] + numbered, "nothing had to be replaced or cut"
    assert encoding(text["text"] + numbered) == "gsm7"
    assert segments(text["text"] + numbered) <= 2


@pytest.mark.parametrize(("name", "number", "text"), TEXTS, ids=IDS)
def test_choices_are_few_short_and_known(name: str, number: int, text: dict[str, Any]) -> None:
    buttons = text.get("buttons", [])
    assert len(buttons) <= 3
    assert len({button["title"] for button in buttons}) == len(buttons)
    for button in buttons:
        assert len(button["title"]) <= 20, "WhatsApp's limit"
        intent, _, step = button["payload"].removeprefix("/").partition("/")
        assert intent in INTENTS
        assert not step or (intent == "safety_planning" and step in STEPS)


@pytest.mark.parametrize(("name", "number", "text"), TEXTS, ids=IDS)
def test_it_believes_and_assumes_no_gender(name: str, number: int, text: dict[str, Any]) -> None:
    assert not UNBELIEVING.search(text["text"])


@pytest.mark.parametrize("concern", CONCERNS)
def test_a_concern_is_met_with_thanks_and_a_way_on(concern: str) -> None:
    for text in RESPONSES[f"utter_{concern}"]:
        assert text["text"].startswith("Thank you for ")
        assert text["buttons"]
        assert NUMBER.search(text["text"]) or "999" in text["text"]


@pytest.mark.parametrize(("name", "number", "text"), TEXTS, ids=IDS)
def test_no_risky_step_without_a_safety_line(name: str, number: int, text: dict[str, Any]) -> None:
    if DANGEROUS.search(text["text"]):
        assert re.search(r"999|plan|do not have to|You choose|danger", text["text"])


def test_own_behaviour_is_kept_apart_from_what_survivors_are_told() -> None:
    for text in RESPONSES["utter_own_behaviour"]:
        offered = {button["payload"] for button in text["buttons"]}
        assert not offered & {"/find_safe_place", "/safety_planning", "/find_service"}
        assert "Respect" in text["text"]


def test_every_number_is_one_that_the_directory_is_sure_of() -> None:
    services = Directory.load(ROOT / "data").services
    sure = EMERGENCY | {service.shown(AT).phone for service in services if service.confidence == "high"}
    said = {number for *_, text in TEXTS for number in NUMBER.findall(text["text"])}
    assert said <= sure
    assert len(said) > 10, "the numbers were found"
