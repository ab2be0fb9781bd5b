"""Everything that Rasa says, and the safety floor where it says nothing in time."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Protocol

from bot.conversation import so_far
from bot.conversation.context import Turn
from bot.conversation.dialogue import Dialogue, DialogueAway
from bot.conversation.messages import Location
from bot.recognition.names import CONCERNS


class Places(Protocol):
    """The nearest safe place that is surely open, as one line for a person; None where there is none."""

    def open_near(self, place: str | None, location: Location | None, at: datetime) -> str | None: ...


THANKS = "Thank you for telling me. "
"""How an answer to a disclosure begins; the first words of a session have said it already."""

MISSED = frozenset({"other", "repeat_or_confused", "unsure", "insult_or_test", "chit_chat"})
OWN = "own_behaviour"
WANTS_TO_DIE = "self_harm_suicide"
PLANNING = "safety_planning"
ANSWERED_AGAIN = frozenset({OWN, WANTS_TO_DIE})
"""Answers that bear saying twice."""

URGENT = ("high", "immediate")
SURVIVORS_OWN = frozenset({"find_safe_place", PLANNING})


class Speaker:
    """Asks Rasa; answers from the floor when it is down, slow or silent."""

    def __init__(self, dialogue: Dialogue, places: Places) -> None:
        self._dialogue = dialogue
        self._places = places

    async def answer(self, turn: Turn, picked: str | None) -> None:
        """Adds Rasa's replies to the turn. `picked` is the intent of a choice that she took, which
        may name a step of a plan: "safety_planning/pets/2".
        """
        state = turn.state
        names = [concern.name for concern in turn.seen.concerns]
        state.own_behaviour = state.own_behaviour or names[:1] == [OWN]
        intent, _, plan = (picked or self._intent(turn)).partition("/")
        intent = self._allowed(turn, intent)
        about = self._about(turn, intent)
        # Only a bare fragment ("since xmas"): whatever tells something of its own is answered in full, each time.
        bare = turn.seen.carried and not turn.seen.place and not state.then and turn.seen.risk not in URGENT
        if picked is None and bare and not turn.seen.requests and about in state.answered:
            turn.say("told.more")
            return
        state.misses = state.misses + 1 if intent in MISSED else 0
        try:
            answer = await self._dialogue.ask(
                conversation=f"{turn.lane}.{turn.taken.epoch}",
                message_id=turn.message.id,
                channel=turn.channel.value,
                text=turn.text,
                metadata=self._metadata(turn, intent, plan, 1.0 if picked else None),
            )
        except DialogueAway:
            self._floor(turn)
            return
        state.then = answer.then
        for said in answer.said:
            turn.reply(said.text.removeprefix(THANKS) if state.thanked else said.text, said.choices, said.also)
        state.thanked = False
        state.answered = [*state.answered, about] if about and about not in state.answered else state.answered

    def _intent(self, turn: Turn) -> str:
        """A place that was just asked for answers that question, whatever else it might be."""
        has_place = turn.seen.place is not None or turn.message.location is not None
        if turn.state.then and has_place and turn.seen.kind != "disclosure":
            return turn.state.then
        if turn.message.location and not turn.text:
            return "find_safe_place"
        if has_place and turn.seen.kind in ("social", "other"):
            return "find_safe_place"  # a bare place, as people answer who were asked where they are
        return turn.seen.intent

    @staticmethod
    def _about(turn: Turn, intent: str) -> str | None:
        """What a full answer is about, where one is enough: more of the same is heard, not answered again."""
        if intent not in CONCERNS or intent in ANSWERED_AGAIN:
            return None
        return f"{intent}, urgent" if so_far.risk(turn) in URGENT else intent

    @staticmethod
    def _allowed(turn: Turn, intent: str) -> str:
        """Nothing of a survivor's is told to somebody who told of the harm they do: that starts after a worker."""
        return OWN if turn.state.own_behaviour and intent in SURVIVORS_OWN else intent

    def _metadata(self, turn: Turn, intent: str, plan: str, sure: float | None) -> dict[str, Any]:
        recognised = {
            **turn.seen.as_metadata(),
            "intent": intent,
            "misses": turn.state.misses,
            "risk": so_far.risk(turn),
        }
        if plan:
            recognised["plan"] = plan
        if sure is not None:
            recognised["confidence"] = sure
        if intent in CONCERNS:
            recognised["concern"] = intent
        elif intent == PLANNING and WANTS_TO_DIE in turn.state.told:
            # Whatever was told since: no plan for leaving a home is put before somebody who may not want to live.
            recognised["concern"] = WANTS_TO_DIE
        pin = turn.message.location
        recognised["location"] = {"lat": pin.lat, "lon": pin.lon} if pin else None
        return {"now": turn.now.isoformat(), "channel": turn.channel.value, "recognition": recognised}

    def _floor(self, turn: Turn) -> None:
        """What is said when nothing else can be: the nearest open place if that was asked, else the lines."""
        if "find_safe_place" in {r.name for r in turn.seen.requests}:
            place = turn.seen.place.id if turn.seen.place else None
            line = self._places.open_near(place, turn.message.location, turn.now)
            if line:
                turn.say("floor.place", place=line)
                return
        # Before her yes a phone shows only what anybody may read.
        turn.say("floor" if turn.state.phase == "open" or not turn.channel.is_phone else "emergency.covered")
