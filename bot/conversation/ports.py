"""What the lane needs of other rooms, as it sees them. They are handed in where the process is put together."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

from bot.conversation.messages import HandoffState

Reason = Literal["asked", "danger", "referred"]


@dataclass(frozen=True)
class DeskView:
    """Where a person stands with the duty desk. `position` counts from 1 while she waits."""

    state: HandoffState
    position: int | None = None
    worker: str | None = None


class Desk(Protocol):
    """The duty desk: queue, rota, alarms (`bot/handoff`)."""

    async def view(self, lane: str) -> DeskView: ...

    async def request(self, lane: str, epoch: int, reason: Reason, cues: tuple[str, ...], place: str | None) -> bool:
        """Puts her in the queue (again, if an earlier handoff ended). False: she has left meanwhile."""
        ...

    async def start_fresh(self, lane: str) -> None:
        """She texted FRESH: what she wrote before is not shown to the worker."""
        ...

    async def heard(self, lane: str, at: datetime) -> None:
        """She wrote while she waits or while a worker has the conversation: the safe window starts again."""
        ...

    async def alarm(self, lane: str, epoch: int, cues: tuple[str, ...]) -> None:
        """Danger now: in hours puts her in the queue, at the top, and sounds the alarm of whoever has her."""
        ...

    async def maybe_someone_else(self, lane: str) -> None:
        """Somebody else may hold the phone: the worker is told, queued replies wait."""
        ...

    async def keep_callback(self, lane: str, epoch: int, answers: dict[str, str]) -> None:
        """A call-back that she asked for; the number lies sealed, apart from the talk. An old epoch keeps nothing."""
        ...

    def is_open(self, at: datetime) -> bool: ...

    def hours_words(self) -> str:
        """The service hours in words, as "Mon to Fri, 9am to 5pm"."""
        ...

    def opens_words(self, at: datetime) -> str:
        """When a worker is next on duty, as "Monday 9am"."""
        ...

    def closes(self, at: datetime) -> datetime | None:
        """When today's hours end; None while closed."""
        ...
