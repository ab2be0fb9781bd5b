"""The pattern files: how a line is expanded, and what is refused."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.recognition.canonical import Canonical
from bot.recognition.patterns import ScreenDataError, expand, load_patterns, load_spellings
from tests.bot.recognition.conftest import DATA


@pytest.fixture(scope="module")
def canonical() -> Canonical:
    return Canonical(load_spellings(DATA))


def test_a_line_stands_for_every_choice(canonical: Canonical) -> None:
    lines = expand("(hes|shes) (right|) <where>", {"where": ["outside", "at door"]}, canonical)
    assert {" ".join(line) for line in lines} == {
        f"{who}{right} {where}"
        for who in ("hes", "shes")
        for right in (" right", "")
        for where in ("outside", "at door")
    }


def test_a_named_group_may_stand_inside_a_choice(canonical: Canonical) -> None:
    assert expand("in (<room>|car)", {"room": ["loft"]}, canonical) == [("in", "loft"), ("in", "car")]


def test_choices_that_mean_the_same_are_one(canonical: Canonical) -> None:
    assert expand("(machete|knife)", {}, canonical) == [("knife",)]


@pytest.mark.parametrize("line", ["he (just|hit) me", "(a|b) " * 13])
def test_a_line_that_would_match_everything_or_explode_is_refused(canonical: Canonical, line: str) -> None:
    with pytest.raises(ValueError, match=r"filler|too many"):
        expand(line, {}, canonical)


GOOD = {
    "id": "one",
    "concern": "stalking_harassment",
    "risk": "immediate",
    "danger": "attack",
    "reason": "because",
    "patterns": ["hes outside"],
    "must": ["hes outside"],
}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"concern": "nonsense"}, "concern"),
        ({"risk": "mild"}, "risk"),
        ({"danger": None}, "danger"),
        ({"reason": ""}, "reason"),
        ({"must": []}, "examples"),
        ({"colour": "red"}, "colour"),
        ({"patterns": ["<nobody> outside"]}, "nobody"),
    ],
)
def test_a_wrong_entry_is_refused_by_name(tmp_path: Path, change: dict[str, Any], said: str) -> None:
    with pytest.raises(ScreenDataError, match=rf"wrong\.yml: one: .*{said}"):
        load(tmp_path, [{**GOOD, **change}])


def test_an_id_used_twice_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ScreenDataError, match="twice"):
        load(tmp_path, [GOOD, GOOD])


def test_no_patterns_at_all_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ScreenDataError, match="no patterns"):
        load(tmp_path, [])


def test_a_broken_file_is_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(ScreenDataError, match=r"wrong\.yml"):
        load(tmp_path, "[")


def test_a_spelling_that_stands_for_two_things_is_refused(tmp_path: Path) -> None:
    (tmp_path / "screen").mkdir()
    shutil.copy(DATA / "screen" / "common.txt", tmp_path / "screen")
    tables = yaml.safe_load((DATA / "screen" / "words.yml").read_text(encoding="utf-8"))
    tables["words"] = {"you": ["u"], "your": ["u"]}
    (tmp_path / "screen" / "words.yml").write_text(yaml.safe_dump(tables), encoding="utf-8")
    with pytest.raises(ScreenDataError, match="two things"):
        load_spellings(tmp_path)


def load(folder: Path, entries: Any) -> None:
    patterns = folder / "screen" / "patterns"
    patterns.mkdir(parents=True)
    (folder / "screen" / "groups.yml").write_text("he: [he, she]\n", encoding="utf-8")
    text = entries if isinstance(entries, str) else yaml.safe_dump(entries)
    (patterns / "wrong.yml").write_text(text, encoding="utf-8")
    load_patterns(folder, Canonical(load_spellings(DATA)))
