"""The trained heads: from features to a confidence between 0 and 1 for each name.

Kernel ridge regression: closeness to every training message (by the encoder's layers) plus weights of n-grams, then a
logistic curve for each head. Saved as plain arrays (`heads.npz`) and names and limits (`heads.json`): loading runs no code.
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


@dataclass(frozen=True)
class Projection:
    """Standardises the layers and keeps the directions in which messages differ."""

    mean: Floats
    directions: Floats

    def apply(self, layers: Floats) -> Floats:
        """Project (layers,) or (messages, layers)."""
        projected: Floats = (layers - self.mean) @ self.directions
        return projected


@dataclass(frozen=True)
class Heads:
    """All heads at once; `names[i]` belongs to column i of every array."""

    names: tuple[str, ...]
    limits: dict[str, float]
    """Confidence from which a head counts."""
    projection: Projection
    width: float
    """Of the kernel: larger means that only closer messages count."""
    known: Floats
    """Projected training messages (messages, directions)."""
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
        place = self.projection.apply(part.layers)
        closeness = np.exp(-self.width * ((self.known - place) ** 2).sum(axis=1))
        scores: Floats = closeness @ self.near + self.offset
        return scores + part.weight * self.grams[part.buckets].sum(axis=0)

    def save(self, folder: Path) -> None:
        """Write `heads.npz` and `heads.json`."""
        arrays = {name: getattr(self, name) for name in ("known", "near", "grams", "offset", "curve")}
        np.savez(folder / "heads.npz", mean=self.projection.mean, directions=self.projection.directions, **arrays)
        rest = {"names": self.names, "limits": self.limits, "width": self.width}
        (folder / "heads.json").write_text(json.dumps(rest, indent=1), encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> "Heads":
        """Read what `save` wrote; never unpickles."""
        rest = json.loads((folder / "heads.json").read_text(encoding="utf-8"))
        with np.load(folder / "heads.npz", allow_pickle=False) as file:
            arrays = {name: file[name] for name in file.files}
        projection = Projection(arrays.pop("mean"), arrays.pop("directions"))
        return cls(tuple(rest["names"]), rest["limits"], projection, float(rest["width"]), **arrays)
