"""The table that `make evaluate` writes: right shares, honest intervals, and only between its marks."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from bot.recognition.training.dataset import Example
from bot.recognition.training.evaluation import page, pictures, rivals
from bot.recognition.training.evaluation.measures import MEASURES, Seen, interval, measure
from bot.recognition.training.fit import FalseAlarms
from bot.recognition.training.targets import NAMES

HIT = Example("he hits me", "domestic_abuse", "immediate", "attack", ("coercive_control",), "a")
TALK = Example("nice day", "other", "none", None, (), "a")
NOTHING = Seen(False, None, "none", (), (), None)


def test_shares_count_only_the_messages_that_they_are_about() -> None:
    found = Seen(True, "medical", "immediate", ("coercive_control", "domestic_abuse"), (), None)
    shares = measure([HIT, TALK, HIT], [found, NOTHING, NOTHING])
    assert (shares["disclosure found"].held, shares["disclosure found"].of) == (1, 2)
    assert (shares["danger now found"].held, shares["right kind of danger"].held) == (1, 0)
    assert (shares["right concern first"].held, shares["a right concern first"].held) == (0, 1)
    assert shares["right concern in first three"].held == 1
    assert (shares["false disclosure, everyday talk"].held, shares["false disclosure, everyday talk"].of) == (0, 1)
    assert shares["right request first"].of == 0


def test_an_interval_is_narrow_where_there_is_much_and_wide_where_there_is_little() -> None:
    few, many = interval([True, False] * 10), interval([True, False] * 1000)
    assert few[1] - few[0] > 3 * (many[1] - many[0])
    assert many[0] < 0.5 < many[1]
    assert interval([True] * 5) == (1.0, 1.0)
    assert np.isnan(interval([])[0])


def test_only_what_is_between_the_marks_is_written(tmp_path: Path) -> None:
    path = tmp_path / "page.md"
    path.write_text(f"before\n{page.BEGIN}\nold\n{page.END}\nafter\n", encoding="utf-8")
    page.write(path, page.table({"one": measure([HIT], [NOTHING])}))
    text = path.read_text(encoding="utf-8")
    assert text.startswith("before\n")
    assert text.endswith("\nafter\n")
    assert "old" not in text
    assert "| disclosure found | 0.000 (0.000–0.000) |" in text
    assert text.count("\n| ") == len(MEASURES) + 1
    path.write_text("no marks", encoding="utf-8")
    with pytest.raises(ValueError, match="marks"):
        page.write(path, "x")


def test_a_rival_is_read_with_limits_by_false_alarms() -> None:
    unseen = np.zeros((50, len(NAMES)))
    unseen[0, :] = 0.5  # one everyday message in fifty sounds like everything
    scores = np.zeros((2, len(NAMES)))
    scores[0, :] = 0.9
    seen = rivals.seen_with(scores, unseen, [TALK] * 50, FalseAlarms(disclosure=0.02, danger=0.02))
    assert seen[0].discloses
    assert seen[0].danger
    assert seen[1] == NOTHING


def test_pictures_are_drawn(tmp_path: Path) -> None:
    scores = np.linspace(0, 1, 40)
    pictures.confusion([("spiking", "spiking"), ("spiking", "")], tmp_path / "img" / "c.png")
    pictures.recall({"one": (scores, scores / 2)}, "title", tmp_path / "img" / "r.png")
    pictures.calibration({"one": (scores, scores > 0.5)}, tmp_path / "img" / "k.png")
    assert all((tmp_path / "img" / f"{name}.png").stat().st_size > 5000 for name in "crk")


def test_a_classifier_of_single_intents_has_no_notion_of_danger() -> None:
    seen = Seen.of_intents(["domestic_abuse", "find_service", "coercive_control", "greet"])
    assert (seen.discloses, seen.danger, seen.concerns) == (True, None, ("domestic_abuse", "coercive_control"))
    assert Seen.of_intents(["find_service", "greet"]).requests == ("find_service",)
    assert Seen.of_intents(["greet", "other"]).social == "greet"
