"""The measures: for each, which messages it applies to and when it holds; with bootstrap intervals."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from bot.recognition.names import CONCERNS, DANGERS, OTHER, REQUESTS, SOCIAL
from bot.recognition.result import Recognition
from bot.recognition.training.dataset import Example

_DRAWS = 1000
_SEED = 7


@dataclass(frozen=True)
class Seen:
    """What one model says of one message. Lists are ranked, best first."""

    discloses: bool
    danger: str | None
    """A kind of danger now; None for none."""
    risk: str
    concerns: tuple[str, ...]
    requests: tuple[str, ...]
    social: str | None
    leaving: bool = False

    @classmethod
    def of(cls, seen: Recognition) -> "Seen":
        """From what recognition says."""
        return cls(
            discloses=seen.kind == "disclosure",
            danger=seen.danger,
            risk=seen.risk,
            concerns=tuple(one.name for one in seen.concerns),
            requests=tuple(one.name for one in seen.requests),
            social=seen.social,
            leaving=seen.leaving,
        )

    @classmethod
    def of_intents(cls, ranked: Sequence[str]) -> "Seen":
        """From a classifier that knows one intent a message, ranked: it has no notion of danger."""
        first = ranked[0]
        return cls(
            discloses=first in CONCERNS,
            danger=None,
            risk="none",
            concerns=tuple(name for name in ranked if name in CONCERNS)[:3] if first in CONCERNS else (),
            requests=tuple(name for name in ranked if name in REQUESTS)[:3] if first in REQUESTS else (),
            social=first if first in SOCIAL else None,
        )


Applies = Callable[[Example], bool]
Holds = Callable[[Example, Seen], bool]

MEASURES: dict[str, tuple[Applies, Holds]] = {
    "disclosure found": (lambda e: e.discloses, lambda e, s: s.discloses),
    "danger now found": (lambda e: e.danger is not None, lambda e, s: s.danger in DANGERS),
    "right kind of danger": (lambda e: e.danger is not None, lambda e, s: s.danger == e.danger),
    "high risk or more found": (lambda e: e.risk == "high", lambda e, s: s.risk in ("high", "immediate")),
    "false disclosure, everyday talk": (lambda e: e.intent == OTHER, lambda e, s: s.discloses),
    "false danger, everyday talk": (lambda e: e.intent == OTHER, lambda e, s: s.danger is not None),
    "false request, everyday talk": (lambda e: e.intent == OTHER, lambda e, s: bool(s.requests) and not s.discloses),
    "false disclosure, requests": (lambda e: _only(e, REQUESTS), lambda e, s: s.discloses),
    "false disclosure, small talk": (lambda e: _only(e, SOCIAL), lambda e, s: s.discloses),
    "false danger, all without danger": (lambda e: e.danger is None, lambda e, s: s.danger is not None),
    "false exit, all but exits": (lambda e: "stop_or_exit" not in e.labels, lambda e, s: s.leaving),
    "right concern first": (lambda e: e.intent in CONCERNS, lambda e, s: e.intent in s.concerns[:1]),
    "a right concern first": (lambda e: e.intent in CONCERNS, lambda e, s: bool({*s.concerns[:1]} & {*e.labels})),
    "right concern in first three": (lambda e: e.intent in CONCERNS, lambda e, s: e.intent in s.concerns[:3]),
    "right request first": (lambda e: e.intent in REQUESTS, lambda e, s: e.intent in s.requests[:1]),
    "right social act": (lambda e: e.intent in SOCIAL, lambda e, s: s.social == e.intent),
}


@dataclass(frozen=True)
class Share:
    """How many of how many, and between what the share lies in 95 of 100 draws."""

    held: int
    of: int
    low: float
    high: float

    @property
    def value(self) -> float:
        return self.held / self.of if self.of else float("nan")


def measure(examples: Sequence[Example], seen: Sequence[Seen]) -> dict[str, Share]:
    """Return each measure's share over the messages that it applies to."""
    shares = {}
    for name, (applies, holds) in MEASURES.items():
        held = [holds(example, one) for example, one in zip(examples, seen, strict=True) if applies(example)]
        shares[name] = Share(sum(held), len(held), *interval(held))
    return shares


def interval(held: Sequence[bool]) -> tuple[float, float]:
    """Return the 2.5th and 97.5th percentile of the share, drawn again and again from the messages themselves."""
    if not held:
        return float("nan"), float("nan")
    draws = np.random.default_rng(_SEED).choice(np.asarray(held, float), (_DRAWS, len(held))).mean(axis=1)
    low, high = np.quantile(draws, (0.025, 0.975))
    return float(low), float(high)


def _only(example: Example, names: Sequence[str]) -> bool:
    return example.intent in names and not example.discloses
