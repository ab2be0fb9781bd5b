"""When a worker is here."""

from __future__ import annotations

from actions.asked import Asked
from actions.floored import FlooredAction, Say
from bot.directory.directory import Directory
from bot.handoff.rota import Rota, clock_words


class ActionOpeningHours(FlooredAction):
    """Answers `opening_hours`."""

    called = "action_opening_hours"

    def __init__(self, directory: Directory, rota: Rota) -> None:
        super().__init__(directory)
        self._rota = rota

    def answer(self, asked: Asked, say: Say) -> None:
        hours, closes = self._rota.words(asked.now), self._rota.closes(asked.now)
        if closes:
            say(response="utter_hours_open", hours=hours, closes=clock_words(closes))
        else:
            say(response="utter_hours_closed", hours=hours, opens=self._rota.opens_words(asked.now))
