"""An action that always says something: whatever goes wrong in it, she gets the emergency line and a free number."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.asked import Asked
from bot.directory.directory import Directory

Say = Callable[..., None]
"""`CollectingDispatcher.utter_message`."""

log = logging.getLogger(__name__)


class FlooredAction(Action):  # type: ignore[misc]
    """Give it a name and `answer`; what is said are responses of `domain.yml`."""

    called: str

    def __init__(self, directory: Directory) -> None:
        self.directory = directory

    def name(self) -> str:
        return self.called

    def answer(self, asked: Asked, say: Say) -> list[Any] | None:
        """Says one reply: `say(response="utter_...", name="what fills {name}")`; gives what Rasa shall remember."""
        raise NotImplementedError

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[Any]:
        try:
            asked = Asked.read(tracker, self.directory.gazetteer)
            return self.answer(asked, dispatcher.utter_message) or []
        except Exception as error:  # nothing may leave her without an answer
            log.error("%s failed (%s)", self.called, type(error).__name__)
            dispatcher.messages.clear()
            dispatcher.utter_message(response="utter_floor")
            return []
