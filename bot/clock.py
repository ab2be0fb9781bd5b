"""The one clock. It is injected everywhere, so that a replay or a test decides what time it is."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

LONDON = ZoneInfo("Europe/London")


class Clock(Protocol):
    """Gives the time as an aware datetime in Europe/London."""

    def now(self) -> datetime: ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        return datetime.now(LONDON)


class SettableClock:
    """Stands still until moved."""

    def __init__(self, start: datetime) -> None:
        self._now = start.astimezone(LONDON)

    def now(self) -> datetime:
        return self._now

    def advance(self, by: timedelta) -> None:
        """Moves by elapsed time, also across a clock change."""
        self._now = (self._now.astimezone(UTC) + by).astimezone(LONDON)

    def set(self, to: datetime) -> None:
        self._now = to.astimezone(LONDON)
