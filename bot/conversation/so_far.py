"""What a conversation has told so far: disclosures add up, and a fragment is read in the light of what came before.

Kept in the sealed state, and gone with it: after leaving, after a quiet quarter of an hour on a phone, after twelve
hours.
"""

from __future__ import annotations

from bot.conversation.context import Turn
from bot.conversation.state import State
from bot.recognition.names import higher_risk
from bot.recognition.recogniser import Context

_LONGEST = 300
"""Characters of her last message that are kept: a fragment needs no more to be understood."""

_MOST_REASONS = 12


def context(state: State, *, quiet: bool) -> Context:
    """What to read her next message with.

    Before her yes, and after a `quiet` time, somebody else may be writing: nothing is assumed.
    """
    known = state.phase == "open" and not quiet
    return Context(expecting_place=state.then is not None, previous=state.previous if known else None)


def add(turn: Turn) -> None:
    """Adds what this turn's message told. A covered phone tells nothing that is kept."""
    state, seen = turn.state, turn.seen
    if turn.covered:
        return
    if turn.text and not seen.carried and seen.kind in ("disclosure", "request"):
        state.previous = turn.text[-_LONGEST:]
    first = [concern.name for concern in seen.concerns[:1]]
    state.told = list(dict.fromkeys((*state.told, *first)))
    state.gravest = higher_risk(state.gravest, seen.risk)
    state.reasons = list(dict.fromkeys((*state.reasons, *seen.why)))[-_MOST_REASONS:]


def forget(state: State) -> None:
    """She starts fresh: nobody is shown what she told before. How grave it was still counts for her own answers."""
    state.previous, state.told, state.reasons = None, [], []


def reasons(turn: Turn) -> tuple[str, ...]:
    """Why this conversation was flagged, for the worker: names, never her words."""
    return tuple(dict.fromkeys((*turn.seen.why, *turn.state.reasons)))


def risk(turn: Turn) -> str:
    """How grave it is, all told: what was told once stays grave; danger that is over is still high."""
    before = "high" if turn.state.gravest == "immediate" else turn.state.gravest
    return higher_risk(turn.seen.risk, before)
