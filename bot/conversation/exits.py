"""The ways out that wait for nothing: the safe word, and the words that carriers take for "stop".

The word as the whole, the first or the last word of a message always counts: any case, spacing and punctuation, and
one typo unless that makes a common word. Elsewhere in a sentence it counts only spelt exactly, and the lane looks at
the danger first (`anywhere`).
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from importlib.resources import files
from typing import Literal

from rapidfuzz.distance import OSA

from bot.settings import STOP_WORDS

Exit = Literal["word", "stop"]

_WORDS = re.compile(r"[^\W_]+")
_LONGEST = 4000


@cache
def common_words() -> frozenset[str]:
    """English words in common use (the frequency list of symspellpy, 82,765 words)."""
    text = files("symspellpy").joinpath("frequency_dictionary_en_82_765.txt").read_text(encoding="utf-8-sig")
    return frozenset(line.split(" ", 1)[0] for line in text.splitlines())


def _letters(text: str) -> list[str]:
    """Lower-case words with accents, full-width letters and invisible characters brought back to plain letters."""
    if len(text) > 2 * _LONGEST:
        text = f"{text[:_LONGEST]} {text[-_LONGEST:]}"  # the word counts at either end
    plain = unicodedata.normalize("NFKD", text).casefold()
    kept = "".join(c for c in plain if not unicodedata.combining(c) and unicodedata.category(c) != "Cf")
    return _WORDS.findall(kept)


class Exits:
    """Finds the ways out in a text. Takes the configured word; about 20 us a message."""

    def __init__(self, word: str) -> None:
        self._word = word.casefold()
        # A typo of the word that is itself a common word ("tulips") is somebody's sentence, not a way out.
        self._common = {
            w for w in common_words() if w != self._word and OSA.distance(w, self._word, score_cutoff=1) <= 1
        }

    def met(self, text: str) -> Exit | None:
        """The way out that wins over everything else in the message, or None."""
        words = _letters(text)
        if not words:
            return None
        if self._is_word("".join(words)) or self._is_word(words[0]) or self._is_word(words[-1]):
            return "word"
        if len(words[0]) == 1 and self._spelt_out(words):
            return "word"
        return "stop" if len(words) == 1 and words[0] in STOP_WORDS else None

    def anywhere(self, text: str) -> bool:
        """Whether the word stands somewhere in the text, spelt exactly."""
        return self._word in _letters(text)

    def alone(self, text: str) -> bool:
        """Whether the message is the way out and nothing else."""
        return len(_letters(text)) <= 1 or self._is_word("".join(_letters(text)))

    def _is_word(self, candidate: str) -> bool:
        if candidate == self._word:
            return True
        return candidate not in self._common and OSA.distance(candidate, self._word, score_cutoff=1) <= 1

    def _spelt_out(self, words: list[str]) -> bool:
        """ "t u l i p pls": single letters at the start that spell the word."""
        return "".join(words[: len(self._word)]) == self._word
