"""Text as it comes in and as it goes out, before any channel's own rules."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from bot.conversation.messages import Choice

_SPACES = re.compile(r"[ \t\u00a0]+$")


def clean(text: str) -> str:
    """Brings text from outside to what can be stored and matched: no control characters, no broken surrogates.

    Line breaks stay. Nothing visible is removed.
    """
    whole = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    plain = whole.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ")
    return "".join(c for c in plain if c == "\n" or unicodedata.category(c) not in ("Cc", "Cs"))


def cut_at_word(text: str, fits: int) -> str:
    """The first `fits` characters, without half a word at the end where there is a whole one to end on."""
    if len(text) <= fits:
        return text
    head = text[:fits]
    if not text[fits].isspace():
        whole = re.match(r"(.*\S)\s+\S*$", head, re.DOTALL)
        head = whole[1] if whole else head
    return _SPACES.sub("", head.rstrip())


def numbered(choices: Iterable[Choice]) -> list[str]:
    """Choices as the words "1 Title", one for each, for channels without buttons."""
    return [f"{number} {choice.title}" for number, choice in enumerate(choices, start=1)]
