"""One canonical form for what people type, so that literal patterns are enough.

`CANT  breeaathe`, `can't breathe`, `cаnt breathe` (with a Cyrillic a), `cantbreathe` and `cnt breath3` all become
`cant breathe`. The tables are data (`data/screen/words.yml`), so that a new spelling needs no code.
"""

import re
import unicodedata
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from rapidfuzz import process
from rapidfuzz.distance import OSA

LONGEST_READ = 4000
"""Characters of one message that are read; a later rest must be treated as unread."""

_APOSTROPHES = re.compile(r"(?<=\w)['’‘`´ʼ＇](?=\w)")
_TOKEN = re.compile(r"[^\W_]+(?:[@$*!]+[^\W_]+)*")
_RUN = re.compile(r"(.)\1{2,}")
_DOUBLE = re.compile(r"(.)\1")
_SHORTEST_FUZZY = 5
_TWO_SLIPS_FROM = 9
_SHORTEST_RUN_TOGETHER = 6
_LONGEST_WORD = 30
_MOST_PARTS = 5


@dataclass(frozen=True)
class Spellings:
    """The reviewed tables: every key is what may be typed, in lower case and without apostrophes."""

    letters: Mapping[str, str]
    """Characters that look like another letter."""
    digits: Mapping[str, str]
    """Digits and signs that stand for a letter, only inside a word."""
    words: Mapping[str, tuple[str, ...]]
    """Text-speak, slang and common slips -> the plain words."""
    folds: Mapping[str, str]
    """Words that mean the same to the screen -> one of them: `machete` -> `knife`."""
    joins: Mapping[tuple[str, ...], tuple[str, ...]]
    """Several words that are read as others: `he is` -> `hes`."""
    fillers: frozenset[str]
    """Words that change nothing: `just`, `literally`."""
    common: frozenset[str]
    """Ordinary words that must never be taken for a slip of a word of the screen."""


class Canonical:
    """Turns text into canonical words; slips are only mended towards `vocabulary`, the words of the screen."""

    def __init__(self, spellings: Spellings, vocabulary: Collection[str] = ()) -> None:
        self._spellings = spellings
        self._vocabulary = frozenset(vocabulary)
        mended_to = self._vocabulary | spellings.folds.keys() if vocabulary else frozenset()
        self._longest_join = max((len(words) for words in spellings.joins), default=1)
        self._join_starts = frozenset(words[0] for words in spellings.joins)
        self._letters = str.maketrans(dict(spellings.letters))
        self._digits = str.maketrans(dict(spellings.digits))
        self._targets: dict[str, list[str]] = {}
        for word in sorted(mended_to):
            if len(word) >= _SHORTEST_FUZZY - 1:
                self._targets.setdefault(word[0], []).append(word)

    def words(self, text: str) -> list[str]:
        """Return the canonical words of the first `LONGEST_READ` characters of any text."""
        return self.join(self.unjoined(text))

    def unjoined(self, text: str) -> list[str]:
        """Return the mended words of a text, before several words are read as one."""
        plain = _plain(text[:LONGEST_READ], self._letters)
        words = [word for token in _spelt_out(_TOKEN.findall(plain)) for word in self._mend(token)]
        return [self._spellings.folds.get(word, word) for word in words if word not in self._spellings.fillers]

    def join(self, words: Sequence[str]) -> list[str]:
        """Read several words as one: `he is outside` -> `hes outside`; the longest that fits, from the left."""
        joined: list[str] = []
        at = 0
        while at < len(words):
            longest = self._longest_join if words[at] in self._join_starts else 0
            for size in range(min(longest, len(words) - at), 0, -1):
                replacement = self._spellings.joins.get(tuple(words[at : at + size]))
                if replacement is not None:
                    joined.extend(replacement)
                    at += size
                    break
            else:
                joined.append(words[at])
                at += 1
        return joined

    def _mend(self, token: str) -> Sequence[str]:
        """Return the words that a token stands for; itself if nothing is known about it."""
        known = self._lookup(token)
        if known is not None:
            return known
        if token.isdecimal() or len(token) > _LONGEST_WORD:
            return (token,)
        for guess in self._respellings(token):
            known = self._lookup(guess)
            if known is not None:
                return known
        return self._split(token) or self._nearest(token) or (token,)

    def _lookup(self, token: str) -> Sequence[str] | None:
        if token in self._spellings.words:
            return self._spellings.words[token]
        if token in self._vocabulary or token in self._spellings.folds or token in self._spellings.common:
            return (token,)
        return None

    def _respellings(self, token: str) -> Iterable[str]:
        """Yield the token with drawn-out letters shortened and digits read as letters."""
        lettered = token if token.isalpha() else token.translate(self._digits)
        for form in dict.fromkeys((token, lettered)):
            if _RUN.search(form):
                yield _RUN.sub(r"\1\1", form)
            if _DOUBLE.search(form):
                yield "".join(letter for letter, _ in groupby(form))
        if lettered != token:
            yield lettered

    def _split(self, token: str) -> Sequence[str] | None:
        """Split words typed without spaces (`hesoutside`), if every part is a word of the screen."""
        if len(token) < _SHORTEST_RUN_TOGETHER or not token.isalpha() or not self._vocabulary:
            return None
        best: list[list[str] | None] = [[]]
        for end in range(1, len(token) + 1):
            found = None
            for start in range(end - 1, -1, -1):
                before = best[start]
                part = token[start:end]
                usable = before is not None and len(before) < _MOST_PARTS and self._is_part(part)
                if before is not None and usable and (found is None or len(before) + 1 <= len(found)):
                    found = [*before, part]
            best.append(found)
        parts = best[-1]
        if parts is None or max(map(len, parts)) < _SHORTEST_FUZZY - 1:
            return None
        return [word for part in parts for word in self._lookup(part) or (part,)]

    def _is_part(self, part: str) -> bool:
        return part in self._vocabulary and (len(part) > 1 or part in "ia")

    def _nearest(self, token: str) -> Sequence[str] | None:
        """Return the one word of the screen that is a slip of the finger away; the first letter must be right."""
        if len(token) < _SHORTEST_FUZZY or not token.isalpha():
            return None
        slips = 2 if len(token) >= _TWO_SLIPS_FROM else 1
        swapped = token[1] + token[0] + token[2:]
        for form, allowed in ((token, slips), (swapped, 0)):
            targets = self._targets.get(form[0], ())
            match = process.extractOne(form, targets, scorer=OSA.distance, score_cutoff=allowed)
            if match is not None:
                return (match[0],)
        return None


def _plain(text: str, letters: Mapping[int, str]) -> str:
    """Lower case, no accents, no invisible characters, look-alikes replaced, apostrophes inside words dropped."""
    # One character may unfold into eighteen: what is read stays bounded.
    folded = unicodedata.normalize("NFKD", text.casefold())[: 2 * LONGEST_READ].translate(letters)
    if not folded.isascii():
        folded = "".join(c for c in folded if unicodedata.category(c) not in ("Mn", "Me", "Cf"))
        folded = folded.casefold().translate(letters)
    return _APOSTROPHES.sub("", folded)


def _spelt_out(tokens: Sequence[str]) -> list[str]:
    """Put `h e l p` back together: three or more single letters in a row are one word."""
    whole: list[str] = []
    for single, run in groupby(tokens, key=lambda token: len(token) == 1 and token.isalpha()):
        letters = list(run)
        whole.extend(["".join(letters)] if single and len(letters) > 2 else letters)
    return whole
