"""Text as it comes in."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels.text import clean, cut_at_word


@pytest.mark.parametrize(
    ("given_text", "kept"),
    [
        ("hes outside", "hes outside"),
        ("two\r\nlines", "two\nlines"),
        ("old\rmac", "old\nmac"),
        ("a\tb", "a b"),
        ("nul\x00bell\x07", "nulbell"),
        ("escape\x1b[31m", "escape[31m"),
        ("half \ud83d", "half \ufffd"),
        ("whole \ud83d\ude00", "whole \U0001f600"),
        ("\U0001f600", "\U0001f600"),
        ("", ""),
    ],
)
def test_what_is_kept(given_text: str, kept: str) -> None:
    assert clean(given_text) == kept


@given(st.text(alphabet=st.characters(), max_size=300))
def test_cleaned_text_can_be_stored(text: str) -> None:
    cleaned = clean(text)
    assert cleaned.encode().decode() == cleaned
    assert clean(cleaned) == cleaned


@given(st.text(alphabet="ab \n", max_size=60), st.integers(0, 70))
def test_a_cut_is_short_enough_and_ends_with_a_whole_word(text: str, fits: int) -> None:
    cut = cut_at_word(text, fits)
    assert len(cut) <= max(fits, 0)
    assert text.startswith(cut)
    if cut != text and cut.split()[1:]:
        assert text[len(cut)].isspace()
