"""The scenario format of `quietword replay` (a contract: see the README), read and checked."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from bot.clock import LONDON
from bot.conversation.messages import Channel

_SAFE_WORD = re.compile(r"<safe_word>", re.IGNORECASE)


class ScenarioError(Exception):
    """The line is no scenario; the text says what is wrong and repeats nothing of it."""


class Pin(BaseModel):
    """A location that she shares."""

    model_config = ConfigDict(extra="forbid")

    lat: Annotated[float, Field(ge=-90, le=90)]
    lon: Annotated[float, Field(ge=-180, le=180)]


class Media(BaseModel):
    """A photo or a voice note."""

    model_config = ConfigDict(extra="forbid")

    media: Literal["image", "voice"]


class UserTurn(BaseModel):
    """She writes, sends a pin or a picture."""

    model_config = ConfigDict(extra="forbid")

    user: str | Pin | Media
    gap_minutes: Annotated[float, Field(ge=0)] = 0


class WorkerTurn(BaseModel):
    """A worker claims the waiting handoff if nobody has, then speaks."""

    model_config = ConfigDict(extra="forbid")

    worker: str
    says: str
    gap_minutes: Annotated[float, Field(ge=0)] = 0


class Scenario(BaseModel):
    """One person, one channel, one clock."""

    model_config = ConfigDict(extra="forbid")

    id: str | int
    channel: Channel = Channel.SMS
    service_hours: bool = True
    at: datetime | None = None
    turns: list[UserTurn | WorkerTurn]

    def start(self) -> datetime:
        """`at` wins; else Tuesday 11:00 or, out of hours, Tuesday 03:00, in London."""
        if self.at is not None:
            return london(self.at)
        return datetime(2026, 11, 24, 11 if self.service_hours else 3, tzinfo=LONDON)


def london(at: datetime) -> datetime:
    """A time without offset is London's; one that does not exist moves forward, an ambiguous one is the first."""
    if at.tzinfo is None:
        at = at.replace(tzinfo=LONDON, fold=0)
    return at.astimezone(UTC).astimezone(LONDON)


def read(line: str) -> Scenario:
    """One JSON line as a scenario. Raises `ScenarioError`."""
    try:
        return Scenario.model_validate_json(line)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False, include_context=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        raise ScenarioError(f"{where}: {first['msg']}" if where else first["msg"]) from None


def with_word(text: str, word: str) -> str:
    """`<SAFE_WORD>` becomes the configured word, written as the placeholder was: upper, lower or with a capital."""

    def cased(match: re.Match[str]) -> str:
        inner = match[0][1:-1]
        if inner.isupper():
            return word.upper()
        return word.lower() if inner.islower() else word.capitalize()

    return _SAFE_WORD.sub(cased, text)
