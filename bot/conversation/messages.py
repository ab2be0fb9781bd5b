"""What travels between channels, the lane and the console. Channels and console know this module and never Rasa."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Literal, Self

from bot.privacy.masked import Private

Media = Literal["image", "voice", "other"]
Sender = Literal["bot", "worker"]
Speaker = Literal["her", "bot", "worker", "note"]
HandoffState = Literal["none", "offered", "waiting", "active", "ended"]

MAX_TEXT = 4000
"""Characters of one message that are read; the design's screen window."""


class Channel(StrEnum):
    """How she reaches us."""

    SMS = "sms"
    WHATSAPP = "whatsapp"
    WEB = "web"
    TELEGRAM = "telegram"

    @property
    def is_phone(self) -> bool:
        """Whether what we send stays on her phone, and buzzes."""
        return self is not Channel.WEB


@dataclass(frozen=True)
class Location:
    """A pin, rounded to 3 decimals (about 100 m) before it gets here."""

    lat: float
    lon: float

    @classmethod
    def rounded(cls, lat: float, lon: float) -> Self:
        """Raises ValueError when the numbers are no place on earth."""
        if not (-90 <= lat <= 90 and -180 <= lon <= 180):
            raise ValueError("not a place on earth")
        return cls(round(lat, 3), round(lon, 3))


@dataclass(frozen=True)
class Choice:
    """One thing that she can tap or type. `intent` tells the lane what it means and never leaves the service."""

    title: str
    value: str
    intent: str | None = None


@dataclass(frozen=True)
class Inbound:
    """One message as a channel received it; everything else that the provider sent has been dropped."""

    channel: Channel
    address: Private
    provider_id: str
    text: Private | None
    at: datetime
    location: Location | None = None
    media: Media | None = None

    def dumps(self) -> bytes:
        """The part that is kept until handled. The address is kept apart, sealed under its own key."""
        return json.dumps(
            {
                "channel": self.channel.value,
                "id": self.provider_id,
                "text": self.text.reveal() if self.text else None,
                "at": self.at.isoformat(),
                "location": [self.location.lat, self.location.lon] if self.location else None,
                "media": self.media,
            }
        ).encode()

    @classmethod
    def loads(cls, raw: bytes) -> Self:
        data = json.loads(raw)
        return cls(
            channel=Channel(data["channel"]),
            address=Private(""),
            provider_id=data["id"],
            text=Private(data["text"]) if data["text"] is not None else None,
            at=datetime.fromisoformat(data["at"]),
            location=Location(*data["location"]) if data["location"] else None,
            media=data["media"],
        )


@dataclass(frozen=True)
class Outbound:
    """One reply, before a channel renders it."""

    id: str
    text: str = field(repr=False)
    answers_at: datetime
    choices: tuple[Choice, ...] = ()
    sender: Sender = "bot"
    emergency: bool = False

    def dumps(self) -> bytes:
        return json.dumps(
            {
                "id": self.id,
                "text": self.text,
                "at": self.answers_at.isoformat(),
                "choices": [[c.title, c.value, c.intent] for c in self.choices],
                "sender": self.sender,
                "emergency": self.emergency,
            }
        ).encode()

    @classmethod
    def loads(cls, raw: bytes) -> Self:
        data: dict[str, Any] = json.loads(raw)
        return cls(
            id=data["id"],
            text=data["text"],
            answers_at=datetime.fromisoformat(data["at"]),
            choices=tuple(Choice(*c) for c in data["choices"]),
            sender=data["sender"],
            emergency=data["emergency"],
        )


@dataclass(frozen=True)
class TalkLine:
    """One line of what was said, as the worker sees it. `cues` name why a line was flagged."""

    who: Speaker
    text: str = field(repr=False)
    at: datetime
    cues: tuple[str, ...] = ()

    def dumps(self) -> bytes:
        return json.dumps([self.who, self.text, self.at.isoformat(), list(self.cues)]).encode()

    @classmethod
    def loads(cls, raw: bytes) -> Self:
        who, text, at, cues = json.loads(raw)
        return cls(who, text, datetime.fromisoformat(at), tuple(cues))
