"""Reads postcodes the way they are typed: whole, half, run together or spelt out letter by letter.

Only the outward code ("KT1") is kept: it says which borough, and not which house. Runs on Python 3.10 too.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import accumulate

_OUTWARD = r"[A-Z]{1,2}\d(?:\d|[A-Z])?"
_WHOLE = re.compile(rf"({_OUTWARD})(\d[ABD-HJLNP-UW-Z]{{2}})")
"""The second half never has C, I, K, M, O or V: "so2 1pm" is no postcode."""
_HALF = re.compile(rf"({_OUTWARD})")
_REST = re.compile(r"(?:\d[A-Z]?)?")
_LONGEST = 7
_MISREAD = (
    (re.compile(r"(?<=^KT)[LI](?=\d|[LI]|$)"), "1"),
    (re.compile(r"(?<=^KT\d)[LI](?=[A-Z]{2}$)"), "1"),
    (re.compile(r"(?<=^[A-Z]{2}\d)O(?=$|\d[A-Z]{2}$)"), "0"),
)
"""An l or an i where a 1 was meant, as in "ktl leu" (only after KT, which starts no other word), an o for a 0."""


@dataclass(frozen=True)
class Postcode:
    """An outward code at words[start:end], and how far it is to be believed.

    `sure` is plain anywhere in a message. Otherwise it counts after "in" or "near", or as an answer to "where?";
    `slang` ("b4", "m8") only as the answer itself.
    """

    outward: str
    start: int
    end: int
    sure: bool
    slang: bool = False


class Postcodes:
    """Finds outward codes among words.

    `known`: the outward codes that have an entry of their own; theirs may be spelt out, spaced or cut short.
    `letters`: everything that starts a British postcode; the others are read only as they are properly written.
    """

    def __init__(self, known: Collection[str], letters: Collection[str]) -> None:
        self._known = frozenset(known)
        self._local = frozenset(code.rstrip("0123456789") for code in known)
        self._letters = frozenset(letters)

    def at(self, words: Sequence[str], start: int) -> Postcode | None:
        """The postcode that begins at words[start], in the longest reading that makes one."""
        if len(words[start]) > _LONGEST or not words[start][0].isalpha():
            return None
        parts: list[str] = []
        found = None
        for end in range(start, len(words)):
            parts.append(words[end].upper())
            if sum(map(len, parts)) > _LONGEST:
                break
            found = self._read(parts, start) or found
        return found

    def _read(self, parts: list[str], start: int) -> Postcode | None:
        compact = typed = "".join(parts)
        for misread, meant in _MISREAD:
            compact = misread.sub(meant, compact)
        end = start + len(parts)
        together = any(re.search(r"[A-Z]\d", part) for part in parts) or compact != typed
        whole = _WHOLE.fullmatch(compact)
        outward = whole[1] if whole else self._half(parts, compact)
        if outward is None or _letters_of(outward) not in self._letters:
            return None
        if _letters_of(outward) in self._local:
            # "me 14" is also what is left of "he hit me 14 times"
            return Postcode(outward, start, end, sure=bool(whole) or together or not outward.startswith("ME"))
        if not together or len(parts) > (2 if whole else 1):
            return None
        letters = len(_letters_of(outward))
        return Postcode(outward, start, end, sure=bool(whole) and letters > 1, slang=not whole and letters == 1)

    def _half(self, parts: list[str], compact: str) -> str | None:
        """The outward code of less than a postcode: "kt1 1" is KT1 and one figure more, "kt11" is KT11."""
        gaps = set(accumulate(map(len, parts)))
        readings: list[tuple[bool, bool, bool, int, str]] = []
        for length in range(2, len(compact) + 1):
            code, rest = compact[:length], compact[length:]
            if not _HALF.fullmatch(code) or not _REST.fullmatch(rest):
                continue
            cuts_a_number = length not in gaps and code[-1].isdigit() and rest[:1].isdigit()
            joins_numbers = code[-2:].isdigit() and length - 1 in gaps
            readings.append((cuts_a_number, code not in self._known, joins_numbers, -length, code))
        return min(readings)[-1] if readings else None


def _letters_of(outward: str) -> str:
    letters = re.match(r"[A-Z]+", outward)
    return letters[0] if letters else ""
