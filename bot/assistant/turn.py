"""The turn that is running: it carries what the tracker store would write to the end, where it is written once."""

from __future__ import annotations

from contextvars import ContextVar
from dataclasses import dataclass

from bot.assistant.ledger import Addition


class TurnFailed(Exception):
    """Rasa has no answer that may be given: the caller gets a 503 and the lane its safety floor."""


@dataclass
class Turn:
    """Set by the input channel, filled by the tracker store."""

    addition: Addition | None = None
    failed: bool = False

    def outcome(self) -> Addition:
        """What is to be kept. Raises `TurnFailed` if the tracker could not be read, or was never saved."""
        if self.failed or self.addition is None:
            raise TurnFailed("the tracker store failed")
        return self.addition


CURRENT: ContextVar[Turn] = ContextVar("quietword_turn")
