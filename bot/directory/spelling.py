"""Puts a slip of the thumb right, but only towards a name that we know. Runs on Python 3.10 too."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection

from rapidfuzz import process
from rapidfuzz.distance import OSA

SHORTEST = 5
"""Shorter words are never corrected: too many of them are one letter from another word."""
_LONG = 9


class Spelling:
    """Corrects single words towards a vocabulary.

    One slip (a letter wrong, missing, doubled or swapped) is forgiven, two in a word of nine letters or more. The
    first letter has to be right, and `never` holds ordinary words that are no slip ("barking" is not Barming).
    """

    def __init__(self, vocabulary: Collection[str], never: Collection[str]) -> None:
        self._vocabulary = frozenset(vocabulary)
        self._never = frozenset(never)
        by_letter: dict[str, list[str]] = defaultdict(list)
        for word in sorted(self._vocabulary):
            if len(word) >= SHORTEST:
                by_letter[word[0]].append(word)
        self._by_letter = dict(by_letter)

    def correct(self, word: str) -> str:
        """The word itself, or the known word that it is a slip for."""
        if len(word) < SHORTEST or word in self._vocabulary or word in self._never or not word.isalpha():
            return word
        match = process.extractOne(
            word,
            self._by_letter.get(word[0], ()),
            scorer=OSA.distance,
            score_cutoff=2 if len(word) >= _LONG else 1,
        )
        return match[0] if match else word
