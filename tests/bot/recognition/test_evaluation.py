"""A floor under what is found in messages never trained on. Not the goal: `make` fails only if something broke."""

from __future__ import annotations

import pytest

from bot.recognition.recogniser import Recogniser
from bot.recognition.training.dataset import read, read_held_out
from bot.recognition.training.evaluation.measures import MEASURES, Seen, measure
from tests.bot.recognition.conftest import DATA, ROOT

HELD_OUT = ROOT / "tests" / "data" / "heldout.jsonl"
AT_LEAST = {
    "disclosure found": 0.96,
    "danger now found": 0.95,
    "right kind of danger": 0.88,
    "right concern first": 0.78,
    "right concern in first three": 0.92,
    "right request first": 0.80,
    "right social act": 0.78,
}
AT_MOST = {
    "false disclosure, everyday talk": 0.08,
    "false danger, everyday talk": 0.03,
    "false request, everyday talk": 0.06,
    "false exit, all but exits": 0.02,
    "false disclosure, requests": 0.07,
    "false disclosure, small talk": 0.06,
}


@pytest.fixture(scope="module")
def shares(recogniser: Recogniser) -> dict[str, float]:
    examples = read_held_out(HELD_OUT)
    seen = [Seen.of(recogniser.recognise(example.text)) for example in examples]
    return {name: share.value for name, share in measure(examples, seen).items()}


@pytest.mark.parametrize(("name", "floor"), AT_LEAST.items())
def test_enough_is_found(shares: dict[str, float], name: str, floor: float) -> None:
    assert shares[name] >= floor


@pytest.mark.parametrize(("name", "ceiling"), AT_MOST.items())
def test_false_alarms_are_few(shares: dict[str, float], name: str, ceiling: float) -> None:
    assert shares[name] <= ceiling


def test_no_held_out_message_was_trained_on() -> None:
    trained = {" ".join(example.text.casefold().split()) for example in read(DATA)}
    assert not [e for e in read_held_out(HELD_OUT) if " ".join(e.text.casefold().split()) in trained]


def test_every_measure_has_messages(shares: dict[str, float]) -> None:
    assert set(shares) == set(MEASURES)
    assert all(0 <= share <= 1 for share in shares.values())
