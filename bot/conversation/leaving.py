"""Leaving by ordinary words, and the safe word inside a sentence.

Leaving words win over arriving words ("gtg hes back" is an exit), but never over a call for help or a danger that is
more than somebody's arrival ("gtg call police he has a knife").
"""

from __future__ import annotations

from bot.conversation.context import Turn
from bot.conversation.exits import Exits


def leaves(turn: Turn, exits: Exits) -> bool:
    """Whether this message ends the conversation silently."""
    if turn.seen.risk != "immediate" and exits.anywhere(turn.text):
        return True
    if not turn.seen.leaving:
        # "thanks bye": on a phone one more reply is one more buzz.
        return turn.channel.is_phone and turn.seen.kind == "social" and turn.seen.social == "goodbye"
    return turn.seen.risk != "immediate" or turn.seen.arriving_only
