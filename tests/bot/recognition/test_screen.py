"""The safety screen on its reviewed examples, on leaving and arriving, and on anything at all."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.recognition.canonical import LONGEST_READ, Canonical
from bot.recognition.patterns import Pattern, load_patterns, load_spellings
from bot.recognition.screen import UNSCREENED_REST, Screen
from tests.bot.recognition.conftest import DATA

PATTERNS = load_patterns(DATA, Canonical(load_spellings(DATA)))
SCREEN = Screen.load(DATA)  # hypothesis runs a test many times on one fixture
MUST = [pytest.param(p, text, id=f"{p.id}: {text}") for p in PATTERNS for text in p.must]
MUST_NOT = [pytest.param(p, text, id=f"{p.id}: {text}") for p in PATTERNS for text in p.must_not]


@pytest.mark.parametrize(("pattern", "text"), MUST)
def test_a_pattern_matches_what_it_must(screen: Screen, pattern: Pattern, text: str) -> None:
    hit = screen.read(text)
    assert pattern.id in hit.cues
    assert hit.leaving or not pattern.leaving
    if pattern.danger:
        assert hit.risk == "immediate"
        assert hit.danger


@pytest.mark.parametrize(("pattern", "text"), MUST_NOT)
def test_a_pattern_leaves_alone_what_it_must_not_match(screen: Screen, pattern: Pattern, text: str) -> None:
    assert pattern.id not in screen.read(text).cues


@pytest.mark.parametrize(
    ("text", "leaving", "danger", "arriving_only"),
    [
        ("gtg hes back", True, "attack", True),
        ("hes here bye", True, "attack", True),
        ("got to go hes coming up the stairs", True, "attack", True),
        ("hes back", False, "attack", True),
        ("hes outside", False, "attack", True),
        ("gtg call police he has a knife", True, "attack", False),
        ("hes here hes got a knife bye", True, "attack", False),
        ("cant talk bye", True, None, False),
        ("gtg", True, None, False),
        ("thanks bye", True, None, False),
        ("stop", True, None, False),
        ("cant talk", False, "attack", False),
        ("HELP", False, "attack", False),
        ("INFO", False, "attack", False),
        ("999", False, "attack", False),
        ("55", False, "attack", False),
        ("police", False, "attack", False),
        ("i took all my tablets", False, "medical", False),
        ("she wont wake up", False, "medical", False),
        ("i think ive been spiked", False, "spiked", False),
        ("someone is following me", False, "attack", False),
        ("hello", False, None, False),
    ],
)
def test_leaving_and_arriving_are_told_apart(
    screen: Screen, text: str, leaving: bool, danger: str | None, arriving_only: bool
) -> None:
    hit = screen.read(text)
    assert (hit.leaving, hit.danger, hit.arriving_only) == (leaving, danger, arriving_only)


@pytest.mark.parametrize(
    "text",
    [
        "my feet are killing me",
        "hes outside with the shopping",
        "he's back from work lol putting tea on",
        "she'll kill me if im late for tea",
        "i could murder a curry",
        "cant talk im in a meeting",
        "dying of laughter at this episode",
        "the dog wont wake up till noon",
        "he smashed it in the match",
        "help with my council tax",
        "i took two paracetamol for a headache",
        "the police came to our school fair",
        "he went spare at christmas",
    ],
)
def test_everyday_talk_raises_no_alarm(screen: Screen, text: str) -> None:
    hit = screen.read(text)
    assert (hit.risk, hit.danger, hit.concerns) == ("none", None, ())


def test_strangling_told_as_past_is_high_and_not_danger_now(screen: Screen) -> None:
    hit = screen.read("he strangled me last week")
    assert (hit.risk, hit.danger) == ("high", None)
    assert "domestic_abuse" in hit.concerns


def test_his_suicide_as_a_threat_is_control_and_not_her_own(screen: Screen) -> None:
    hit = screen.read("he says hell kill himself if i leave")
    assert hit.concerns == ("coercive_control",)
    assert hit.danger is None


def test_a_call_for_help_asks_for_a_person(screen: Screen) -> None:
    assert screen.read("help").requests == ("talk_to_person",)


def test_what_was_too_long_to_read_counts_as_possible_danger(screen: Screen) -> None:
    hit = screen.read("la " * LONGEST_READ)
    assert (hit.risk, hit.cues) == ("high", (UNSCREENED_REST,))


def test_danger_at_the_start_of_a_long_text_is_found(screen: Screen) -> None:
    hit = screen.read("he has a knife " + "la " * LONGEST_READ)
    assert hit.danger == "attack"
    assert UNSCREENED_REST in hit.cues


@pytest.mark.parametrize("line", ["hes outside ", "a b c ", "x", "asdkjhqwe ", "\ufdfa"])
def test_of_a_line_of_100_kb_only_so_much_is_read(screen: Screen, line: str) -> None:
    text = (line * 100_000)[:100_000]
    assert UNSCREENED_REST in screen.read(text).cues
    assert sum(map(len, screen.words(text))) <= 2 * LONGEST_READ


def test_words_of_messages_do_not_stay_in_memory(screen: Screen) -> None:
    screen.read("zyzzogeton quibblesnort")
    kept = screen._vocab.strings
    assert "zyzzogeton" not in kept
    assert "quibblesnort" not in kept


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=300))
def test_any_text_can_be_read(text: str) -> None:
    hit = SCREEN.read(text)
    assert (hit.danger is not None) == (hit.risk == "immediate")


@settings(max_examples=150, deadline=None)
@given(
    st.sampled_from(["hes outside", "she wont wake up", "hes got a knife"]),
    st.lists(st.sampled_from([str.upper, str.lower, "{}\u0301".format, "{}\u200d".format]), min_size=20, max_size=20),
)
def test_capitals_accents_and_hidden_characters_change_nothing(
    text: str, disguises: list[Callable[[str], str]]
) -> None:
    disguised = "".join(disguise(letter) for disguise, letter in zip(disguises, text, strict=False))
    assert SCREEN.read(disguised).cues == SCREEN.read(text).cues
