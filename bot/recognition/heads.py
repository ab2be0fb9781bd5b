"""The trained heads: from a text's vectors to a confidence between 0 and 1 for each name.

A kernel machine: how close a text is to each of the reviewed messages that were chosen as landmarks, weighed for each
head, then a logistic curve. Saved as plain arrays (`heads.npz`) and names and limits (`heads.json`): loading runs no
code.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from bot.recognition.encoder import Vector

Floats = npt.NDArray[np.float32]

DISCLOSURE = "disclosure"
DANGER = "danger"
HIGH = "high"
"""Heads beside the names of the contract: anything disclosed, danger now, and high or more."""

SHARPNESS = 4.0
"""How fast closeness falls off with distance: larger means that only closer messages count."""

_MANY = 64

_ARRAYS = ("landmarks", "weights", "curve")


def closeness(landmarks: Floats, vectors: Floats) -> Floats:
    """Return how close vectors (texts, width) are to landmarks (landmarks, width), 0 to 1: (texts, landmarks).

    All of unit length.
    """
    # einsum, not @: threads of BLAS that wait for each other on a busy machine cost more than one message's sums.
    alike = vectors @ landmarks.T if len(vectors) > _MANY else np.einsum("tw,lw->tl", vectors, landmarks)
    close: Floats = np.exp(2 * SHARPNESS * (alike - 1))
    return close


@dataclass(frozen=True)
class Heads:
    """All heads at once; `names[i]` belongs to column i of every array."""

    names: tuple[str, ...]
    limits: dict[str, float]
    """Confidence from which a head counts."""
    landmarks: Floats
    """The vectors of the messages that others are compared with (landmarks, width)."""
    weights: Floats
    """What closeness to each of them adds (landmarks, heads)."""
    curve: Floats
    """Slope and shift of each head's logistic curve (2, heads)."""

    def confidences(self, parts: Sequence[Vector]) -> dict[str, float]:
        """Return every head's confidence for a text: the highest that any of its parts reaches."""
        scores = self.scores(np.stack(parts)).max(axis=0)
        curved = 1 / (1 + np.exp(-(scores * self.curve[0] + self.curve[1])))
        return dict(zip(self.names, curved.tolist(), strict=True))

    def scores(self, vectors: Floats) -> Floats:
        """Return what each head says of each vector before its curve: (texts, heads)."""
        scores: Floats = np.einsum("tl,lh->th", closeness(self.landmarks, vectors), self.weights)
        return scores

    def save(self, folder: Path) -> None:
        """Write `heads.npz` and `heads.json`."""
        np.savez(folder / "heads.npz", **{name: getattr(self, name) for name in _ARRAYS})
        rest = {"names": self.names, "limits": self.limits}
        (folder / "heads.json").write_text(json.dumps(rest, indent=1), encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> "Heads":
        """Read what `save` wrote; never unpickles."""
        rest = json.loads((folder / "heads.json").read_text(encoding="utf-8"))
        with np.load(folder / "heads.npz", allow_pickle=False) as file:
            arrays = {name: file[name] for name in _ARRAYS}
        return cls(tuple(rest["names"]), rest["limits"], **arrays)
