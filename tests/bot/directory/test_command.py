"""`quietword directory find`, from its arguments to its JSON."""

import argparse
import json
from pathlib import Path
from typing import Any

import pytest

from bot.directory.command import add_parser, london_time
from bot.directory.schema import NEEDS


@pytest.fixture
def run(data: Path, capsys: pytest.CaptureFixture[str]) -> Any:
    def command(*arguments: str, folder: Path = data) -> tuple[int, Any, str]:
        parser = argparse.ArgumentParser()
        add_parser(parser.add_subparsers(required=True), folder)
        args = parser.parse_args(["directory", "find", *arguments])
        status = args.run(args)
        out, err = capsys.readouterr()
        return status, json.loads(out) if out else None, err

    return command


def test_an_answer(run: Any) -> None:
    status, answer, err = run("kingston station", "--at", "2026-11-21T23:30", "--need", "safe_place", "--json")
    assert (status, err) == (0, "")
    assert answer["place"] == {"id": "kingston-station", "name": "Kingston station", "area": "kingston"}
    assert answer["results"][0]["id"] == "kingston-hospital-ae"
    assert answer["results"][0]["open"] is True
    for result in answer["results"]:
        assert list(result) == ["id", "name", "km", "open", "next_change", "route", "why"]


def test_a_change_has_its_offset(run: Any) -> None:
    _, answer, _ = run("maidstone", "--at", "2026-07-07T10:00", "--need", "domestic_abuse", "--json")
    assert answer["results"][0]["id"] == "maidstone-one-stop-shop"
    assert answer["results"][0]["next_change"] == "2026-07-07T11:30:00+01:00"


@pytest.mark.parametrize("place", ["mars", "the station", ""])
def test_a_place_that_is_not_known(place: str, run: Any) -> None:
    status, answer, _ = run(place, "--at", "2026-11-24T11:00", "--need", "domestic_abuse", "--json")
    assert status == 0
    assert answer["place"] is None
    assert "national-da-helpline" in [result["id"] for result in answer["results"]]


def test_outside(run: Any) -> None:
    _, answer, _ = run("leeds", "--at", "2026-11-24T11:00", "--need", "find_service", "--json")
    assert answer["place"]["area"] == "outside"


@pytest.mark.parametrize("need", ["safe_place", *sorted(NEEDS)])
def test_every_need_is_answered(need: str, run: Any) -> None:
    status, answer, _ = run("kt1", "--at", "2026-11-24T03:00", "--need", need)
    assert status == 0
    assert answer["results"]


@pytest.mark.parametrize("arguments", [["--need", "love"], ["--need", "safe_place", "--at", "teatime"]])
def test_arguments_that_are_wrong(arguments: list[str], run: Any) -> None:
    with pytest.raises(SystemExit) as stopped:
        run("kt1", "--at", "2026-11-24T03:00", *arguments)
    assert stopped.value.code == 2


def test_data_that_cannot_be_used(run: Any, tmp_path: Path) -> None:
    status, answer, err = run("kt1", "--at", "2026-11-24T03:00", "--need", "safe_place", folder=tmp_path)
    assert (status, answer) == (1, None)
    assert "areas.yml" in err


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-11-24T11:00", "2026-11-24T11:00:00+00:00"),
        ("2026-07-01T11:00", "2026-07-01T11:00:00+01:00"),
        ("2026-07-01T10:00Z", "2026-07-01T11:00:00+01:00"),
        ("2026-07-01T12:00+02:00", "2026-07-01T11:00:00+01:00"),
        ("2026-03-29T01:30", "2026-03-29T02:30:00+01:00"),  # does not exist: forward
        ("2026-10-25T01:30", "2026-10-25T01:30:00+01:00"),  # comes twice: the first
        ("2026-10-25T01:30+00:00", "2026-10-25T01:30:00+00:00"),
    ],
)
def test_london_time(text: str, moment: str) -> None:
    assert london_time(text).isoformat() == moment
