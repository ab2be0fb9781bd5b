"""Reading age: whether an eleven-year-old, or somebody too tired and frightened to read twice, can follow."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator

import textstat

from bot.checks.texts import NUMBER, Text

OLDEST = 11
"""Years. The partnership's own easy-read plan is the measure: this line aims at nine to eleven."""

SCHOOL_BEGINS = 5
"""Years that the Flesch-Kincaid grade leaves out."""

EXEMPT = re.compile(r": (emergency|floor|utter_floor)")
"""The emergency line: what to do is said in the words that the 999 operator will use."""

_FILLED_IN = re.compile(r"\{\w+\}")


def reading_age(text: str) -> float:
    """Years of age at which a text is read with ease; numbers to ring and what is filled in count as one short word."""
    return SCHOOL_BEGINS + float(textstat.flesch_kincaid_grade(_FILLED_IN.sub("it", NUMBER.sub("it", text))))


def too_hard(texts: Iterable[Text]) -> Iterator[str]:
    """One line for each path that takes an older reader. A path is what stands under one name, read as a whole."""
    paths: dict[str, list[str]] = defaultdict(list)
    for text in texts:
        if not EXEMPT.search(text.where):
            paths[text.path].append(text.text)
    for path, said in paths.items():
        age = reading_age(" ".join(said))
        if age > OLDEST:
            yield f"{path}: reading age {age:.0f}, more than {OLDEST}"
