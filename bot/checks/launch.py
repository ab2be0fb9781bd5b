"""`quietword launch-check`: what nobody has signed yet. Outside demo mode nothing starts before it is empty."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from bot.directory.directory import Directory
from bot.directory.errors import DirectoryError
from bot.safety.plans import Plans
from bot.safety.wording import Entry, Wording, WordingError, read_as

_HASH_SHOWN = 12
"""Hexadecimal digits of a text's SHA-256 that a signature names: the signature falls with the first changed letter."""


Role = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]


class _Domain(BaseModel):
    """Of Rasa's domain, what is said."""

    responses: dict[str, list[dict[str, Any]]]


class Signature(BaseModel):
    """A role that stands behind something, and since when; `text` is the hash of what was signed."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    text: str
    by: Role
    on: date


class Decision(BaseModel):
    """Something that is not a text and has to be settled before real people write."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    what: str
    status: Literal["open", "signed"]
    by: Role | None = None
    on: date | None = None

    @property
    def settled(self) -> bool:
        return self.status == "signed" and self.by is not None and self.on is not None


class _Launch(BaseModel):
    model_config = ConfigDict(extra="forbid")

    decisions: Annotated[tuple[Decision, ...], Field(min_length=1)]
    responses: dict[str, Signature]


def unsigned(data: Path) -> list[str]:
    """One line for each; a file that cannot be used is the one line. `domain.yml` stands beside the data folder."""
    try:
        return _unsigned(data)
    except (DirectoryError, WordingError) as error:
        return [str(error)]


def _unsigned(data: Path) -> list[str]:
    launch = read_as(_Launch, data / "launch.yml")
    return [
        *_texts(data),
        *_responses(data.parent / "domain.yml", launch.responses),
        *_contacts(Directory.load(data)),
        *(f"launch.yml: {one.what}: not signed" for one in launch.decisions if not one.settled),
    ]


def _texts(data: Path) -> Iterator[str]:
    for name in ("lane", "web", "worker"):
        for key, entry in Wording.load(data, name).entries.items():
            yield from _draft(f"{name}.yml: {key}", entry)
    plans = Plans.load(data)
    yield from _draft("plans.yml: pick", plans.pick)
    for name, plan in plans.modules.items():
        for number, step in enumerate(plan.steps, 1):
            yield from _draft(f"plans.yml: {name}, step {number}", step)


def _draft(where: str, entry: Entry) -> Iterator[str]:
    if not (entry.status == "approved" and entry.approved_by and entry.approved_on):
        yield f"{where}: not signed"


def _responses(domain: Path, signed: dict[str, Signature]) -> Iterator[str]:
    for name, variants in read_as(_Domain, domain).responses.items():
        text = hashlib.sha256(json.dumps(variants, sort_keys=True).encode()).hexdigest()[:_HASH_SHOWN]
        if name not in signed or signed[name].text != text:
            yield f"domain.yml: {name}: not signed as it stands (text: {text})"


def _contacts(directory: Directory) -> Iterator[str]:
    now = datetime.now(UTC)
    for service in directory.services:
        shown = service.shown(now)
        if (shown.phone or shown.text or shown.others or shown.place) and service.approved is None:
            yield f"directory: {service.id}: nobody has rung or opened what is shown of it"
