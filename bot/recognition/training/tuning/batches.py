"""Token ids into batches of few shapes: texts of like length together, so that little of a batch is padding."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from bot.recognition.encoder import MAX_TOKENS

LENGTHS = (12, 16, 24, 32, 48, 64, 96, MAX_TOKENS)
TOKENS = 1024
"""About so many tokens go into one batch."""
_FEWEST = 8


@dataclass(frozen=True)
class Batch:
    """Which texts, [texts]; their ids, padded, and where there is a token: both [texts, tokens]."""

    rows: npt.NDArray[np.int64]
    ids: npt.NDArray[np.int32]
    mask: npt.NDArray[np.float32]


def batches(ids: Sequence[Sequence[int]], chance: random.Random) -> Iterator[Batch]:
    """Yield every text once, in random order; the last batch of a length is filled up with texts of that length."""
    by_length: dict[int, list[int]] = {length: [] for length in LENGTHS}
    for row in chance.sample(range(len(ids)), len(ids)):
        by_length[next(length for length in LENGTHS if len(ids[row]) <= length)].append(row)
    cuts = []
    for length, rows in by_length.items():
        size = max(_FEWEST, TOKENS // length)
        for start in range(0, len(rows), size):
            rest = rows[start : start + size]
            cuts.append((length, rest + chance.choices(rows, k=size - len(rest))))
    chance.shuffle(cuts)
    return (_padded(ids, rows, length) for length, rows in cuts)


def _padded(ids: Sequence[Sequence[int]], rows: Sequence[int], length: int) -> Batch:
    padded = np.zeros((len(rows), length), np.int32)
    mask = np.zeros((len(rows), length), np.float32)
    for at, row in enumerate(rows):
        padded[at, : len(ids[row])] = ids[row]
        mask[at, : len(ids[row])] = 1
    return Batch(np.asarray(rows), padded, mask)
