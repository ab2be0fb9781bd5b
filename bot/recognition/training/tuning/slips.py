"""Messages as a shaking thumb types them: each time a message is shown in training, it may be spelt a little worse."""

import random
import re

_STOPS = re.compile(r"[.,!?;]")
_BESIDE = {
    "a": "sq", "b": "vn", "c": "xv", "d": "sf", "e": "wr", "f": "dg", "g": "fh", "h": "gj", "i": "uo", "j": "hk",
    "k": "jl", "l": "ko", "m": "n", "n": "bm", "o": "ip", "p": "o", "q": "wa", "r": "et", "s": "ad", "t": "ry",
    "u": "yi", "v": "cb", "w": "qe", "x": "zc", "y": "tu", "z": "x",
}  # fmt: skip
"""The keys left and right of each on an English keyboard."""

_AS_WRITTEN = 0.35
_WITHOUT_CARE = 0.4
_WITHOUT_STOPS = 0.3
_SLIP = 0.05
_SHORTEST = 4


def slipped(text: str, chance: random.Random) -> str:
    """Return the text, or the text with capitals, apostrophes and stops dropped and a slip in one word in twenty."""
    if chance.random() < _AS_WRITTEN:
        return text
    if chance.random() < _WITHOUT_CARE:
        text = text.lower().replace("'", "").replace("’", "")
    if chance.random() < _WITHOUT_STOPS:
        text = _STOPS.sub("", text) or text
    return " ".join(_slip(word, chance) if chance.random() < _SLIP else word for word in text.split())


def _slip(word: str, chance: random.Random) -> str:
    """Drop, swap, double or replace one letter inside a word; short words stay."""
    if len(word) < _SHORTEST:
        return word
    at = chance.randrange(1, len(word) - 1)
    before, letter, after = word[:at], word[at], word[at + 1 :]
    beside = chance.choice(_BESIDE.get(letter.lower(), letter))
    return chance.choice((before + after, before + after[0] + letter + after[1:], before + letter * 2 + after,
                          before + beside + after))  # fmt: skip
