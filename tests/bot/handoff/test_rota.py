"""When a worker is on duty, and how that is said."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from bot.clock import LONDON
from bot.directory.hours import Hours
from bot.handoff.rota import Rota, RotaError, clock_words
from tests.bot.handoff.conftest import DATA


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=LONDON)


@pytest.fixture(scope="module")
def rota() -> Rota:
    return Rota.load(DATA)


@pytest.mark.parametrize(
    ("when", "is_open", "opens"),
    [
        pytest.param("2026-11-24T11:00", True, "today 11am", id="Tuesday at eleven"),
        pytest.param("2026-11-24T08:59", False, "today 9am", id="a minute before"),
        pytest.param("2026-11-24T09:00", True, "today 9am", id="on the hour"),
        pytest.param("2026-11-24T17:00", False, "tomorrow 9am", id="the end is closed"),
        pytest.param("2026-11-24T03:00", False, "today 9am", id="at night"),
        pytest.param("2026-11-20T18:00", False, "Monday 9am", id="Friday evening"),
        pytest.param("2026-12-25T11:00", False, "Tuesday 9am", id="Christmas, then Boxing Day made up for"),
        pytest.param("2027-01-01T11:00", False, "Monday 9am", id="New Year's Day"),
        pytest.param("2026-04-02T18:00", False, "Tuesday 9am", id="before Good Friday and Easter Monday"),
        pytest.param("2026-08-31T11:00", False, "tomorrow 9am", id="England's late August holiday"),
        pytest.param("2026-03-29T01:30", False, "tomorrow 9am", id="an hour that the clocks skip"),
    ],
)
def test_the_hours_and_the_next_opening(rota: Rota, when: str, is_open: bool, opens: str) -> None:
    assert rota.is_open(at(when)) is is_open
    assert rota.opens_words(at(when)) == opens


def test_a_shift_says_when_it_ends_and_only_while_it_is_on(rota: Rota) -> None:
    assert rota.closes(at("2026-11-24T11:00")) == at("2026-11-24T17:00")
    assert rota.closes(at("2026-11-24T18:00")) is None


def test_an_opening_further_away_carries_its_date() -> None:
    rota = Rota(Hours.of("Mo 09:00-12:00; PH off"))
    assert rota.opens_words(at("2026-12-21T13:00")) == "Monday 4 January 9am"


@pytest.mark.parametrize(
    ("hours", "words"),
    [
        ("Mo-Fr 09:00-17:00; PH off", "Mon to Fri, 9am to 5pm"),
        ("Mo-Su 18:00-02:00; PH off", "Mon to Sun, 6pm to 2am"),
        ("Mo-We 09:00-12:00,13:00-17:30; PH off", "Mon to Wed, 9am to noon and 1pm to 5.30pm"),
        ("Mo-Fr 09:00-17:00; Sa 10:00-13:00; PH off", "Mon to Fri, 9am to 5pm; Sat, 10am to 1pm"),
        ("Mo-Fr 00:00-24:00; PH off", "Mon to Fri, all day"),
        ("24/7", "day and night, every day"),
        ("off; PH off", "no date set"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("day", ["2026-11-24", "2026-12-23", "2026-04-01"])
def test_the_words_tell_an_ordinary_week_also_around_bank_holidays(hours: str, words: str, day: str) -> None:
    assert Rota(Hours.of(hours)).words(at(f"{day}T11:00")) == words


def test_a_night_shift_ends_on_the_next_day() -> None:
    rota = Rota(Hours.of("Mo-Su 18:00-02:00; PH off"))
    assert rota.is_open(at("2026-11-25T01:00"))
    assert rota.closes(at("2026-11-24T23:00")) == at("2026-11-25T02:00")


def test_hours_that_never_end_or_never_begin() -> None:
    assert Rota(Hours.of("24/7")).closes(at("2026-11-24T11:00")) is None
    assert Rota(Hours.of("off; PH off")).next_opening(at("2026-11-24T11:00")) is None
    assert Rota(Hours.of("off; PH off")).opens_words(at("2026-11-24T11:00")) == "no date set"


@pytest.mark.parametrize(
    ("time", "words"), [("09:00", "9am"), ("12:00", "noon"), ("00:00", "midnight"), ("17:30", "5.30pm")]
)
def test_a_time_of_day_in_words(time: str, words: str) -> None:
    assert clock_words(at(f"2026-11-24T{time}")) == words


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("status: draft\n", "hours: is missing"),
        ("hours: [9, 17]\n", "hours: is missing"),
        ("hours: 'Mo-Fr 09:00-17:00'\n", "hours: say what holds on bank holidays"),
        ("hours: 'nine to five; PH off'\n", "hours: these are not opening hours"),
        ("hours: [\n", "cannot be read"),
    ],
)
def test_a_rota_that_cannot_be_used_is_named(tmp_path: Path, text: str, problem: str) -> None:
    (tmp_path / "rota.yml").write_text(text)
    with pytest.raises(RotaError, match=rf"rota\.yml: {problem}"):
        Rota.load(tmp_path)


def test_a_rota_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(RotaError, match="cannot be read"):
        Rota.load(tmp_path)
