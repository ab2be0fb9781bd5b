"""What people type, and the plain words that the patterns are written in."""

from __future__ import annotations

import pytest

from bot.recognition.canonical import LONGEST_READ
from bot.recognition.patterns import load_spellings
from bot.recognition.screen import Screen
from bot.recognition.training.guard import guarded, ordinary_words
from tests.bot.recognition.conftest import DATA


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("hes outside", "hes outside"),
        ("he's outside", "hes outside"),
        ("he’s outside", "hes outside"),
        ("He is outside.", "hes outside"),
        ("HES OUTSIDE!!!", "hes outside"),
        ("hes outsideeeee", "hes outside"),
        ("hes  oustide", "hes outside"),
        ("hesoutside", "hes outside"),
        ("hеs оutside", "hes outside"),  # Cyrillic letters
        ("hés oütside", "hes outside"),
        ("hes out\u200bside", "hes outside"),
        ("hes just literally outside", "hes outside"),
        ("my ex is outside", "hes outside"),
        ("my husbands outside", "hes outside"),
        ("cant talk", "cant talk"),
        ("can not talk", "cant talk"),
        ("cnt tlk", "cant talk"),
        ("CANT TAAALK", "cant talk"),
        ("i am scared", "im scared"),
        ("imscared", "im scared"),
        ("im frightened", "im scared"),
        ("he has got a nife", "hes got knife"),
        ("h e l p", "help"),
        ("heeelp", "help"),
        ("hlp plz", "help"),
        ("hes follwing me", "hes following me"),
        ("kn1fe", "knife"),
        ("he r*ped me", "he raped me"),
        ("gtg", "gotta go"),
        ("got to go", "gotta go"),
        ("took all my paracetemol", "took all my pills"),
        ("", ""),
        ("🙂 ... ?!", ""),
    ],
)
def test_the_canonical_form(screen: Screen, typed: str, read: str) -> None:
    assert " ".join(screen.words(typed)) == read


@pytest.mark.parametrize(
    "ordinary",
    ["the therapist rang", "cancelled", "a hunting dog", "stunning shoes", "my feet", "struggled home", "bus 55"],
)
def test_ordinary_words_are_not_mended_into_alarming_ones(screen: Screen, ordinary: str) -> None:
    read = set(screen.words(ordinary))
    assert not read & {"rapist", "catcalled", "hurting", "strangled", "stabbing", "help", "hitting"}


def test_digits_that_are_numbers_stay_numbers(screen: Screen) -> None:
    assert screen.words("999 or 55") == ["999", "or", "55"]


def test_only_the_first_part_of_a_long_text_is_read(screen: Screen) -> None:
    assert len(screen.words("ab " * LONGEST_READ)) <= LONGEST_READ / 3 + 1


def test_the_guard_list_holds_every_ordinary_word_that_the_screen_would_change() -> None:
    missing = set(guarded(DATA, ordinary_words())) - load_spellings(DATA).common
    assert not missing, "run: python -m bot.recognition.training.guard"
