"""What the page sends: read within limits, checked, never repeated in an answer."""

from __future__ import annotations

import re
import unicodedata
from typing import Annotated, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request

from bot.conversation.messages import Channel
from bot.privacy.pseudonyms import lane_channel

LONGEST_SMS = 306
"""Two GSM-7 segments."""

LONGEST = 1000
LARGEST_BODY = 16_384

_LANE = re.compile(r"(sms|whatsapp|web|telegram)-[a-z2-7]{26}")

Lane = Annotated[str, Field(pattern=rf"^{_LANE.pattern}$")]


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)


class OnLane(_Body):
    """Which conversation."""

    lane: Lane


class ByOwner(OnLane):
    """Which conversation, and under which claim."""

    claim: int = Field(ge=1)


class Password(_Body):
    """What unlocks the desk."""

    password: str


class Words(ByOwner):
    """What a worker writes."""

    text: str


Body = TypeVar("Body", bound=BaseModel)


def is_lane(text: str) -> bool:
    """Whether this has the form of a lane id."""
    return _LANE.fullmatch(text) is not None


async def read_body(request: Request, kind: type[Body]) -> Body:
    """The JSON body of a request. Raises 400 or 413, and repeats nothing of it."""
    raw = bytearray()
    async for chunk in request.stream():
        raw += chunk
        if len(raw) > LARGEST_BODY:
            raise HTTPException(413)
    try:
        return kind.model_validate_json(bytes(raw))
    except ValidationError:
        raise HTTPException(400) from None


def longest(lane: str) -> int:
    """Characters that a worker may send at once on this lane's channel."""
    return LONGEST_SMS if lane_channel(lane) == Channel.SMS else LONGEST


def clean(text: str) -> str:
    """Without control characters; line ends stay."""
    return "".join(c for c in text if c == "\n" or unicodedata.category(c) != "Cc").strip()
