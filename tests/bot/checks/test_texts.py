from pathlib import Path

import pytest

from bot.checks import problems
from bot.checks.reading import too_hard
from bot.checks.texts import Text, wrong_with
from bot.conversation.messages import Choice
from bot.directory.directory import Directory

DATA = Path(__file__).parents[3] / "data"


@pytest.fixture(scope="module")
def directory() -> Directory:
    return Directory.load(DATA)


def test_nothing_is_wrong_with_what_is_shipped() -> None:
    assert problems(DATA) == []


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("x" * 307, "two segments"),
        ("You’re safe", "GSM-7"),
        ("Why did you stay?", "blames"),
        ("You should leave tonight.", "blames"),
        ("Sorry, I did not understand.", "blames"),
        ("A worker will ring you.", "promises"),
        ("This is completely private.", "promises"),
        ("It is anonymous.", "promises"),
        ("Reply YES to go on.", "phone networks take"),
        ("Text STOP to stop.", "phone networks take"),
        ("Ring 020 7946 0000.", "directory does not show"),
        ("Ring 020 8943 8188.", "directory does not show"),  # there, but unconfirmed
    ],
)
def test_a_wrong_text_is_found(directory: Directory, text: str, what: str) -> None:
    assert any(what in problem for problem in wrong_with(Text("here", text), directory))


def test_choices_count(directory: Directory) -> None:
    choices = tuple(Choice("Talk to a person", "x") for _ in range(3))
    assert list(wrong_with(Text("here", "x" * 290, choices), directory))
    assert not list(wrong_with(Text("here", "x" * 240, choices), directory))


def test_a_number_needs_a_source(directory: Directory) -> None:
    assert list(wrong_with(Text("here", "Ring 116 123.", has_source=False), directory))
    assert not list(wrong_with(Text("here", "Ring 116 123."), directory))


@pytest.mark.parametrize(
    "text",
    ["In danger, call 999 and press 55.", "A worker can try to ring. We cannot promise.", "To stop, text TULIP.",
     "Send it like 07700 900123.", "You do not have to report it."],
)  # fmt: skip
def test_a_right_text_passes(directory: Directory, text: str) -> None:
    assert list(wrong_with(Text("here", text), directory)) == []


HARD = "Organisational confidentiality obligations notwithstanding, multidisciplinary considerations predominate."


def test_words_that_a_child_could_not_read_are_found() -> None:
    (problem,) = too_hard([Text("lane.yml: a.text", HARD)])
    assert problem.startswith("lane.yml: a.text: reading age")


def test_a_path_is_read_as_a_whole() -> None:
    easy = "You can say no. You can stop. It is up to you. We are here. You can ask. You can go. That is fine too. " * 3
    assert not list(too_hard([Text("plans.yml: pets, step 1", easy), Text("plans.yml: pets, step 2", HARD)]))
    assert list(too_hard([Text("plans.yml: pets, step 1", HARD), Text("plans.yml: phone, step 1", easy)]))


def test_the_emergency_line_is_not_held_to_it() -> None:
    assert not list(too_hard([Text("lane.yml: emergency.attack", HARD)]))
