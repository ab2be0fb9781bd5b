"""A covered phone: what anybody is told who texts the line, true and dull. Nothing of the past, no denial."""

from __future__ import annotations

from bot.conversation import first_words, leaving
from bot.conversation.context import Turn
from bot.conversation.lane import LaneStore
from bot.conversation.probes import Probes


async def danger_now(turn: Turn, lanes: LaneStore) -> bool:
    """Danger now on a covered phone: what any public line says. The second such message gets the first reply."""
    await lanes.cover_for_a_day(turn.lane)
    if turn.state.danger:
        _first_reply(turn)
        return True
    turn.state.danger = True
    turn.say("emergency.covered", emergency=True)
    turn.talk.clear()
    return True


async def answer(turn: Turn, lanes: LaneStore, probes: Probes) -> bool:
    """True when the covered phone has been answered; False when she said yes and the conversation goes on."""
    await lanes.cover_for_a_day(turn.lane)
    if turn.state.phase == "checking":
        said = first_words.answer(turn)
        if said:
            return False
        if said is False:
            await leaving.leave(turn, lanes)
            return True
    if first_words.tells_or_asks(turn) and not probes.met(turn.text):
        _first_reply(turn)
        return True
    if probes.met(turn.text):
        turn.state.rest()
    turn.say("cover.line")
    turn.talk.clear()
    return True


def _first_reply(turn: Turn) -> None:
    first_words.ask(turn)
    turn.talk.clear()
