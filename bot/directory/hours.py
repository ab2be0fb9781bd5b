"""Opening hours: open, closed or not known, at a moment; and when that next changes.

Hours are written as OpenStreetMap does (https://wiki.openstreetmap.org/wiki/Key:opening_hours) and read by
opening-hours-py. Two things are added to it, both measured against it:

- England's bank holidays, which it does not know. A `PH` rule is replaced by their dates before parsing.
- A session that runs past midnight belongs to the evening it starts on, holidays too: on Christmas Day at 01:00
  the session of Christmas Eve goes on, and at 00:30 on Boxing Day that of Christmas Day has not taken place.

A rule for bank holidays has to be given (`PH off`, `PH unknown` or `PH 10:00-14:00`), except with `24/7`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

import holidays.countries  # noqa: F401 - takes a second: at the start, not in somebody's first question
from holidays import country_holidays
from opening_hours import OpeningHours, State, validate

LONDON = ZoneInfo("Europe/London")
_UTC = ZoneInfo("UTC")
_ALWAYS = "24/7"
_TIMES = r"\d{1,2}:\d{2}-\d{1,2}:\d{2}(?:,\d{1,2}:\d{2}-\d{1,2}:\d{2})*"
_HOLIDAY_RULE = re.compile(rf"PH (off|unknown|{_TIMES})")
_SPAN = re.compile(r"(\d{1,2}):(\d{2})-(\d{1,2}):(\d{2})")
# each of these reads as "open" where nothing is promised, or depends on what we do not have (the sun, schools)
_REFUSED = re.compile(r'["+]|\|\||\b(?:SH|PH|unknown|easter|sunrise|sunset|dawn|dusk)\b')
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


class HoursError(ValueError):
    """Opening hours that cannot be relied on. The message says what is wrong with them."""


def in_london(at: datetime) -> datetime:
    """The same moment in London. By way of UTC, so that an hour that the clocks skip cannot remain."""
    return at.astimezone(_UTC).astimezone(LONDON)


@lru_cache(maxsize=16)
def bank_holidays(year: int) -> tuple[date, ...]:
    """England's bank holidays of a year and of the years beside it, from the `holidays` package.

    Christmas, Boxing and New Year's Day are among them at weekends too, beside the days off in their place: who
    closes for the one closes for the other.
    """
    return tuple(sorted(country_holidays("GB", subdiv="ENG", years=range(year - 1, year + 2))))


@dataclass(frozen=True)
class Hours:
    """Opening hours as they are written. They are parsed when they are first asked."""

    text: str

    @classmethod
    def of(cls, text: str) -> Hours:
        """The hours of a text. HoursError where they cannot be relied on."""
        base, holiday = _split(text)
        if _REFUSED.search(base):
            raise HoursError("no comments, open ends, fallbacks, sun or school times, and PH only as the last rule")
        if not validate(base):
            raise HoursError("these are not opening hours as OpenStreetMap writes them")
        if ";" in base and _tail(base):
            # the later rule would cut off what runs over from the evening before
            raise HoursError("with nights past midnight, put a comma between the rules and not a semicolon")
        if base != _ALWAYS and holiday is None:
            raise HoursError("say what holds on bank holidays: PH off, PH unknown or PH with times")
        return cls(text)

    @property
    def always(self) -> bool:
        """Whether it never closes."""
        return self.text == _ALWAYS

    def state(self, at: datetime) -> bool | None:
        """True open, False closed, None not known (a bank holiday nobody has asked about)."""
        if self.always:
            return True
        here = in_london(at)
        certain, possible = _parsed(self.text, here.year)
        if certain.state(here)[0] == State.OPEN:
            return True
        return None if possible.state(here)[0] == State.OPEN else False

    def next_change(self, at: datetime) -> datetime | None:
        """When it next surely opens or closes, in London time; None where it never does."""
        if self.always:
            return None
        here = in_london(at)
        change = _parsed(self.text, here.year)[0].next_change(here)
        return in_london(change) if change else None


def _split(text: str) -> tuple[str, str | None]:
    """The ordinary rules, and what the last rule says of bank holidays."""
    base, _, last = text.rpartition(";")
    rule = _HOLIDAY_RULE.fullmatch(last.strip())
    return (base.strip(), rule[1]) if rule else (text.strip(), None)


@lru_cache(maxsize=512)
def _parsed(text: str, year: int) -> tuple[OpeningHours, OpeningHours]:
    """The hours that are certain in a year and beside it, and those that are possible."""
    base, holiday = _split(text)
    dates = ",".join(f"{day.year} {_MONTHS[day.month - 1]} {day.day:02d}" for day in bank_holidays(year))
    hour, minute = divmod(_tail(base), 60)
    without = f"{base}; {dates} {hour:02d}:{minute:02d}-{hour + 24:02d}:{minute:02d} off"
    if holiday == "unknown":
        return OpeningHours(without, timezone=LONDON), OpeningHours(base, timezone=LONDON)
    certain = without if holiday == "off" else f"{without}, {dates} {holiday}"
    hours = OpeningHours(certain, timezone=LONDON)
    return hours, hours


def _tail(base: str) -> int:
    """How many minutes past midnight the longest session of the evening before runs."""
    latest = 0
    for opens_h, opens_m, closes_h, closes_m in _SPAN.findall(base):
        opens, closes = int(opens_h) * 60 + int(opens_m), int(closes_h) * 60 + int(closes_m)
        past = closes - 24 * 60 if closes > 24 * 60 else closes
        if closes > 24 * 60 or closes <= opens:
            latest = max(latest, past)
    return latest
