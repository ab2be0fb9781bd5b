"""What the heads see of a text: the encoder's layers, and which short strings of letters and words occur."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from math import sqrt
from zlib import crc32

import numpy as np
import numpy.typing as npt

from bot.recognition.canonical import LONGEST_READ
from bot.recognition.encoder import Encoder, Vector

BUCKETS = 2**14
_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_LETTERS = range(2, 6)
_WORDS_AT_ONCE = 70
"""A longer text is read in parts of this many words: one sentence must not drown in an essay."""


@dataclass(frozen=True)
class Features:
    """One part of a text. `layers` is (layers * width,); `buckets` are hashed n-grams, all weighing `weight`."""

    layers: Vector
    buckets: npt.NDArray[np.int64]
    weight: float


class Reader:
    """Turns text into features. `words` are the reviewed spellings: text-speak -> plain words."""

    def __init__(self, encoder: Encoder, words: Mapping[str, tuple[str, ...]]) -> None:
        self._encoder = encoder
        self._words = words

    def read(self, text: str) -> list[Features]:
        """Return the features of every part of a text's first `LONGEST_READ` characters; at least one part."""
        return [self._features(part) for part in _parts(self._plain(text[:LONGEST_READ]))]

    def _features(self, text: str) -> Features:
        buckets = hashed(text)
        weight = 1 / sqrt(len(buckets)) if len(buckets) else 0.0
        return Features(self._encoder.layers(text), buckets, weight)

    def _plain(self, text: str) -> str:
        def mended(match: re.Match[str]) -> str:
            word = match.group().lower()
            return " ".join(self._words.get(word, (word,)))

        return _WORD.sub(mended, text.replace("’", "'"))


def hashed(text: str) -> npt.NDArray[np.int64]:
    """Return the sorted buckets of a text's words, word pairs and the short strings of letters in its words."""
    words = [word.replace("'", "") for word in _WORD.findall(text.lower())]
    grams = set(words)
    grams.update(f"{one} {other}" for one, other in pairwise(words))
    for word in set(words):
        edged = f"<{word}>"
        grams.update(f"_{edged[at : at + n]}" for n in _LETTERS for at in range(len(edged) - n + 1))
    return np.asarray(sorted({crc32(gram.encode()) % BUCKETS for gram in grams}), np.int64)


def _parts(text: str) -> list[str]:
    words = text.split()
    if len(words) <= _WORDS_AT_ONCE:
        return [text]
    return [" ".join(words[at : at + _WORDS_AT_ONCE]) for at in range(0, len(words), _WORDS_AT_ONCE)]
