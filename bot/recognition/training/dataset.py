"""The reviewed messages: text and intent in `data/nlu/` (plain Rasa YAML), further labels in `data/labels/`.

The labels stand beside the text, keyed by its SHA-256, because metadata for each example makes Rasa load forty times
slower.
"""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from bot.recognition.names import CONCERNS

LIMITS = "limits"
"""A batch whose name begins so is never trained on."""


@dataclass(frozen=True)
class Example:
    """One labelled message. `also` are further concerns, requests and social acts that it holds."""

    text: str
    intent: str
    risk: str
    danger: str | None
    also: tuple[str, ...]
    batch: str
    """Who wrote it in which go: a batch is trained on or held out as a whole."""
    second: tuple[str, ...] = ()
    """What a second reader named, not knowing the first labels; empty where nobody has read it yet."""
    second_risk: str | None = None

    @property
    def sets_limits(self) -> bool:
        """Whether it is never trained on: curves and limits are set on it."""
        return self.batch.startswith(LIMITS)

    @property
    def labels(self) -> tuple[str, ...]:
        """Every name that it holds, the intent first."""
        return (self.intent, *self.also)

    @property
    def discloses(self) -> bool:
        return any(label in CONCERNS for label in self.labels)


def key(text: str) -> str:
    """Return the key under which a message's labels are kept."""
    return hashlib.sha256(text.encode()).hexdigest()


def messages(data: Path) -> Iterator[tuple[str, str]]:
    """Yield (intent, text) of every message in `data/nlu/`."""
    for path in sorted((data / "nlu").glob("*.yml")):
        for block in yaml.safe_load(path.read_text(encoding="utf-8")).get("nlu", ()):
            for line in block.get("examples", "").splitlines():
                yield block["intent"], line.removeprefix("- ").strip()


def labels(data: Path) -> Iterator[dict[str, Any]]:
    """Yield every label record in `data/labels/`: key, risk, danger, also, batch, second."""
    for path in sorted((data / "labels").glob("*.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            yield json.loads(line)


def read(data: Path) -> list[Example]:
    """Return every labelled message; raises `KeyError` (with the key) for one without labels."""
    known = {record["key"]: record for record in labels(data)}
    return [_example(text, intent, known[key(text)]) for intent, text in messages(data)]


def read_held_out(path: Path) -> list[Example]:
    """Return messages from JSON lines that carry text, intent and labels together."""
    records = (json.loads(line) for line in path.read_text(encoding="utf-8").splitlines())
    return [_example(record["text"], record["intent"], record) for record in records]


def _example(text: str, intent: str, record: dict[str, Any]) -> Example:
    return Example(
        text, intent, record["risk"], record["danger"], tuple(record["also"]), record["batch"], *_second(record)
    )


def _second(record: dict[str, Any]) -> tuple[tuple[str, ...], str | None]:
    reading = record.get("second")
    return (tuple(reading["names"]), reading["risk"]) if reading else ((), None)
