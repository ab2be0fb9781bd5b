"""Asking for a person: in the queue at once in service hours, else the truth about hours and what is open."""

from __future__ import annotations

from datetime import timedelta

from bot.conversation import leaving, so_far
from bot.conversation.answers import plain
from bot.conversation.callback import closing_time
from bot.conversation.context import Turn
from bot.conversation.ports import Desk, DeskView

CLOSING_SOON = timedelta(minutes=15)


async def ask(turn: Turn, desk: Desk, view: DeskView) -> None:
    """Puts her in the queue with what was said, or tells the truth about hours."""
    if view.state == "waiting" and turn.state.queued:
        turn.say("person.already", position=str(view.position or 1))
        return
    if not desk.is_open(turn.now):
        turn.say("person.closed", hours=desk.hours_words(), opens=desk.opens_words(turn.now))
        return
    place = turn.seen.place.id if turn.seen.place else None
    turn.state.hidden = False
    if not await desk.request(turn.lane, turn.taken.epoch, "asked", so_far.reasons(turn), place):
        turn.gone = True
        return
    turn.state.queued = turn.desk_told = True
    closes = desk.closes(turn.now)
    if closes and closes - turn.now <= CLOSING_SOON:
        turn.say("person.waiting_closing", closes=closing_time(closes))
    else:
        turn.say("person.waiting")


def wants_fresh(turn: Turn) -> bool:
    """FRESH: the worker starts without what was written before."""
    return plain(turn.text) == leaving.FRESH


async def start_fresh(turn: Turn, desk: Desk) -> None:
    await desk.start_fresh(turn.lane)
    so_far.forget(turn.state)
    turn.say("person.fresh")
