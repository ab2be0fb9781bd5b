"""Opening hours: nights, clock changes, bank holidays, and what may not be written at all."""

from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest

from bot.directory.hours import LONDON, Hours, HoursError, bank_holidays

At = Callable[[str], datetime]

NIGHTS = "Fr,Sa 21:30-04:00; PH off"
THURSDAYS = "Th-Sa 21:30-04:00; PH off"
OFFICE = "Mo-Fr 09:00-17:00; PH off"
UNASKED = "Mo-Fr 09:00-17:00; PH unknown"


@pytest.mark.parametrize(
    ("hours", "at", "is_open"),
    [
        # an ordinary week
        (OFFICE, "2026-11-24T08:59", False),
        (OFFICE, "2026-11-24T09:00", True),
        (OFFICE, "2026-11-24T16:59", True),
        (OFFICE, "2026-11-24T17:00", False),
        (OFFICE, "2026-11-28T11:00", False),
        # past midnight a session still belongs to the evening it started on
        (NIGHTS, "2026-11-20T21:29", False),
        (NIGHTS, "2026-11-20T21:30", True),
        (NIGHTS, "2026-11-21T00:30", True),
        (NIGHTS, "2026-11-22T03:59", True),
        (NIGHTS, "2026-11-22T04:00", False),
        (NIGHTS, "2026-11-20T00:30", False),
        # the clocks go forward: 01:00 to 02:00 on 29 March 2026 does not exist
        (NIGHTS, "2026-03-29T00:30", True),
        (NIGHTS, "2026-03-29T01:30", True),
        (NIGHTS, "2026-03-29T03:59", True),
        (NIGHTS, "2026-03-29T04:00", False),
        # the clocks go back: 01:00 to 02:00 on 25 October 2026 comes twice
        (NIGHTS, "2026-10-25T01:30", True),
        (NIGHTS, "2026-10-25T03:59", True),
        (NIGHTS, "2026-10-25T04:00", False),
        # Christmas 2026 is a Friday: the night before goes on into it, its own night does not take place
        (THURSDAYS, "2026-12-25T01:00", True),
        (THURSDAYS, "2026-12-25T05:00", False),
        (THURSDAYS, "2026-12-25T22:00", False),
        (THURSDAYS, "2026-12-26T00:30", False),
        (THURSDAYS, "2027-01-01T00:30", True),
        (THURSDAYS, "2027-01-02T00:30", False),
        # a holiday that nobody has asked about: not known while it would be open, closed when it never is
        (UNASKED, "2026-12-25T11:00", None),
        (UNASKED, "2026-12-25T03:00", False),
        (UNASKED, "2026-12-29T11:00", True),
        ("Th-Sa 21:30-04:00; PH unknown", "2026-12-25T01:00", True),
        ("Th-Sa 21:30-04:00; PH unknown", "2026-12-26T00:30", None),
        # hours of its own on a holiday
        ("Mo-Fr 09:00-17:00; PH 10:00-14:00", "2026-12-25T13:00", True),
        ("Mo-Fr 09:00-17:00; PH 10:00-14:00", "2026-12-25T15:00", False),
        ("Th-Sa 21:30-04:00; PH 10:00-14:00", "2026-12-25T01:00", True),
        # two sessions on one day
        ("Mo-Su 11:00-17:00, Sa 23:00-05:00; PH off", "2026-11-21T12:00", True),
        ("Mo-Su 11:00-17:00, Sa 23:00-05:00; PH off", "2026-11-22T04:30", True),
        ("Mo-Su 11:00-17:00, Sa 23:00-05:00; PH off", "2026-11-22T05:30", False),
        ("Th,Su 19:00-01:00, Fr,Sa 19:00-03:00; PH off", "2026-11-27T00:30", True),
        ("Th,Su 19:00-01:00, Fr,Sa 19:00-03:00; PH off", "2026-11-27T01:30", False),
        ("Th,Su 19:00-01:00, Fr,Sa 19:00-03:00; PH off", "2026-11-29T02:30", True),
        ("24/7", "2026-12-25T03:00", True),
    ],
)
def test_state(hours: str, at: str, is_open: bool | None, london: At) -> None:
    assert Hours.of(hours).state(london(at)) is is_open


@pytest.mark.parametrize(
    "day",
    [
        "2026-01-01", "2026-04-03", "2026-04-06", "2026-05-04", "2026-05-25", "2026-08-31", "2026-12-25", "2026-12-28",
        "2027-01-01", "2027-03-26", "2027-03-29", "2027-05-03", "2027-05-31", "2027-08-30", "2027-12-27", "2027-12-28",
        "2028-01-03", "2028-04-14", "2028-04-17", "2028-05-01", "2028-05-29", "2028-08-28", "2028-12-25", "2028-12-26",
    ],
)  # fmt: skip
def test_bank_holidays(day: str, london: At) -> None:
    noon = london(f"{day}T12:00")
    assert date.fromisoformat(day) in bank_holidays(noon.year)
    assert Hours.of(OFFICE).state(noon) is False
    assert Hours.of(UNASKED).state(noon) is None


def test_scottish_holidays_are_working_days_here(london: At) -> None:
    assert Hours.of(OFFICE).state(london("2026-01-02T12:00")) is True


@pytest.mark.parametrize(
    ("hours", "at", "change"),
    [
        (OFFICE, "2026-11-24T11:00", "2026-11-24T17:00:00+00:00"),
        (OFFICE, "2026-11-27T18:00", "2026-11-30T09:00:00+00:00"),
        (OFFICE, "2026-12-24T18:00", "2026-12-29T09:00:00+00:00"),
        (UNASKED, "2026-12-25T11:00", "2026-12-29T09:00:00+00:00"),
        (NIGHTS, "2026-03-29T00:30", "2026-03-29T04:00:00+01:00"),
        (NIGHTS, "2026-10-24T22:00", "2026-10-25T04:00:00+00:00"),
        (OFFICE, "2026-12-31T18:00", "2027-01-04T09:00:00+00:00"),
        ("24/7", "2026-11-24T11:00", None),
    ],
)
def test_next_change(hours: str, at: str, change: str | None, london: At) -> None:
    found = Hours.of(hours).next_change(london(at))
    assert (found.isoformat() if found else None) == change


@pytest.mark.parametrize("at", [datetime(2026, 7, 1, 8, 30, tzinfo=UTC), datetime(2026, 7, 1, 9, 30, tzinfo=LONDON)])
def test_any_time_zone_is_understood(at: datetime) -> None:
    assert Hours.of(OFFICE).state(at) is True


@pytest.mark.parametrize(
    "text",
    [
        "",
        "by appointment",
        '"by appointment"',
        'Mo-Fr "by appointment"; PH off',
        "Mo-Fr 9-5; PH off",
        "Mo-Fr 09:00-17:00",
        "Mo-Fr 09:00+; PH off",
        "Mo-Fr 09:00-17:00 || unknown; PH off",
        "Mo-Fr sunrise-sunset; PH off",
        "Mo-Fr 09:00-17:00; SH off; PH off",
        "Mo-Fr 09:00-17:00; PH off; Sa 09:00-10:00",
        "Mo-Fr,PH 09:00-17:00; PH off",
        "Th,Su 19:00-01:00; Fr,Sa 19:00-03:00; PH off",
        "PH off",
        "unknown",
    ],
)
def test_hours_that_cannot_be_relied_on_are_refused(text: str) -> None:
    with pytest.raises(HoursError):
        Hours.of(text)
