"""Places as people type them, in and outside sentences: nearly all right, and nothing read where there is none."""

from __future__ import annotations

import json

import pytest

from bot.directory.gazetteer import Gazetteer
from tests.bot.recognition.conftest import DATA, ROOT

TABLE = [json.loads(line) for line in (ROOT / "tests/data/places.jsonl").read_text(encoding="utf-8").splitlines()]


@pytest.fixture(scope="module")
def wrong() -> list[tuple[str, str | None, str | None]]:
    gazetteer = Gazetteer.load(DATA)
    said = [(row["text"], row["id"], gazetteer.mention(row["text"])) for row in TABLE]
    return [(text, wanted, got.id if got else None) for text, wanted, got in said if (got and got.id) != wanted]


def test_nearly_all_are_right(wrong: list[tuple[str, str | None, str | None]]) -> None:
    assert len(wrong) <= 0.03 * len(TABLE), wrong


def test_none_is_read_where_there_is_none(wrong: list[tuple[str, str | None, str | None]]) -> None:
    assert [row for row in wrong if row[1] is None] == []
