"""Places as people type them, in and outside sentences: nearly all right, and nothing read where there is none."""

from __future__ import annotations

import json

import pytest

from bot.directory.gazetteer import Gazetteer
from tests.bot.recognition.conftest import DATA, ROOT

Wrong = list[tuple[str, str | None, str | None]]


@pytest.fixture(scope="module", params=["places", "places-second"])
def table(request: pytest.FixtureRequest) -> list[dict[str, str | None]]:
    """The second one was written by somebody who had seen neither the first nor the lists in `words.yml`."""
    lines = (ROOT / f"tests/data/{request.param}.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


@pytest.fixture(scope="module")
def wrong(table: list[dict[str, str | None]]) -> Wrong:
    gazetteer = Gazetteer.load(DATA)
    said = [(row["text"] or "", row["id"], gazetteer.mention(row["text"] or "")) for row in table]
    return [(text, wanted, got.id if got else None) for text, wanted, got in said if (got and got.id) != wanted]


def test_nearly_all_are_right(table: list[dict[str, str | None]], wrong: Wrong) -> None:
    assert len(wrong) <= 0.03 * len(table), wrong


def test_none_is_read_where_there_is_none(wrong: Wrong) -> None:
    assert [row for row in wrong if row[1] is None] == []
