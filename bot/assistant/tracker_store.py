"""Rasa's tracker store: reads a bounded tail, adds only what is new, keeps no words.

Rasa wraps every store in one that swallows errors and answers from memory, as if she were new. So errors are noted on
the running turn, and the input channel turns them into a 503. Saving is staged on the turn too: the channel writes
events and answer together (`ledger.py`), so a turn is kept whole or not at all.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from typing import Any

from rasa.core.brokers.broker import EventBroker
from rasa.core.tracker_store import TrackerStore
from rasa.shared.core.constants import SESSION_START_METADATA_SLOT
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import BotUttered, Event, SlotSet, UserUttered, deserialise_events
from rasa.shared.core.trackers import DialogueStateTracker

from bot.assistant.environment import read_environment
from bot.assistant.ledger import MOST_EVENTS, Addition, Conversation, JsonList, Ledger, Memory
from bot.assistant.turn import CURRENT

KEEP_EVENTS = 40
"""Events left after the list has grown past the most that is kept; cut where a message of hers begins."""

log = logging.getLogger(__name__)


class SealedTrackerStore(TrackerStore):
    """Keeps trackers in Redis, sealed. Usable only within a turn of `TurnChannel`."""

    def __init__(
        self,
        domain: Domain | None = None,
        host: str | None = None,
        event_broker: EventBroker | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(domain, event_broker)
        self.ledger = Ledger.connect(read_environment())

    async def retrieve(self, sender_id: str) -> DialogueStateTracker | None:
        """The tracker as of its last turn, or None for a new conversation."""
        turn = CURRENT.get()
        try:
            memory = await self.ledger.recall(Conversation.parse(sender_id))
            return self._tracker(sender_id, memory) if memory.slots or memory.events else None
        except Exception as error:  # whatever it was: an answer as if she were new would be wrong
            turn.failed = True
            log.error("the tracker could not be read (%s)", type(error).__name__)
            return None

    async def save(self, tracker: DialogueStateTracker) -> None:
        """Stages what is new since `retrieve`; the input channel writes it."""
        turn = CURRENT.get()
        try:
            turn.addition = self._addition(tracker)
        except Exception as error:
            turn.failed = True
            log.error("the tracker could not be saved (%s)", type(error).__name__)

    async def delete(self, sender_id: str) -> None:
        """Forgets all that Rasa's side keeps for this conversation's lane."""
        await self.ledger.delete(Conversation.parse(sender_id).lane)

    async def keys(self) -> Iterable[str]:
        """Nothing: nobody may list who has written."""
        return []

    def _tracker(self, sender_id: str, memory: Memory) -> DialogueStateTracker:
        tracker = self.init_tracker(sender_id)
        for name, value in memory.slots.items():
            tracker.update(SlotSet(name, value), self.domain)
        for event in deserialise_events(memory.events):
            tracker.update(event, self.domain)
        tracker.remembered = memory
        tracker.loaded = len(tracker.events)
        return tracker

    def _addition(self, tracker: DialogueStateTracker) -> Addition:
        memory: Memory = getattr(tracker, "remembered", Memory())
        new = _kept(list(tracker.events)[getattr(tracker, "loaded", 0) :])
        events = memory.events + new
        if len(events) <= MOST_EVENTS:
            return Addition(new)
        cut = _cut(events)
        before = self._tracker(tracker.sender_id, Memory(memory.slots, events[:cut]))
        return Addition(new, _slots(before), keep=len(events) - cut)


def _cut(events: JsonList) -> int:
    """Where the newest `KEEP_EVENTS` begin, moved on to a message of hers."""
    first = len(events) - KEEP_EVENTS
    return next((i for i in range(first, len(events)) if events[i]["event"] == UserUttered.type_name), first)


def _slots(tracker: DialogueStateTracker) -> dict[str, Any]:
    return {
        name: value
        for name, value in tracker.current_slot_values().items()
        if value is not None and name != SESSION_START_METADATA_SLOT
    }


def _kept(events: list[Event]) -> JsonList:
    """Events as they are stored: what she meant and what was done. Words, pin and replies are in the lane, once."""
    kept = []
    for event in events:
        if isinstance(event, BotUttered) or getattr(event, "key", None) == SESSION_START_METADATA_SLOT:
            continue
        row = event.as_dict()
        if isinstance(event, UserUttered):
            row.update(text=None, metadata={}, parse_data={"intent": event.intent, "entities": event.entities})
        kept.append(row)
    return kept
