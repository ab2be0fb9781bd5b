"""The trained heads: from features to a confidence between 0 and 1 for each name.

Kernel ridge regression: closeness to every training message (in how it is said and in what it means) plus weights of
n-grams, then a logistic curve for each head. Saved as plain arrays (`heads.npz`) and names and limits (`heads.json`):
loading runs no code.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from bot.recognition.features import Features

Floats = npt.NDArray[np.float32]

DISCLOSURE = "disclosure"
DANGER = "danger"
HIGH = "high"
"""Heads beside the names of the contract: anything disclosed, danger now, and high or more."""


_ARRAYS = ("places", "meanings", "near", "grams", "offset", "curve")

SENTENCE = 384
"""Width of the encoder's last layer."""
CLOSE_ENOUGH = 0.7
"""How sharply closeness falls off with distance in the layers: larger means that only closer messages count."""


@dataclass(frozen=True)
class Projection:
    """Standardises the layers and keeps the directions in which messages differ."""

    mean: Floats
    directions: Floats

    def apply(self, layers: Floats) -> Floats:
        """Return where texts stand, (..., directions), from their layers (..., layers)."""
        projected: Floats = np.einsum("...l,ld->...d", layers - self.mean, self.directions)
        return projected


def meaning(layers: Floats) -> Floats:
    """Return the sentence vectors of texts, at unit length, from their layers (..., layers)."""
    last = layers[..., -SENTENCE:]
    unit: Floats = last / np.linalg.norm(last, axis=-1, keepdims=True)
    return unit


@dataclass(frozen=True)
class Heads:
    """All heads at once; `names[i]` belongs to column i of every array."""

    names: tuple[str, ...]
    limits: dict[str, float]
    """Confidence from which a head counts."""
    projection: Projection
    places: Floats
    """Where the training messages stand (messages, directions)."""
    meanings: Floats
    """Their sentence vectors (messages, SENTENCE)."""
    near: Floats
    """What closeness to each of them adds (messages, heads)."""
    grams: Floats
    """What each n-gram bucket adds (buckets, heads)."""
    offset: Floats
    curve: Floats
    """Slope and shift of each head's logistic curve (2, heads)."""

    def confidences(self, parts: Sequence[Features]) -> dict[str, float]:
        """Return every head's confidence for a text: the highest that any of its parts reaches."""
        scores = np.max([self._scores(part) for part in parts], axis=0)
        curved = 1 / (1 + np.exp(-(scores * self.curve[0] + self.curve[1])))
        return dict(zip(self.names, curved.tolist(), strict=True))

    def _scores(self, part: Features) -> Floats:
        # einsum, not @: threads of BLAS that wait for each other on a busy machine cost more than the sums.
        gap = self.places - self.projection.apply(part.layers)
        apart = np.einsum("md,md->m", gap, gap)
        likeness = np.einsum("md,d->m", self.meanings, meaning(part.layers))
        closeness = np.exp(-CLOSE_ENOUGH * apart) + np.exp(2 * likeness - 2)
        scores: Floats = np.einsum("m,mh->h", closeness, self.near) + self.offset
        return scores + part.weight * self.grams[part.buckets].sum(axis=0)

    def save(self, folder: Path) -> None:
        """Write `heads.npz` and `heads.json`."""
        arrays = {name: getattr(self, name) for name in _ARRAYS}
        np.savez(folder / "heads.npz", mean=self.projection.mean, directions=self.projection.directions, **arrays)
        rest = {"names": self.names, "limits": self.limits}
        (folder / "heads.json").write_text(json.dumps(rest, indent=1), encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> "Heads":
        """Read what `save` wrote; never unpickles."""
        rest = json.loads((folder / "heads.json").read_text(encoding="utf-8"))
        with np.load(folder / "heads.npz", allow_pickle=False) as file:
            arrays = {name: file[name] for name in file.files}
        projection = Projection(arrays.pop("mean"), arrays.pop("directions"))
        return cls(tuple(rest["names"]), rest["limits"], projection, **arrays)
