"""Where one conversation is. Kept sealed between turns; of her words only what is not answered yet, and her last."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Literal

from pydantic import BaseModel, ValidationError

from bot.conversation.messages import Choice

QUIET = timedelta(minutes=15)
"""After this on a phone, the next reply is the neutral first one: somebody else may hold it now."""

FORGOTTEN = timedelta(hours=12)
"""After this nothing of the conversation is left."""

EMERGENCY_AGAIN = timedelta(minutes=10)
"""The emergency line goes out at most this often."""

Phase = Literal["new", "checking", "open"]


class State(BaseModel):
    """One conversation between turns."""

    phase: Phase = "new"
    held: list[str] = []
    """What she said before she was asked whether it is OK to text; answered when she says yes."""
    choices: list[tuple[str, str, str | None]] = []
    also: list[tuple[str, str, str | None]] = []
    then: str | None = None
    """The request that her next place answers."""
    last: datetime | None = None
    emergency_at: datetime | None = None
    may_hide: bool = False
    """She was just told that a worker can see this, and may say no."""
    thanked: bool = False
    """She was thanked for telling; the answer that follows does not say it again."""
    asked_for_person: bool = False
    """She asked for a person before the question was answered."""
    queued: bool = False
    """She asked for a person, and was told what the worker sees."""
    hidden: bool = False
    """She said that a worker may not see her words, and has not asked for a person since."""
    own_behaviour: bool = False
    """Somebody told of the harm they do themselves: nothing of a survivor's is shown."""
    danger: bool = False
    previous: str | None = None
    """Her last message that told or asked something, cut short: a fragment after it is read in its light."""
    told: list[str] = []
    """The concerns told so far, in order."""
    answered: list[str] = []
    """What was answered in full so far: a concern, and whether it was urgent."""
    gravest: str = "none"
    """The gravest risk so far."""
    reasons: list[str] = []
    """Why it was flagged so far, for the worker: names of patterns and of what the model saw."""
    misses: int = 0
    callback: dict[str, str] | None = None
    """The call-back questions answered so far; None when none is being asked."""

    @classmethod
    def read(cls, kept: bytes | None) -> State:
        """The state as it was kept; a new one where there is none, or it is of another version."""
        try:
            return cls.model_validate_json(kept) if kept else cls()
        except ValidationError:
            return cls()

    def offered(self) -> tuple[Choice, ...]:
        return tuple(Choice(*row) for row in self.choices)

    def understood(self) -> tuple[Choice, ...]:
        """What she may say by its words alone, beside the choices."""
        return tuple(Choice(*row) for row in self.also)

    def offer(self, choices: tuple[Choice, ...], also: tuple[Choice, ...] = ()) -> None:
        """Remembers what was offered last, so that a number or its words are understood."""
        self.choices = [(c.title, c.value, c.intent) for c in choices]
        self.also = [(c.title, c.value, c.intent) for c in also]

    def rest(self) -> None:
        """A new session begins: neutral and blank. What danger was flagged stays with the worker's record."""
        self.__dict__.update(State(last=self.last, emergency_at=self.emergency_at).__dict__)
