"""Postcodes among words: what is taken for one, and how firmly."""

import pytest

from bot.directory.postcodes import Postcode, Postcodes

POSTCODES = Postcodes(["KT1", "KT2", "KT10", "ME14", "SW19"], ["KT", "ME", "SW", "SE", "M", "B", "N", "E"])


@pytest.mark.parametrize(
    ("text", "outward", "length", "sure", "slang"),
    [
        ("kt1", "KT1", 1, True, False),
        ("kt1 1eu", "KT1", 2, True, False),
        ("kt11eu", "KT1", 1, True, False),
        ("kt11e", "KT1", 1, True, False),
        ("kt1 1", "KT1", 2, True, False),
        ("kt 1 1 e u", "KT1", 5, True, False),
        ("k t 1 2 a b", "KT1", 6, True, False),
        ("kt11", "KT11", 1, True, False),
        ("kt 11", "KT11", 2, True, False),
        ("kt10", "KT10", 1, True, False),
        ("kt1 0", "KT1", 2, True, False),
        ("ktl leu", "KT1", 2, True, False),
        ("sw19 5ab", "SW19", 2, True, False),
        ("me14", "ME14", 1, True, False),
        ("me 14", "ME14", 2, False, False),
        ("me 14 times", "ME14", 2, False, False),
        ("me14 1ly", "ME14", 2, True, False),
        ("se15", "SE15", 1, False, False),
        ("se15 4aa", "SE15", 2, True, False),
        ("m8", "M8", 1, False, True),
        ("m1 4bt", "M1", 2, False, False),
    ],
)
def test_read(text: str, outward: str, length: int, sure: bool, slang: bool) -> None:
    assert POSTCODES.at(text.split(), 0) == Postcode(outward, 0, length, sure, slang)


@pytest.mark.parametrize(
    "text", ["kt", "hello", "7", "1eu", "m 8", "m 1 4 b t", "zz1 1zz", "se 15", "kt1is", "sw", "me to", "abcdefgh1"]
)
def test_not_read(text: str) -> None:
    assert POSTCODES.at(text.split(), 0) is None


def test_reads_on_from_where_it_is_told() -> None:
    assert POSTCODES.at(["near", "kt2", "please"], 1) == Postcode("KT2", 1, 2, True)
