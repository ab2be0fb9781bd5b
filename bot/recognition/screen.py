"""The safety screen: what reviewed patterns find in one message, in well under a millisecond.

It needs `data/screen/` only: no model, no training, no other process. Literal phrases of canonical words are matched
with spaCy's `PhraseMatcher`, whose cost does not grow with the number of patterns.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from spacy.matcher import PhraseMatcher
from spacy.tokens import Doc
from spacy.vocab import Vocab

from bot.recognition.canonical import LONGEST_READ, Canonical, Spellings
from bot.recognition.names import higher_risk
from bot.recognition.patterns import Pattern, load_patterns, load_spellings

UNSCREENED_REST = "unscreened_rest"
"""Cue of a message that was too long to be read whole: what was not read counts as possible danger."""

_UNKNOWN = "\N{REPLACEMENT CHARACTER}"
_DANGER_ORDER = ("attack", "spiked", "medical")


@dataclass(frozen=True)
class ScreenHit:
    """What the screen found. `cues` are pattern ids, gravest first, never words of the message."""

    danger: str | None = None
    risk: str = "none"
    concerns: tuple[str, ...] = ()
    requests: tuple[str, ...] = ()
    leaving: bool = False
    arriving_only: bool = False
    """There is danger, and all of it is that somebody arrives or is there."""
    cues: tuple[str, ...] = ()


class Screen:
    """Reads messages with the patterns given; `load` takes the reviewed ones."""

    def __init__(self, patterns: Iterable[Pattern], canonical: Canonical) -> None:
        self._canonical = canonical
        self._patterns = {pattern.id: pattern for pattern in patterns}
        self._vocab = Vocab()
        self._known: set[str] = set()
        self._matcher = PhraseMatcher(self._vocab, attr="ORTH")
        self._unless = PhraseMatcher(self._vocab, attr="ORTH")
        for pattern in self._patterns.values():
            self._matcher.add(pattern.id, self._phrases(pattern.literals))
            if pattern.unless:
                self._unless.add(pattern.id, self._phrases(pattern.unless))

    @classmethod
    def load(cls, data: Path) -> "Screen":
        """Load the reviewed patterns under `data/screen/`; raises `ScreenDataError` if one is wrong."""
        spellings = load_spellings(data)
        patterns = load_patterns(data, Canonical(spellings))
        return cls(patterns, Canonical(spellings, vocabulary(patterns, spellings)))

    @property
    def patterns(self) -> list[Pattern]:
        """The patterns that it reads with."""
        return list(self._patterns.values())

    def words(self, text: str) -> list[str]:
        """Return the canonical words of a text, as the patterns see them."""
        return self._canonical.words(text)

    def read(self, text: str) -> ScreenHit:
        """Read the first `LONGEST_READ` characters of any text; a longer one is at least high risk."""
        hit = _hit(self._found(self.words(text)))
        if len(text) <= LONGEST_READ:
            return hit
        return replace(hit, risk=higher_risk(hit.risk, "high"), cues=(*hit.cues, UNSCREENED_REST))

    def _found(self, words: list[str]) -> list[Pattern]:
        doc = self._doc(words)
        matches = self._matcher(doc)
        if not matches:
            return []
        cancelled = {key for key, _, _ in self._unless(doc)}
        held: dict[str, Pattern] = {}
        for key, start, end in matches:
            pattern = self._patterns[self._vocab.strings[key]]
            rest = len(words) - (end - start)
            if key not in cancelled and (pattern.most_rest is None or rest <= pattern.most_rest):
                held[pattern.id] = pattern
        return list(held.values())

    def _phrases(self, literals: Iterable[tuple[str, ...]]) -> list[Doc]:
        self._known.update(word for literal in literals for word in literal)
        return [self._doc(literal) for literal in literals]

    def _doc(self, words: Sequence[str]) -> Doc:
        # spaCy's vocabulary keeps every word that it ever met: words that no pattern has are not shown to it.
        return Doc(self._vocab, words=[word if word in self._known else _UNKNOWN for word in words])


def vocabulary(patterns: Iterable[Pattern], spellings: Spellings) -> set[str]:
    """Return the words that slips are mended towards: those that a pattern or a join needs."""
    needed = {word for pattern in patterns for literal in (*pattern.literals, *pattern.unless) for word in literal}
    return needed | {word for words in spellings.joins for word in words}


def _hit(found: list[Pattern]) -> ScreenHit:
    risk = "none"
    for pattern in found:
        risk = higher_risk(risk, pattern.risk)
    found = sorted(found, key=lambda pattern: (pattern.risk != "immediate", pattern.risk != "high"))
    dangers = {pattern.danger for pattern in found}
    urgent = [pattern for pattern in found if pattern.danger]
    return ScreenHit(
        danger=next((danger for danger in _DANGER_ORDER if danger in dangers), None),
        risk=risk,
        concerns=tuple(dict.fromkeys(p.concern for p in found if p.concern)),
        requests=tuple(dict.fromkeys(p.request for p in found if p.request)),
        leaving=any(pattern.leaving for pattern in found),
        arriving_only=bool(urgent) and all(pattern.arriving for pattern in urgent),
        cues=tuple(pattern.id for pattern in found),
    )
