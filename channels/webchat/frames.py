"""The frames of the web chat's socket. What a client sends is checked here; unknown fields and types are ignored."""

from __future__ import annotations

import hashlib
import json
import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.conversation.messages import Channel, Inbound, Location, Outbound
from bot.conversation.ports import DeskView
from bot.privacy.masked import Private
from channels.contract import Rendered
from channels.text import clean

LONGEST = 32_768
"""Characters of one frame; a message of ten thousand fits, however it is escaped."""

Frame = dict[str, Any]


@dataclass(frozen=True)
class Words:
    """What the chat says of itself (`data/wording/web.yml`)."""

    unreadable: str
    too_long: str
    not_sent: str
    place: str


class Unusable(Exception):
    """A frame that cannot be used. Carries the words for her, and the id that her page gave the message."""

    def __init__(self, words: str, frame_id: object = None) -> None:
        super().__init__()
        self.words = words
        self.frame_id = frame_id


def read(raw: str | None, words: Words) -> Frame:
    """One frame from the client; `{}` for what is no frame of ours. Raises `Unusable`."""
    if raw is None:
        raise Unusable(words.unreadable)
    if len(raw) > LONGEST:
        raise Unusable(words.too_long)
    try:
        frame = json.loads(raw)
    except (ValueError, RecursionError):
        raise Unusable(words.unreadable) from None
    return frame if isinstance(frame, dict) else {}


def inbound(frame: Frame, token: str, at: datetime, words: Words) -> Inbound:
    """The message or the place in a frame. Raises `Unusable`."""
    text: Private | None = None
    place: Location | None = None
    if frame["type"] == "message":
        if not isinstance(frame.get("text"), str):
            raise Unusable(words.unreadable, frame.get("id"))
        text = Private(clean(frame["text"]))
    else:
        place = _place(frame, words)
    return Inbound(
        channel=Channel.WEB,
        address=Private(token),
        provider_id=_provider_id(frame.get("id")),
        text=text,
        at=at,
        location=place,
    )


def _place(frame: Frame, words: Words) -> Location:
    lat, lon = frame.get("lat"), frame.get("lon")
    if isinstance(lat, (int, float)) and isinstance(lon, (int, float)):
        try:
            return Location.rounded(lat, lon)
        except (ValueError, OverflowError):
            pass
    raise Unusable(words.place, frame.get("id"))


def _provider_id(given: object) -> str:
    """The client's own id makes a message sent twice one message; without one each frame is a message."""
    if isinstance(given, (str, int)):
        return hashlib.sha256(str(given).encode("utf-8", "replace")).hexdigest()
    return uuid.uuid4().hex


def error(words: str, frame_id: object = None) -> Frame:
    frame: Frame = {"type": "error", "text": words}
    return frame if frame_id is None else {**frame, "id": frame_id}


def message(outbound: Outbound, rendered: Rendered) -> Frame:
    return {
        "type": "message",
        "id": outbound.id,
        "text": rendered.text,
        "choices": [{"title": choice.title, "value": choice.value} for choice in rendered.choices],
        "from": outbound.sender,
    }


def handoff(view: DeskView) -> Frame:
    """Where she stands; `worker` is the working name of whoever has the conversation."""
    frame: Frame = {"type": "handoff", "state": view.state, "position": view.position}
    return {**frame, "worker": view.worker} if view.worker else frame
