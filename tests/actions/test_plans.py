"""Plans: asked for in her own words, paged through, left and come back to; whatever she picks has a way on."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from actions.plans import MOST_CHOICES
from bot.recognition.names import CONCERNS
from bot.safety.plans import Plans
from bot.safety.wording import Entry, WordingError
from tests.actions.asking import ROOT, TUESDAY_MORNING, Asking, call

PLANS = Plans.load(ROOT / "data")
STEPS = [(name, step) for name, plan in PLANS.modules.items() for step in range(1, len(plan.steps) + 1)]


async def said(asking: Asking, text: str = "", channel: str = "sms", slot: str | None = None, **seen: Any) -> Any:
    metadata = {"now": TUESDAY_MORNING, "channel": channel, "recognition": seen}
    body = call("action_safety_planning", metadata, {"plan": slot})
    body["tracker"]["latest_message"]["text"] = text
    response = await asking.http.post("/webhook", json=body)
    assert response.status_code == 200, response.text
    return response.json()


def payloads(answer: Any) -> list[str]:
    (reply,) = answer["responses"]
    return [button["payload"] for button in reply["buttons"]]


def text(answer: Any) -> str:
    (reply,) = answer["responses"]
    return str(reply["text"])


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ("how do i get ready to go with the kids", "with_children"),
        ("help me plan what to do about my dog", "pets"),
        ("a plan for my phone", "phone"),
        ("i want to make a plan for leaving", "leaving"),
        ("is there a plan about tracking", "location"),
        ("what about money", "money"),
    ],
)
async def test_a_module_is_asked_for_in_her_own_words(asking: Asking, words: str, name: str) -> None:
    assert text(await said(asking, words)) == PLANS.modules[name].steps[0].text


@pytest.mark.parametrize("concern", [*CONCERNS, None])
async def test_who_does_not_say_which_gets_to_pick(asking: Asking, concern: str | None) -> None:
    answer = await said(asking, "can you help me make a plan", concern=concern)
    assert text(answer) == PLANS.pick.text
    offered = payloads(answer)
    names = [payload.split("/")[2] for payload in offered]
    fitting = [name for name, plan in PLANS.modules.items() if concern in plan.for_]
    assert 1 <= len(names) <= MOST_CHOICES
    assert names[: len(fitting)] == fitting[:MOST_CHOICES]
    for name in names[len(fitting) :]:
        assert concern is None or "anyone" in PLANS.modules[name].for_


@pytest.mark.parametrize("concern", ["self_harm_suicide", "worried_about_someone", "image_based_abuse"])
async def test_nobody_is_offered_a_way_out_of_a_home_that_they_did_not_speak_of(asking: Asking, concern: str) -> None:
    answer = await said(asking, "can you help me make a plan", concern=concern)
    assert not {"/safety_planning/leaving/1", "/safety_planning/with_children/1"} & set(payloads(answer))


@pytest.mark.parametrize(("name", "step"), STEPS)
async def test_every_step_can_be_reached_and_left(asking: Asking, name: str, step: int) -> None:
    answer = await said(asking, plan=f"{name}/{step}")
    assert text(answer) == PLANS.modules[name].steps[step - 1].text
    offered = payloads(answer)
    assert len(offered) <= MOST_CHOICES
    assert {"/talk_to_person", "/safety_planning/pick"} <= set(offered)
    last = step == len(PLANS.modules[name].steps)
    assert (f"/safety_planning/{name}/{step + 1}" in offered) is not last


async def test_she_goes_on_where_she_was(asking: Asking) -> None:
    (event,) = (await said(asking, plan="pets/1"))["events"]
    assert (event["name"], event["value"]) == ("plan", "pets/1")
    for words in ({"text": "can i go on with the plan"}, {"plan": "resume"}):
        again = await said(asking, slot="pets/1", **words)
        assert text(again) == PLANS.modules["pets"].steps[1].text


async def test_where_she_was_is_never_offered_to_whoever_holds_the_phone(asking: Asking) -> None:
    read, unread = await said(asking, "make a plan", slot="pets/2"), await said(asking, "make a plan")
    assert read["responses"] == unread["responses"]


async def test_who_has_read_nothing_cannot_go_on(asking: Asking) -> None:
    assert text(await said(asking, plan="resume")) == PLANS.pick.text


async def test_the_web_may_say_more_and_a_phone_never_gets_it(asking: Asking) -> None:
    for name, step in STEPS:
        entry = PLANS.modules[name].steps[step - 1]
        on_web = await said(asking, channel="web", plan=f"{name}/{step}")
        assert text(on_web) == (entry.web or entry.text)


@pytest.mark.parametrize("plan", ["nowhere/1", "pets/0", "pets/x", "pets", "/", "pick"])
async def test_a_step_that_is_none_lets_her_pick(asking: Asking, plan: str) -> None:
    assert text(await said(asking, plan=plan)) == PLANS.pick.text


async def test_a_step_beyond_the_end_is_the_last(asking: Asking) -> None:
    assert text(await said(asking, plan="pets/99")) == PLANS.modules["pets"].steps[-1].text


async def test_the_words_of_every_module_are_understood_after_it(asking: Asking) -> None:
    (reply,) = (await said(asking, plan="pets/1"))["responses"]
    also = {offer["title"]: offer["payload"] for offer in reply["custom"]["also"]}
    for name, plan in PLANS.modules.items():
        assert {also[word] for word in plan.words} == {f"/safety_planning/{name}/1"}
    assert also["go on"] == "/safety_planning/resume"


SAID = [(f"{name}, step {step}", entry) for name, step in STEPS for entry in [PLANS.modules[name].steps[step - 1]]]
NOT_OURS = re.compile(
    r"you (should|must|have to)\b|\b(he|she|his|him|her|hers|husband|wife|boyfriend|girlfriend|perpetrator|victim)\b",
    re.IGNORECASE,
)
RISKY = re.compile(r"\b(new password|confront|blocks?|locks|the police can|change (it|them|a|your))\b", re.IGNORECASE)
SAFETY = re.compile(r"999|alert|notice|advice|ask|safe|choice|risky|danger", re.IGNORECASE)


@pytest.mark.parametrize(("where", "entry"), SAID, ids=[where for where, _ in SAID])
def test_a_step_assumes_nothing_and_orders_nothing(where: str, entry: Entry) -> None:
    for text in (entry.text, entry.web or ""):
        named = text.replace("Victim Support", "").replace("do not have to", "").replace("If they have to", "")
        assert not NOT_OURS.search(named)
        assert not RISKY.search(text) or SAFETY.search(text)


@pytest.mark.parametrize(("where", "entry"), SAID, ids=[where for where, _ in SAID])
def test_a_step_says_where_its_facts_come_from(where: str, entry: Entry) -> None:
    assert (entry.source or "").startswith("https://")
    assert entry.checked


@pytest.mark.parametrize("name", PLANS.modules)
def test_a_title_fits_every_channel(name: str) -> None:
    assert len(PLANS.modules[name].title) <= 20, "WhatsApp's limit"


def test_every_title_and_word_belongs_to_one_module() -> None:
    said = [word for plan in PLANS.modules.values() for word in plan.words]
    assert len(said) == len(set(said))
    for name, plan in PLANS.modules.items():
        assert PLANS.asked_for(f"a plan about {plan.words[0]} please") == f"{name}/1"


def test_a_file_that_cannot_be_used_is_named(tmp_path: Path) -> None:
    wording = tmp_path / "wording"
    wording.mkdir()
    with pytest.raises(WordingError, match=r"plans.yml: cannot be read"):
        Plans.load(tmp_path)
    good = (ROOT / "data/wording/plans.yml").read_text(encoding="utf-8")
    (wording / "plans.yml").write_text(good.replace("title:", "tilte:", 1))
    with pytest.raises(WordingError, match=r"plans.yml: plans.staying.title"):
        Plans.load(tmp_path)
    (wording / "plans.yml").write_text(good.replace("words: [pets, ", "words: [phone, pets, ", 1))
    with pytest.raises(WordingError, match="same words"):
        Plans.load(tmp_path)
