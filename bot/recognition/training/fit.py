"""Fits the heads and sets their limits, on predictions for messages that the fit had not seen (cross-validation)."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix  # type: ignore[import-untyped]
from sklearn.decomposition import PCA
from sklearn.kernel_ridge import KernelRidge
from sklearn.linear_model import LogisticRegression
from sklearn.metrics.pairwise import rbf_kernel
from sklearn.model_selection import StratifiedKFold

from bot.recognition.features import BUCKETS, Features
from bot.recognition.heads import CLOSE_ENOUGH, DANGER, DISCLOSURE, HIGH, Heads, Projection, meaning
from bot.recognition.names import CONCERNS, DANGERS, OTHER, REQUESTS, SOCIAL
from bot.recognition.training.dataset import Example

NAMES = (*CONCERNS, *REQUESTS, *SOCIAL, DISCLOSURE, DANGER, HIGH, *(f"danger_{kind}" for kind in DANGERS))

DIRECTIONS = 256
GRAMS = 1.0
"""Weight of the n-grams beside closeness."""
RIDGE = 0.43
FOLDS = 5
_RECALL_FIRST = (HIGH, "talk_to_person", "find_safe_place")
SECOND_CONCERN = 0.3
"""A concern named beside the first one counts this much, so that the first one ranks first."""
NAMED = 0.03
"""Confidence from which a concern is listed once something is disclosed: a list of three shall hold the right one."""
SEED = 20

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class FalseAlarms:
    """Share of everyday messages that may be taken for a disclosure or for danger, in cross-validation."""

    disclosure: float = 0.09
    danger: float = 0.05


def fit(examples: Sequence[Example], features: Sequence[Features], allowed: FalseAlarms) -> Heads:
    """Fit all heads on all messages; curves and limits come from cross-validated scores."""
    layers = np.stack([one.layers for one in features])
    projection = _projection(layers)
    places, meanings, grams = projection.apply(layers), meaning(layers), _grams(features)
    closeness = rbf_kernel(places.astype(float), gamma=CLOSE_ENOUGH) + rbf_kernel(meanings.astype(float), gamma=1)
    kernel = closeness + GRAMS * (grams @ grams.T).toarray()
    wanted = targets(examples)
    unseen = _unseen_scores(kernel, wanted, [example.intent for example in examples])
    curve = _curves(unseen, wanted >= 0.5)
    offset = wanted.mean(axis=0)
    dual = _dual(kernel, wanted - offset)
    confidences = 1 / (1 + np.exp(-(unseen * curve[0] + curve[1])))
    return Heads(
        names=NAMES,
        limits=_limits(confidences, wanted >= 0.5, examples, allowed),
        projection=projection,
        places=places,
        meanings=meanings,
        near=dual.astype(np.float32),
        grams=(GRAMS * grams.T @ dual).astype(np.float32),
        offset=offset.astype(np.float32),
        curve=curve.astype(np.float32),
    )


def targets(examples: Sequence[Example]) -> Floats:
    """Return what each head should say of each message, 0 to 1: (messages, heads)."""
    wanted = np.zeros((len(examples), len(NAMES)))
    column = {name: at for at, name in enumerate(NAMES)}
    for row, example in enumerate(examples):
        held = [*example.labels] + [DISCLOSURE] * example.discloses
        held += [DANGER, f"danger_{example.danger}"] if example.danger else []
        held += [HIGH] if example.risk in ("high", "immediate") else []
        for name in held:
            if name != OTHER:
                second = name in CONCERNS and name != example.intent and example.intent in CONCERNS
                wanted[row, column[name]] = SECOND_CONCERN if second else 1.0
    return wanted


def _projection(layers: npt.NDArray[np.float32]) -> Projection:
    layers = layers.astype(np.float64)
    mean = layers.mean(axis=0)
    spread = layers.std(axis=0) + 1e-6
    scaled = (layers - mean) / (spread * np.sqrt(layers.shape[1]))
    directions = PCA(min(DIRECTIONS, len(layers) - 1), random_state=SEED).fit(scaled).components_.T
    return Projection(
        mean.astype(np.float32),
        (directions / (spread[:, None] * np.sqrt(layers.shape[1]))).astype(np.float32),
    )


def _grams(features: Sequence[Features]) -> csr_matrix:
    ends = np.cumsum([0, *(len(one.buckets) for one in features)])
    columns = np.concatenate([one.buckets for one in features])
    weights = np.concatenate([np.full(len(one.buckets), one.weight) for one in features])
    return csr_matrix((weights, columns, ends), shape=(len(features), BUCKETS))


def _dual(kernel: Floats, wanted: Floats) -> Floats:
    ridge = KernelRidge(alpha=RIDGE, kernel="precomputed").fit(kernel, wanted)
    dual: Floats = ridge.dual_coef_
    return dual


def _unseen_scores(kernel: Floats, wanted: Floats, intents: Sequence[str]) -> Floats:
    scores = np.zeros_like(wanted)
    folds = StratifiedKFold(FOLDS, shuffle=True, random_state=SEED)
    for seen, unseen in folds.split(kernel, intents):
        offset = wanted[seen].mean(axis=0)
        dual = _dual(kernel[np.ix_(seen, seen)], wanted[seen] - offset)
        scores[unseen] = kernel[np.ix_(unseen, seen)] @ dual + offset
    return scores


def _curves(scores: Floats, held: npt.NDArray[np.bool_]) -> Floats:
    """Fit each head's logistic curve, so that 0.8 is right about eight times in ten."""
    curves = np.zeros((2, scores.shape[1]))
    for head in range(scores.shape[1]):
        fitted = LogisticRegression(C=100.0).fit(scores[:, head : head + 1], held[:, head])
        curves[:, head] = fitted.coef_[0, 0], fitted.intercept_[0]
    return curves


def _limits(
    confidences: Floats, held: npt.NDArray[np.bool_], examples: Sequence[Example], allowed: FalseAlarms
) -> dict[str, float]:
    """Set danger and disclosure by the false alarms allowed, high risk where recall counts double, the rest evenly."""
    everyday = np.asarray([example.intent == OTHER for example in examples])
    limits = dict.fromkeys(CONCERNS, NAMED)
    for name in (*REQUESTS, *SOCIAL, HIGH):
        at = NAMES.index(name)
        limits[name] = _best_limit(confidences[:, at], held[:, at], recall=2.0 if name in _RECALL_FIRST else 1.0)
    for name, share in ((DISCLOSURE, allowed.disclosure), (DANGER, allowed.danger)):
        limits[name] = float(np.quantile(confidences[everyday, NAMES.index(name)], 1 - share))
    return limits


def _best_limit(confidences: Floats, held: npt.NDArray[np.bool_], recall: float) -> float:
    """Return the limit with the best F score, where recall counts `recall` times as much as precision."""
    candidates = np.linspace(0.05, 0.6, 56)
    found = confidences[:, None] >= candidates
    hits = (found & held[:, None]).sum(axis=0)
    weight = recall**2
    score = (1 + weight) * hits / (weight * held.sum() + found.sum(axis=0) + 1e-9)
    return float(candidates[int(np.argmax(score))])
