"""Danger now: the emergency line of its kind, before anything else, at most once in ten minutes."""

from __future__ import annotations

from bot.conversation.context import Turn
from bot.conversation.state import EMERGENCY_AGAIN
from bot.recognition.recogniser import Recognition


def text_key(seen: Recognition) -> str:
    """The name of the emergency text for this kind of danger."""
    if seen.concerns and seen.concerns[0].name == "own_behaviour":
        return "emergency.own"
    return f"emergency.{seen.danger or 'attack'}"


def is_due(turn: Turn) -> bool:
    """False within ten minutes of the last emergency line."""
    last = turn.state.emergency_at
    return last is None or turn.now - last >= EMERGENCY_AGAIN


def remember(turn: Turn) -> None:
    """Keeps that danger was said; her words are answered with her next message."""
    state = turn.state
    state.danger = True
    state.own_behaviour = state.own_behaviour or text_key(turn.seen) == "emergency.own"
    state.emergency_at = turn.now
    if state.phase != "open":
        state.held.append(turn.message.text)


def answer(turn: Turn, *, in_hours: bool, worker: bool) -> None:
    """Says the emergency line and nothing else; in hours, that a worker can see this."""
    turn.heard()
    turn.say(text_key(turn.seen), emergency=True, offer=())
    if in_hours and not worker and text_key(turn.seen) != "emergency.own":
        turn.state.may_hide = True
        turn.add_to_last("emergency.seen")
    remember(turn)
