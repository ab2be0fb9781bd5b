"""Leaving by ordinary words, and the safe word inside a sentence.

Leaving words win over arriving words ("gtg hes back" is an exit), but never over a call for help or a danger that is
more than somebody's arrival ("gtg call police he has a knife").
"""

from __future__ import annotations

from bot.conversation.answers import plain
from bot.conversation.context import Turn
from bot.conversation.exits import Exits
from bot.conversation.lane import LaneStore

FRESH = "fresh"
"""Our own word for a worker who starts without what was written before: never a goodbye."""

LIKELY = 0.3
"""A concern behind the first one that is less sure than this is only the next best name."""

CALLS = frozenset({"help", "police", "999", "sos"})


def _calls_for_help(text: str) -> bool:
    return bool(CALLS & set(plain(text).split()))


def leaves(turn: Turn, exits: Exits) -> bool:
    """Whether this message ends the conversation silently."""
    if turn.seen.risk != "immediate" and exits.anywhere(turn.text):
        return True
    if turn.seen.risk in ("immediate", "high") and _calls_for_help(turn.text):
        return False
    concerns = turn.seen.concerns
    if any(one.name == "self_harm_suicide" and (one == concerns[0] or one.confidence >= LIKELY) for one in concerns):
        # A goodbye may be to more than this line.
        return False
    if not turn.seen.leaving:
        # "thanks bye": on a phone one more reply is one more buzz.
        said_goodbye = turn.seen.kind == "social" and turn.seen.social == "goodbye"
        return turn.channel.is_phone and said_goodbye and plain(turn.text) != FRESH
    return turn.seen.risk != "immediate" or turn.seen.arriving_only


async def leave(turn: Turn, lanes: LaneStore) -> None:
    """She leaves in this turn: all is wiped, a phone is covered, a worker hears of danger; nothing is said."""
    in_danger = turn.seen.risk == "immediate"
    await lanes.vanish(
        turn.lane,
        cover=turn.channel.is_phone,
        danger=turn.state.danger or in_danger,
        reason="he_is_back" if in_danger else "left",
        taken=turn.taken,
        handled=len(turn.message.parts),
    )
    turn.gone = True
