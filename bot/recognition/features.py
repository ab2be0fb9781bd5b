"""What the heads see of a text: one vector for each part of it, after text-speak has been put into plain words."""

import re
from collections.abc import Mapping

from bot.recognition.canonical import LONGEST_READ
from bot.recognition.encoder import Encoder, Vector

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_WORDS_AT_ONCE = 70
"""A longer text is read in parts of this many words: one sentence must not drown in an essay."""


class Reader:
    """Turns text into vectors. `words` are the reviewed spellings: text-speak -> plain words."""

    def __init__(self, encoder: Encoder, words: Mapping[str, tuple[str, ...]]) -> None:
        self._encoder = encoder
        self._words = words

    def read(self, text: str) -> list[Vector]:
        """Return the vector of every part of a text's first `LONGEST_READ` characters; at least one part."""
        return [self._encoder.vector(part) for part in _parts(plain_words(text[:LONGEST_READ], self._words))]


def plain_words(text: str, words: Mapping[str, tuple[str, ...]]) -> str:
    """Return the text with each word of `words` replaced by what it stands for; the rest stays as it was typed."""

    def mended(match: re.Match[str]) -> str:
        word = match.group().lower()
        return " ".join(words.get(word, (word,)))

    return _WORD.sub(mended, text.replace("’", "'"))


def _parts(text: str) -> list[str]:
    words = text.split()
    if len(words) <= _WORDS_AT_ONCE:
        return [text]
    return [" ".join(words[at : at + _WORDS_AT_ONCE]) for at in range(0, len(words), _WORDS_AT_ONCE)]
