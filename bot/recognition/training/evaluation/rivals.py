"""Simpler models on the same messages: n-grams with a linear head, and the published encoder as it comes.

They have no safety screen; their limits are set in the same way on the same batches.
"""

from collections.abc import Iterable, Sequence

import numpy as np
import numpy.typing as npt
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.multiclass import OneVsRestClassifier

from bot.recognition.heads import DANGER, DISCLOSURE, HIGH
from bot.recognition.names import CONCERNS, DANGERS, OTHER, REQUESTS, SOCIAL
from bot.recognition.training.dataset import Example
from bot.recognition.training.evaluation.measures import Seen
from bot.recognition.training.fit import FalseAlarms
from bot.recognition.training.targets import NAMES, targets

Scores = npt.NDArray[np.float64]


def n_grams(train: Sequence[str], texts: Sequence[str]) -> tuple[object, object]:
    """Return TF-IDF rows of both lists of texts: strings of two to five letters inside words."""
    rows = TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 5), min_df=2, sublinear_tf=True)
    return rows.fit_transform(train), rows.transform(texts)


def linear(train: object, examples: Sequence[Example], rows: object) -> Scores:
    """Fit one logistic head for each name on `train` and return each row's confidences: (rows, heads)."""
    heads = OneVsRestClassifier(LogisticRegression(C=10.0, max_iter=300, solver="liblinear"))
    scores: Scores = heads.fit(train, targets(examples) >= 0.3).predict_proba(rows)
    return scores


def seen_with(scores: Scores, unseen: Scores, limit_examples: Sequence[Example], allowed: FalseAlarms) -> list[Seen]:
    """Read confidences as the recogniser would, with limits by false alarms on `unseen`, the limit batches' scores."""
    everyday = np.asarray([example.intent == OTHER for example in limit_examples])
    column = {name: at for at, name in enumerate(NAMES)}
    limit = {
        name: float(np.quantile(unseen[everyday, column[name]], 1 - share))
        for name, share in ((DISCLOSURE, allowed.disclosure), (DANGER, allowed.danger))
    }

    def best(row: npt.NDArray[np.float64], names: Iterable[str]) -> tuple[str, ...]:
        return tuple(sorted(names, key=lambda name: -row[column[name]])[:3])

    def one(row: npt.NDArray[np.float64]) -> Seen:
        discloses = bool(row[column[DISCLOSURE]] > limit[DISCLOSURE])
        danger = row[column[DANGER]] > limit[DANGER]
        requests, social = best(row, REQUESTS), best(row, SOCIAL)[0]
        return Seen(
            discloses=discloses,
            danger=max(DANGERS, key=lambda kind: row[column[f"danger_{kind}"]]) if danger else None,
            risk="immediate" if danger else "high" if row[column[HIGH]] > 0.5 else "none",
            concerns=best(row, CONCERNS) if discloses else (),
            requests=requests if row[column[requests[0]]] > 0.3 else (),
            social=social if row[column[social]] > 0.3 else None,
        )

    return [one(row) for row in scores]
