"""What is wrong with the reviewed data of recognition: for `make check`, one line a problem."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bot.recognition.names import CONCERNS, DANGERS, INTENTS, OTHER, REQUESTS, RISKS, SOCIAL
from bot.recognition.patterns import ScreenDataError
from bot.recognition.screen import Screen
from bot.recognition.training import dataset

LEAST = {
    **dict.fromkeys(CONCERNS, 400),
    **dict.fromkeys(REQUESTS, 150),
    **dict.fromkeys(SOCIAL, 60),
    OTHER: 1800,
}
"""How many messages each name must have as its intent."""
LEAST_DANGER = 900


def check(data: Path) -> list[str]:
    """Return the problems of `data/nlu`, `data/labels` and `data/screen`; empty if there is none.

    Messages are named by their intent and the start of their key, never quoted.
    """
    messages = list(dataset.messages(data))
    records = list(dataset.labels(data))
    return [*_messages(messages, records), *_counts(messages, records), *_records(records), *_screen(data)]


def _messages(messages: list[tuple[str, str]], records: list[dict[str, Any]]) -> Iterator[str]:
    known = {record["key"]: record for record in records}
    keys = [dataset.key(text) for _, text in messages]
    for (intent, text), key in zip(messages, keys, strict=True):
        if intent not in INTENTS:
            yield f"nlu: unknown intent {intent}"
        if not text:
            yield f"nlu: {intent}: an empty message"
        if key not in known:
            yield f"nlu: {intent}: a message without labels ({key[:12]})"
        elif intent in CONCERNS and known[key].get("risk") == "none":
            yield f"labels: {key[:12]}: discloses ({intent}) but has no risk"
    for key in known.keys() - set(keys):
        yield f"labels: {key[:12]}: labels of no message"


def _counts(messages: list[tuple[str, str]], records: list[dict[str, Any]]) -> Iterator[str]:
    counts = Counter(intent for intent, _ in messages)
    for intent, least in LEAST.items():
        if counts[intent] < least:
            yield f"nlu: {intent}: {counts[intent]} messages, needs {least}"
    dangers = sum(record.get("danger") is not None for record in records)
    if dangers < LEAST_DANGER:
        yield f"labels: danger now in {dangers} messages, needs {LEAST_DANGER}"
    folded = Counter(" ".join(text.casefold().split()) for _, text in messages)
    for text, times in folded.items():
        if times > 1:
            yield f"nlu: the same message {times} times ({dataset.key(text)[:12]})"


def _records(records: list[dict[str, Any]]) -> Iterator[str]:
    for key, times in Counter(record["key"] for record in records).items():
        if times > 1:
            yield f"labels: {key[:12]}: labelled {times} times"
    for record in records:
        key = record["key"][:12]
        if record.get("risk") not in RISKS:
            yield f"labels: {key}: unknown risk {record.get('risk')}"
        if record.get("danger") not in (None, *DANGERS):
            yield f"labels: {key}: unknown danger {record.get('danger')}"
        if (record.get("danger") is not None) != (record.get("risk") == "immediate"):
            yield f"labels: {key}: immediate risk and a kind of danger go together"
        for name in record.get("also", ()):
            if name not in INTENTS or name == OTHER:
                yield f"labels: {key}: unknown name {name}"
        if not record.get("batch"):
            yield f"labels: {key}: no batch"
        yield from _second(key, record.get("second"))


def _second(key: str, reading: object) -> Iterator[str]:
    if not isinstance(reading, dict) or not reading.get("names"):
        yield f"labels: {key}: no second reading"
    elif reading.get("risk") not in RISKS or not set(reading["names"]) <= set(INTENTS):
        yield f"labels: {key}: the second reading has an unknown name or risk"


def _screen(data: Path) -> Iterator[str]:
    try:
        screen = Screen.load(data)
    except (ScreenDataError, OSError, KeyError) as error:
        yield f"screen: {error}"
        return
    for pattern in screen.patterns:
        for text in pattern.must:
            if pattern.id not in screen.read(text).cues:
                yield f"screen: {pattern.id}: must match: {text}"
        for text in pattern.must_not:
            if pattern.id in screen.read(text).cues:
                yield f"screen: {pattern.id}: must not match: {text}"
