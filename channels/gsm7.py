"""SMS made right: the GSM 03.38 alphabet, segments, and one message of at most two of them.

An SMS that holds one character outside the alphabet costs all of it more than half its room (70 instead of 160), so
typographic punctuation and accents are brought back first. A text in another script (an approved translation) stays
Unicode. Sizes: 3GPP TS 23.038 and 23.040.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from typing import Literal

import gsm0338  # type: ignore[import-untyped]  # registers the codec

from bot.conversation.messages import Choice
from channels.text import cut_at_word, numbered

Encoding = Literal["gsm7", "ucs2"]

CODEC = gsm0338.Codec.NAME
SINGLE = {"gsm7": 160, "ucs2": 70}
"""Units in a message of one segment: septets, or UTF-16 code units."""
JOINED = {"gsm7": 153, "ucs2": 67}
"""Units in each segment of a longer message: the rest carries its number."""
MOST_SEGMENTS = 2

_LOOK_ALIKES = str.maketrans(
    {
        "\u2018": "'", "\u2019": "'", "\u201a": "'", "\u201b": "'", "\u2032": "'", "\u00b4": "'", "`": "'",
        "\u02bc": "'", "\u201c": '"', "\u201d": '"', "\u201e": '"', "\u201f": '"', "\u2033": '"', "\u00ab": '"',
        "\u00bb": '"', "\u2039": "'", "\u203a": "'", "\u2010": "-", "\u2011": "-", "\u2012": "-", "\u2013": "-",
        "\u2014": "-", "\u2015": "-", "\u2212": "-", "\u00ad": "", "\u2026": "...", "\u2022": "-", "\u00b7": "-",
        "\u2044": "/", "\u00d7": "x", "\u00f7": "/", "\u00b0": " deg", "\u2028": "\n", "\u2029": "\n\n",
        "\u0142": "l", "\u0141": "L", "\u0131": "i", "\u0111": "d", "\u0110": "D", "\u00f0": "d", "\u00d0": "D",
        "\u00fe": "th", "\u00de": "Th", "\u0153": "oe", "\u0152": "OE", "\u2122": "(TM)", "\u00a9": "(c)",
        "\u00ae": "(R)", "\u0127": "h", "\u0126": "H", "\u20a4": "\u00a3", "\u00e7": "c",
    }
)  # fmt: skip
_FOREIGN_TWINS = str.maketrans(
    "\u0430\u0435\u043e\u0440\u0441\u0445\u0443\u0456\u0410\u0412\u0415\u041a\u041c\u041d\u041e\u0420\u0421\u0422\u0425"
    "\u0391\u0392\u0395\u0396\u0397\u0399\u039a\u039c\u039d\u039f\u03a1\u03a4\u03a5\u03a7\u03bf",
    "aeopcxyiABEKMHOPCTXABEZHIKMNOPTYXo",
)
"""Cyrillic and Greek letters that look Latin: one of them, pasted into English, would halve the room."""


def _septets_of(char: str) -> int:
    try:
        return len(char.encode(CODEC)) if char != "\x1b" else 0
    except UnicodeEncodeError:
        return 0


def _as_gsm7(char: str) -> str | None:
    """One character in the alphabet; empty for one that carries no sound, None for a letter that has no place."""
    if _septets_of(char):
        return char
    base = "".join(c for c in unicodedata.normalize("NFKD", char) if not unicodedata.combining(c))
    base = base.translate(_LOOK_ALIKES)
    if base != char and all(_septets_of(c) for c in base):
        return base
    if unicodedata.category(char)[0] == "Z":
        return " "
    return None if unicodedata.category(char)[0] in "LN" else ""


def _composed(text: str) -> str:
    return unicodedata.normalize("NFC", text.replace("\r\n", "\n")).translate(_LOOK_ALIKES)


def to_gsm7(text: str) -> str:
    """The text in the GSM-7 alphabet: look-alikes replaced, emoji and invisible characters dropped, letters of other
    scripts as "?"."""
    brought = _composed(text).translate(_FOREIGN_TWINS)
    return "".join("?" if (plain := _as_gsm7(c)) is None else plain for c in brought)


def encoding(text: str) -> Encoding:
    """How a text would travel as it stands."""
    return "gsm7" if all(_septets_of(c) for c in text) else "ucs2"


def units(text: str) -> int:
    """Septets in GSM-7 (the extension table counts two), else UTF-16 code units."""
    if encoding(text) == "gsm7":
        return len(text.encode(CODEC))
    return len(text.encode("utf-16-be")) // 2


def segments(text: str) -> int:
    """How many segments carry a text. No character is split over two of them."""
    kind = encoding(text)
    sizes = [_septets_of(c) if kind == "gsm7" else units(c) if ord(c) > 0xFFFF else 1 for c in text]
    if sum(sizes) <= SINGLE[kind]:
        return 1
    count, room = 1, JOINED[kind]
    for size in sizes:
        if size > room:
            count, room = count + 1, JOINED[kind]
        room -= size
    return count


def prepare(text: str) -> str:
    """A text as an SMS carries it: GSM-7, unless most of it is in a script that GSM-7 does not have."""
    brought = _composed(text)
    letters = [c for c in brought if c.isalpha()]
    if sum(_as_gsm7(c) is None for c in letters) * 2 > len(letters):
        return "".join(c for c in brought if c == "\n" or unicodedata.category(c) not in ("Cc", "Cs", "So"))
    return to_gsm7(text)


def fit(text: str, choices: Sequence[Choice] = (), most: int = MOST_SEGMENTS) -> str:
    """One SMS of at most `most` segments: the text, then a line "1 Title" for each choice.

    Nothing is ever split over two messages. Where it is too long the text gives way, at a word, before the choices.
    """
    lines = [prepare(line) for line in numbered(choices)]
    body = prepare(text).strip()
    while lines and segments("\n".join(lines)) > most:
        lines.pop()
    tail = "".join(f"\n{line}" for line in lines)
    whole = (body + tail).strip()
    if segments(whole) <= most:
        return whole
    low, high = 0, len(body)
    while low < high:  # the most characters of the text that fit before the choices
        middle = (low + high + 1) // 2
        low, high = (middle, high) if segments(body[:middle].rstrip() + tail) <= most else (low, middle - 1)
    return (cut_at_word(body, low) + tail).strip()
