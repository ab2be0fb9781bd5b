"""Cuts a message into words that can be compared. Runs on Python 3.10 too."""

from __future__ import annotations

import re
from dataclasses import dataclass

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*|&")
_SAME = {
    "street": "st", "saint": "st", "road": "rd", "stn": "station", "center": "centre", "gdns": "gardens",
    "sq": "square", "pk": "park", "prk": "park",
    "jn": "junction", "jct": "junction", "junc": "junction", "bdwy": "broadway",
    "hosp": "hospital", "&": "and",
}  # fmt: skip


@dataclass(frozen=True)
class Word:
    """A word at text[start:end]: `typed` in lower case without apostrophes, `norm` with its short forms evened out."""

    typed: str
    norm: str
    start: int
    end: int


def words_of(text: str) -> list[Word]:
    """The words of a text, in order; what stands between them is not kept."""
    found = [(match[0].lower().replace("'", "").replace("’", ""), *match.span()) for match in _WORD.finditer(text)]
    return [Word(typed, _SAME.get(typed, typed), start, end) for typed, start, end in found]


def key_of(name: str) -> tuple[str, ...]:
    """A name as its evened-out words."""
    return tuple(word.norm for word in words_of(name))
