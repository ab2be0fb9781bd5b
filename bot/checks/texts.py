"""Every text that a person can be shown, and the rules that each has to keep.

Reasons: a phone message of more than two segments costs and splits; a number nobody confirmed sends somebody into
nothing; a carrier's own keyword, asked for as a reply, never reaches us; words that blame or promise are never ours.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import yaml

from actions.plans import ways_on
from bot.conversation.messages import Choice
from bot.directory.directory import Directory
from bot.safety.plans import Plans
from bot.safety.wording import Entry, Wording
from bot.settings import RESERVED_WORDS
from channels import gsm7

LONGEST_VALUES = {
    "word": "TULIPTULIPTU",
    "hours": "Mon to Fri, 9am to 5pm",
    "opens": "Wednesday 9am",
    "closes": "5.30pm",
    "position": "12",
    "place": "A safe place with quite a long name and a telephone",
}
"""The longest that each placeholder may become."""

BLAME = re.compile(
    r"why did(n.t| not)? you|you should (have|leave|report|tell)|you must leave|just leave|leave (him|her|them) now"
    r"|alleged|domestic dispute|your choice to stay|provoke|ask(ed|ing) for it|did ?n.t understand|do ?n.t understand",
    re.IGNORECASE,
)
PROMISE = re.compile(
    r"\b(we|they|a worker|someone|somebody) will (ring|call|phone|contact) you|completely (private|confidential)"
    r"|nobody will (ever )?(know|find out)|guarantee|100%|anonymous",
    re.IGNORECASE,
)
ASKED_FOR = re.compile(r"\b(?:[Tt]ext|[Rr]eply|[Ss]end|[Tt]ype)\s+([A-Z]{2,})\b")
NUMBER = re.compile(r"(?<![\w.])(?:\d[\d ]{3,14}\d)(?!\w)")
EXAMPLE_NUMBERS = re.compile(r"07700 ?900\d{3}")
"""Numbers that belong to nobody (Ofcom's range for drama), used to show how a number is written."""


@dataclass(frozen=True)
class Text:
    """One text as it would be sent. `on_phones` says that it has to fit two segments of GSM-7."""

    where: str
    text: str = field(repr=False)
    choices: tuple[Choice, ...] = ()
    on_phones: bool = True
    has_source: bool = True

    @property
    def path(self) -> str:
        """What it is read with: the steps of a module, the variants of a text."""
        return self.where.partition(",")[0].removesuffix(" (web)")


def lane_texts(data: Path, name: str) -> Iterator[Text]:
    """The texts of `data/wording/<name>.yml`. Raises `WordingError`."""
    wording = Wording.load(data, name)
    for key, entry in wording.entries.items():
        sourced = entry.source is not None and entry.checked is not None
        for web in (False, True):
            said = wording.say(key, web=web, **LONGEST_VALUES)
            choices = tuple(Choice(c.title, c.title, c.intent) for c in said.choices)
            yield Text(f"{name}.yml: {key}{' (web)' if web else ''}", said.text, choices, not web, sourced)


def rasa_texts(domain: Path) -> Iterator[Text]:
    """The responses of `domain.yml`; what an action fills in is measured by its own tests."""
    responses: dict[str, list[dict[str, Any]]] = yaml.safe_load(domain.read_text(encoding="utf-8"))["responses"]
    for name, variants in responses.items():
        for row in variants:
            choices = tuple(Choice(b["title"], b["title"], b["payload"]) for b in row.get("buttons", []))
            on_phones = row.get("channel", "sms") != "web" and "{" not in row["text"]
            yield Text(f"domain.yml: {name}", row["text"], choices, on_phones)


def plan_texts(data: Path) -> Iterator[Text]:
    """The steps of `data/wording/plans.yml`, with the choices that stand under them. Raises `WordingError`."""
    plans = Plans.load(data)
    titles = sorted((plan.title for plan in plans.modules.values()), key=len)[-3:]
    yield from _both("plans.yml: pick", plans.pick, tuple(Choice(title, title) for title in titles))
    for name, plan in plans.modules.items():
        for number, step in enumerate(plan.steps, 1):
            choices = tuple(Choice(way["title"], way["title"]) for way in ways_on(name, plan, number))
            yield from _both(f"plans.yml: {name}, step {number}", step, choices)


def _both(where: str, entry: Entry, choices: tuple[Choice, ...]) -> Iterator[Text]:
    sourced = entry.source is not None and entry.checked is not None
    yield Text(where, entry.text, choices, has_source=sourced)
    if entry.web:
        yield Text(f"{where} (web)", entry.web, choices, on_phones=False, has_source=sourced)


def wrong_with(text: Text, directory: Directory) -> Iterator[str]:
    """The rules that a text breaks, one line each."""
    if text.on_phones:
        whole = "\n".join([text.text, *(f"{n} {c.title}" for n, c in enumerate(text.choices, 1))])
        if gsm7.encoding(whole) != "gsm7":
            yield f"{text.where}: has characters outside GSM-7"
        elif gsm7.segments(whole) > gsm7.MOST_SEGMENTS:
            yield f"{text.where}: {gsm7.units(whole)} septets, more than two segments"
    for pattern, what in ((BLAME, "blames, presses or says that it was not understood"), (PROMISE, "promises")):
        if pattern.search(text.text):
            yield f"{text.where}: {what}"
    for word in ASKED_FOR.findall(text.text):
        if word.lower() in RESERVED_WORDS:
            yield f"{text.where}: asks for {word}, which phone networks take"
    yield from _numbers(text, directory)


def _numbers(text: Text, directory: Directory) -> Iterator[str]:
    known = _shown_numbers(directory)
    numbers = [n for n in NUMBER.findall(text.text) if not EXAMPLE_NUMBERS.fullmatch(n)]
    for number in numbers:
        if number.replace(" ", "") not in known:
            yield f"{text.where}: a number that the directory does not show"
    if numbers and not text.has_source:
        yield f"{text.where}: a number without source and date"


def _shown_numbers(directory: Directory) -> frozenset[str]:
    now = datetime.now(UTC)
    found: set[str] = set()
    for service in directory.services:
        shown = service.shown(now)
        found.update(n for n in (shown.phone, shown.text, *(other.value for other in shown.others)) if n)
    return frozenset(number.replace(" ", "") for number in found)
