"""Fits the heads on the reviewed messages, and sets curves and limits on batches that nothing was trained on."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.linalg import solve  # type: ignore[import-untyped]
from sklearn.linear_model import LogisticRegression

from bot.recognition.encoder import Vector
from bot.recognition.heads import DANGER, DISCLOSURE, HIGH, Heads, closeness
from bot.recognition.names import CONCERNS, DANGERS, OTHER, REQUESTS, SOCIAL
from bot.recognition.training.dataset import Example
from bot.recognition.training.targets import NAMES, Floats, targets

LANDMARKS = 6000
"""Messages that others are compared with; more cost time in every live turn, and find no more."""
RIDGE = 0.5
_RANKED = (CONCERNS, REQUESTS, SOCIAL, tuple(f"danger_{kind}" for kind in DANGERS))
_RECALL = 2.0
_SURE = 0.5
SEED = 20

Held = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class FalseAlarms:
    """Share of the everyday messages in the limit batches that may be taken for a disclosure or for danger."""

    disclosure: float = 0.06
    danger: float = 0.015


class NoLimits(ValueError):
    """There is no message in a batch named `limits…` to set the limits on."""


def fit(examples: Sequence[Example], vectors: Sequence[Vector], allowed: FalseAlarms) -> Heads:
    """Fit all heads at once; raises `NoLimits` where there is nothing to set their limits on."""
    unseen = np.asarray([example.sets_limits for example in examples], bool)
    if not unseen.any():
        raise NoLimits("no batch named limits: there is nothing to set limits on")
    everything, wanted = np.stack(vectors), targets(examples)
    seen = ~unseen
    landmarks, weights = _weights(everything[seen], wanted[seen])
    heads = Heads(
        names=NAMES,
        limits={},
        landmarks=landmarks,
        weights=weights.astype(np.float32),
        curve=np.zeros((2, len(NAMES)), np.float32),
    )
    scores, held = heads.scores(everything[unseen]).astype(float), wanted[unseen] >= 0.5
    curve = _curves(scores, held)
    confidences = 1 / (1 + np.exp(-(scores * curve[0] + curve[1])))
    everyday = np.asarray([example.intent == OTHER for example in examples], bool)[unseen]
    limits = _limits(confidences, held, everyday, allowed)
    return Heads(NAMES, limits, landmarks, heads.weights, curve.astype(np.float32))


def _weights(vectors: npt.NDArray[np.float32], wanted: Floats) -> tuple[npt.NDArray[np.float32], Floats]:
    """Kernel ridge regression on a random choice of landmarks (Nystroem's way).

    Nothing is added to it: a message that is like none of ours says nothing, whatever most of ours say.
    """
    chosen = np.random.default_rng(SEED).permutation(len(vectors))[:LANDMARKS]
    landmarks = vectors[np.sort(chosen)]
    close = closeness(landmarks, vectors).astype(np.float64)
    among = closeness(landmarks, landmarks).astype(np.float64)
    among[np.diag_indices(len(among))] += 1e-4
    weights: Floats = solve(close.T @ close + RIDGE * among, close.T @ wanted, assume_a="pos", overwrite_a=True)
    return landmarks, weights


def _curves(scores: Floats, held: Held) -> Floats:
    """Fit logistic curves, so that 0.8 is right about eight times in ten.

    Heads that are ranked against each other share one: a curve of its own, fitted on some twenty messages, would make
    a rare concern look likelier than it is.
    """
    curves = np.zeros((2, len(NAMES)))
    for names in (*_RANKED, *((name,) for name in NAMES if not any(name in ranked for ranked in _RANKED))):
        columns = [NAMES.index(name) for name in names]
        curves[:, columns] = _curve(scores[:, columns].ravel(), held[:, columns].ravel())[:, None]
    return curves


def _curve(scores: Floats, held: Held) -> Floats:
    fitted = LogisticRegression(C=100.0).fit(scores[:, None], held)
    return np.asarray([fitted.coef_[0, 0], fitted.intercept_[0]])


def _limits(confidences: Floats, held: Held, everyday: Held, allowed: FalseAlarms) -> dict[str, float]:
    """Set danger and disclosure by the false alarms allowed, the rest where recall counts double."""
    limits: dict[str, float] = {}
    for names in (REQUESTS, SOCIAL, (HIGH,)):  # together: of one request there are too few messages to set a limit on
        columns = [NAMES.index(name) for name in names]
        limits |= dict.fromkeys(names, _best_limit(confidences[:, columns].ravel(), held[:, columns].ravel()))
    limits["goodbye"] = max(limits["goodbye"], _SURE)  # on a phone it ends the conversation
    for name, share in ((DISCLOSURE, allowed.disclosure), (DANGER, allowed.danger)):
        limits[name] = float(np.quantile(confidences[everyday, NAMES.index(name)], 1 - share))
    return limits


def _best_limit(confidences: Floats, held: Held) -> float:
    """Return the limit with the best F score, where recall counts `_RECALL` times as much as precision."""
    candidates = np.geomspace(0.01, 0.6, 60)
    found = confidences[:, None] >= candidates
    hits = (found & held[:, None]).sum(axis=0)
    weight = _RECALL**2
    score = (1 + weight) * hits / (weight * held.sum() + found.sum(axis=0) + 1e-9)
    return float(candidates[int(np.argmax(score))])
