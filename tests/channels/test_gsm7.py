"""SMS: the alphabet, segments, and one message of at most two of them."""

from __future__ import annotations

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.conversation.messages import Choice
from channels import gsm7

YES_NO = (Choice("Yes", "Yes"), Choice("No", "No"))
URDU = "\u06c1\u0645 \u0622\u067e \u06a9\u06cc \u0645\u062f\u062f"


@pytest.mark.parametrize(
    ("written", "sent"),
    [
        ("It\u2019s \u201chere\u201d", 'It\'s "here"'),
        ("Mon\u2013Fri \u2014 free", "Mon-Fri - free"),
        ("wait\u2026", "wait..."),
        ("a\u00a0b\u2009c", "a b c"),
        ("zero\u200bwidth\ufeff", "zerowidth"),
        ("soft\u00adhyphen", "softhyphen"),
        ("caf\u00e9 na\u00efve", "caf\u00e9 naive"),
        ("e\u0301te\u0301", "\u00e9t\u00e9"),
        ("\u0141\u00f3d\u017a", "Lodz"),
        ("\u00bd hour", "1/2 hour"),
        ("\u2022 one", "- one"),
        ("ok \U0001f600 \u2764\ufe0f", "ok  "),
        ("\u00a35 \u20ac3", "\u00a35 \u20ac3"),
        ("C\u0430ll n\u043ew", "Call now"),  # two Cyrillic letters, pasted in
        ("\x1bescape\x07", "escape"),
        ("two\r\nlines", "two\nlines"),
        ("see \u5e73", "see ?"),
    ],
)
def test_look_alikes_come_back(written: str, sent: str) -> None:
    assert gsm7.to_gsm7(written) == sent


@pytest.mark.parametrize(
    ("text", "units", "segments"),
    [
        ("", 0, 1),
        ("a" * 160, 160, 1),
        ("a" * 161, 161, 2),
        ("a" * 306, 306, 2),
        ("a" * 307, 307, 3),
        ("\u20ac" * 80, 160, 1),
        ("\u20ac" * 81, 162, 2),
        ("[]{}~^|\\\f", 18, 1),
        ("a" * 152 + "\u20ac" + "a" * 152, 306, 3),  # the two septets of the sign are not torn apart
        ("\u0645" * 70, 70, 1),
        ("\u0645" * 71, 71, 2),
        ("\u0645" * 134, 134, 2),
        ("\u0645" * 135, 135, 3),
        ("\u0645" * 66 + "\U0001f600" + "\u0645" * 66, 134, 3),  # nor the two halves of an emoji
    ],
)
def test_counting(text: str, units: int, segments: int) -> None:
    assert gsm7.units(text) == units
    assert gsm7.segments(text) == segments


def test_choices_are_numbered_lines() -> None:
    assert gsm7.fit("OK to text?", YES_NO) == "OK to text?\n1 Yes\n2 No"


def test_a_long_text_gives_way_at_a_word_before_the_choices() -> None:
    fitted = gsm7.fit("word " * 100, YES_NO)
    assert fitted.endswith(" word\n1 Yes\n2 No")
    assert gsm7.segments(fitted) == 2


def test_another_script_stays_unicode_in_two_segments() -> None:
    fitted = gsm7.fit(f"{URDU} \U0001f600 999")
    assert fitted == f"{URDU}  999"
    assert gsm7.encoding(fitted) == "ucs2"
    assert gsm7.segments(gsm7.fit((URDU + " ") * 40)) == 2


ANY_TEXT = st.one_of(
    st.text(max_size=500),
    st.text(alphabet=string.ascii_letters + " \n\u20ac[]\u2019\u2013", max_size=500),
    st.text(alphabet="\u0645\u062f \u0622", max_size=300),
)


@given(ANY_TEXT, st.lists(st.text(min_size=1, max_size=200), max_size=5))
def test_one_message_of_at_most_two_segments_whatever_comes(text: str, titles: list[str]) -> None:
    fitted = gsm7.fit(text, [Choice(title, title) for title in titles])
    assert gsm7.segments(fitted) <= 2
    assert fitted == fitted.strip()


@given(
    st.text(alphabet=string.ascii_letters + " ", max_size=200),
    st.lists(st.text("abc", min_size=1, max_size=12), max_size=4),
)
def test_what_fits_is_sent_as_it_is(text: str, titles: list[str]) -> None:
    fitted = gsm7.fit(text, [Choice(title, title) for title in titles])
    assert fitted == "\n".join([text.strip(), *(f"{n} {title}" for n, title in enumerate(titles, 1))]).strip()


@given(st.text(max_size=300))
def test_the_alphabet_is_kept(text: str) -> None:
    brought = gsm7.to_gsm7(text)
    assert gsm7.encoding(brought) == "gsm7"
    assert gsm7.to_gsm7(brought) == brought


@given(ANY_TEXT)
def test_no_fewer_segments_than_the_units_need(text: str) -> None:
    kind = gsm7.encoding(text)
    count, units = gsm7.segments(text), gsm7.units(text)
    if count == 1:
        assert units <= gsm7.SINGLE[kind]
    else:
        assert count * gsm7.JOINED[kind] >= units > gsm7.SINGLE[kind]
        assert (count - 1) * (gsm7.JOINED[kind] - 1) < units
