"""Service hours: when a worker is on duty, and how that is said to a person. The hours stand in `data/rota.yml`."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import yaml

from bot.directory.hours import LONDON, Hours, HoursError, bank_holidays, in_london

DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
NEVER = "no date set"
_A_MINUTE = timedelta(minutes=1)
_A_DAY = timedelta(days=1)
_NEAR = timedelta(days=6)

Session = tuple[datetime, datetime]


class RotaError(Exception):
    """The rota cannot be used. One line that names the file and the field."""


class Rota:
    """The hours of the duty desk. All times in and out are aware; out is Europe/London."""

    def __init__(self, hours: Hours) -> None:
        self._hours = hours

    @classmethod
    def load(cls, data: Path, *, demo: bool = False) -> Rota:
        """Reads `rota.yml`; in demo mode the hours that let anybody try the desk. Raises `RotaError`."""
        field = "demo_hours" if demo else "hours"
        try:
            raw: Any = yaml.safe_load((data / "rota.yml").read_text(encoding="utf-8"))
        except (OSError, yaml.YAMLError):
            raise RotaError("rota.yml: cannot be read") from None
        text = raw.get(field) if isinstance(raw, dict) else None
        if not isinstance(text, str):
            raise RotaError(f"rota.yml: {field}: is missing")
        try:
            return cls(Hours.of(text))
        except HoursError as error:
            raise RotaError(f"rota.yml: {field}: {error}") from None

    def is_open(self, at: datetime) -> bool:
        """Whether a worker is on duty. Not known counts as closed: nobody is promised a worker who may not be there."""
        return self._hours.state(at) is True

    def closes(self, at: datetime) -> datetime | None:
        """When the shift that is on now ends; None while closed, and where it never ends."""
        return self._hours.next_change(at) if self.is_open(at) else None

    def next_opening(self, at: datetime) -> datetime | None:
        """When a worker is next on duty; now, if one is; None where that is never."""
        return in_london(at) if self.is_open(at) else self._hours.next_change(at)

    def opens_words(self, at: datetime) -> str:
        """The next opening, as "today 9am", "tomorrow 9am", "Monday 9am" or "Monday 4 January 9am"."""
        opening = self.next_opening(at)
        if opening is None:
            return NEVER
        days = (opening.date() - in_london(at).date()).days
        if days <= 1:
            day = ("today", "tomorrow")[days]
        elif timedelta(days) <= _NEAR:
            day = f"{opening:%A}"
        else:
            day = f"{opening:%A} {opening.day} {opening:%B}"
        return f"{day} {clock_words(opening)}"

    def words(self, at: datetime) -> str:
        """The hours of an ordinary week after `at`, as "Mon to Fri, 9am to 5pm"."""
        if self._hours.always:
            return "day and night, every day"
        week = [self._ordinary_day(day, in_london(at).date()) for day in range(7)]
        parts = []
        first = 0
        for day in range(1, 8):
            if day == 7 or week[day] != week[first]:
                if week[first]:
                    days = DAYS[first] if day - first == 1 else f"{DAYS[first]} to {DAYS[day - 1]}"
                    parts.append(f"{days}, {week[first]}")
                first = day
        return "; ".join(parts) or NEVER

    def _ordinary_day(self, weekday: int, after: date) -> str:
        """The sessions that begin on the next such weekday that is no bank holiday, in words."""
        day = after + timedelta((weekday - after.weekday()) % 7)
        while day in bank_holidays(day.year):
            day += 7 * _A_DAY
        midnight = datetime(day.year, day.month, day.day, tzinfo=LONDON)
        until = self._hours.next_change(midnight)
        if self.is_open(midnight) and (until is None or until >= midnight + _A_DAY):
            return "all day"
        found = []
        at: datetime | None = midnight - _A_MINUTE
        while at is not None and at.date() <= day:
            opens = self._hours.next_change(at) if not self.is_open(at) else None
            ends = self._hours.next_change(opens or at)
            if opens and opens.date() == day and ends:
                found.append(f"{clock_words(opens)} to {clock_words(ends)}")
            at = ends
        return " and ".join(found)


def clock_words(at: datetime) -> str:
    """A time of day, as "9am", "5.30pm", "noon" or "midnight"."""
    if at.minute == 0 and at.hour % 12 == 0:
        return "noon" if at.hour else "midnight"
    minutes = f".{at.minute:02d}" if at.minute else ""
    return f"{at.hour % 12 or 12}{minutes}{'am' if at.hour < 12 else 'pm'}"
