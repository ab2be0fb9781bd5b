"""The content check: silent on the reviewed data, and one clear line for each thing that is wrong."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.recognition.training.check import check
from bot.recognition.training.dataset import key, read
from tests.bot.recognition.conftest import DATA

Change = Callable[[dict[str, Any]], object]


@pytest.fixture
def data(tmp_path: Path) -> Path:
    for part in ("nlu", "labels", "screen"):
        shutil.copytree(DATA / part, tmp_path / part)
    return tmp_path


def test_the_reviewed_data_are_in_order() -> None:
    assert check(DATA) == []
    assert len(read(DATA)) > 8000


def test_a_message_without_labels_and_a_double_are_named(data: Path) -> None:
    with (data / "nlu" / "everyday.yml").open("a", encoding="utf-8") as file:
        file.write("    - nobody has labelled this one yet\n    - Nobody has  labelled this one yet\n")
    problems = check(data)
    unlabelled = key("nobody has labelled this one yet")[:12]
    assert f"nlu: other: a message without labels ({unlabelled})" in problems
    assert any(problem.startswith("nlu: the same message 2 times") for problem in problems)
    assert not any("nobody" in problem.casefold() for problem in problems)


def test_an_unknown_intent_and_too_few_messages_are_named(data: Path) -> None:
    path = data / "nlu" / "self_harm.yml"
    path.write_text(path.read_text(encoding="utf-8").replace("self_harm_suicide", "sadness"), encoding="utf-8")
    problems = check(data)
    assert "nlu: unknown intent sadness" in problems
    assert "nlu: self_harm_suicide: 0 messages, needs 400" in problems


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda record: record.update(risk="mild"), "unknown risk mild"),
        (lambda record: record.update(risk="none", danger=None), "but has no risk"),
        (lambda record: record.update(danger="fire"), "unknown danger fire"),
        (lambda record: record.update(risk="immediate", danger=None), "go together"),
        (lambda record: record.update(also=["sadness"]), "unknown name sadness"),
        (lambda record: record.update(batch=""), "no batch"),
        (lambda record: record.update(second=None), "no second reading"),
        (lambda record: record["second"].update(names=["sadness"]), "second reading has an unknown name"),
        (lambda record: record.update(key="0" * 64), "labels of no message"),
    ],
)
def test_a_wrong_label_is_named(data: Path, change: Change, said: str) -> None:
    path = data / "labels" / "self_harm.jsonl"
    first, *rest = path.read_text(encoding="utf-8").splitlines()
    record = json.loads(first)
    change(record)
    path.write_text("\n".join([json.dumps(record), *rest]), encoding="utf-8")
    assert any(said in problem for problem in check(data))


def test_labels_given_twice_are_named(data: Path) -> None:
    path = data / "labels" / "self_harm.jsonl"
    lines = path.read_text(encoding="utf-8").splitlines()
    path.write_text("\n".join([*lines, lines[0]]), encoding="utf-8")
    assert any("labelled 2 times" in problem for problem in check(data))


def test_a_pattern_that_misses_its_own_example_is_named(data: Path) -> None:
    path = data / "screen" / "patterns" / "arriving.yml"
    entries = yaml.safe_load(path.read_text(encoding="utf-8"))
    entries[0].update(must=["lovely weather"], must_not=["hes outside"])
    path.write_text(yaml.safe_dump(entries), encoding="utf-8")
    problems = check(data)
    assert "screen: outside: must match: lovely weather" in problems
    assert "screen: outside: must not match: hes outside" in problems


def test_a_screen_that_cannot_be_loaded_is_a_problem_and_no_crash(data: Path) -> None:
    (data / "screen" / "patterns" / "arriving.yml").write_text("[", encoding="utf-8")
    assert any(problem.startswith("screen: arriving.yml") for problem in check(data))
