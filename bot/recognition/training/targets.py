"""What each head should say of a message, and how much each counts while the encoder is trained."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from bot.recognition.heads import DANGER, DISCLOSURE, HIGH
from bot.recognition.names import CONCERNS, DANGERS, OTHER, REQUESTS, SOCIAL
from bot.recognition.training.dataset import Example

NAMES = (*CONCERNS, *REQUESTS, *SOCIAL, DISCLOSURE, DANGER, HIGH, *(f"danger_{kind}" for kind in DANGERS))

SECOND_CONCERN = 0.3
"""A concern named beside the first one counts this much, so that the first one ranks first; and so does any name that
only the second reader gave."""
DISAGREED = 0.6
"""What one reader called a disclosure, danger or high risk and the other did not: rather than not."""

WEIGHTS = tuple({DISCLOSURE: 5.0, DANGER: 5.0, HIGH: 2.0}.get(name, 1.0) for name in NAMES)
"""What must not be missed counts more."""

Floats = npt.NDArray[np.float64]


def targets(examples: Sequence[Example]) -> Floats:
    """Return what each head should say of each message, 0 to 1: (messages, heads)."""
    wanted = np.zeros((len(examples), len(NAMES)))
    column = {name: at for at, name in enumerate(NAMES)}
    for row, example in enumerate(examples):
        for name, share in _wanted(example).items():
            wanted[row, column[name]] = share
    return wanted


def _wanted(example: Example) -> dict[str, float]:
    named: dict[str, float] = dict.fromkeys((name for name in example.second if name != OTHER), SECOND_CONCERN)
    for name in example.labels:
        beside = name in CONCERNS and name != example.intent and example.intent in CONCERNS
        named[name] = SECOND_CONCERN if beside else 1.0
    named.pop(OTHER, None)
    if example.danger:
        named[f"danger_{example.danger}"] = 1.0
    grave = ("high", "immediate")
    for name, first, second in (
        (DISCLOSURE, example.discloses, any(one in CONCERNS for one in example.second)),
        (DANGER, example.danger is not None, example.second_risk == "immediate"),
        (HIGH, example.risk in grave, example.second_risk in grave),
    ):
        if first or second:
            agreed = example.second_risk is None or first == second
            named[name] = 1.0 if agreed else DISAGREED
    return named
