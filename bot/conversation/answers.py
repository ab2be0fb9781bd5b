"""What a short answer means: a number, the words of a choice, a plain yes or no."""

from __future__ import annotations

import re

from bot.conversation.messages import Choice

_EDGE = re.compile(r"^[\s\W_]+|[\s\W_]+$")
_NUMBER = re.compile(r"(?:option|number|no|choice)?\s*([1-9])")

_YES = frozenset({"1", "yes", "y", "ye", "yeh", "yeah", "yea", "yep", "yup", "ok", "okay", "k", "sure", "fine", "aye"})
_NO = frozenset({"2", "no", "n", "nope", "nah", "naa", "not now", "no thanks", "no thank you", "dont", "not safe"})
_TAILS = (" please", " pls", " plz", " thanks", " thank you", " its ok", " ok", " its safe", " i can", " go on", " x")


def plain(text: str) -> str:
    """Lower case, single spaces, no apostrophes, nothing at the edges but letters and digits."""
    flat = text.casefold().replace("'", "").replace("’", "")
    return _EDGE.sub("", " ".join(flat.split()))


def chosen(text: str, choices: tuple[Choice, ...], also: tuple[Choice, ...] = ()) -> Choice | None:
    """The choice that she tapped, typed or numbered, of those offered last; of those in `also`, typed."""
    said = plain(text)
    for choice in (*choices, *also):
        if said in (plain(choice.title), plain(choice.value)):
            return choice
    number = _NUMBER.fullmatch(said)
    if number and int(number[1]) <= len(choices):
        return choices[int(number[1]) - 1]
    return None


def yes_or_no(text: str) -> bool | None:
    """A plain yes or no to the question that was just asked, else None."""
    said = plain(text)
    for tail in _TAILS:
        said = said.removesuffix(tail) or said
    if said in _YES:
        return True
    return False if said in _NO else None
