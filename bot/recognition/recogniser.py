"""One call, one result: the safety screen, the model and the gazetteer on one message. The higher risk wins."""

from collections.abc import Iterable, Mapping
from pathlib import Path

from bot.directory.gazetteer import Gazetteer
from bot.recognition.canonical import LONGEST_READ
from bot.recognition.encoder import Encoder
from bot.recognition.features import Reader
from bot.recognition.heads import DANGER, DISCLOSURE, HIGH, Heads
from bot.recognition.names import CONCERNS, DANGERS, REQUESTS, SOCIAL, higher_risk
from bot.recognition.patterns import load_spellings
from bot.recognition.result import Context, Recognition, Scored
from bot.recognition.screen import Screen, ScreenHit

__all__ = ["Context", "Recogniser", "Recognition", "Scored"]

_REVIEWED = 0.6
"""A name that a reviewed pattern gives is at least this sure; the model may be surer of another."""
_FRAGMENT_WORDS = 5
"""A message up to this long that says nothing alone is read together with her turn before it."""

NO_CONTEXT = Context()

Confidences = Mapping[str, float]


class Recogniser:
    """Understands messages; holds the screen, the model and the places. Stateless between messages."""

    def __init__(self, screen: Screen, reader: Reader, heads: Heads, gazetteer: Gazetteer) -> None:
        self._screen = screen
        self._reader = reader
        self._heads = heads
        self._gazetteer = gazetteer

    @classmethod
    def load(cls, models: Path, data: Path) -> "Recogniser":
        """Load `models/recognition/`, `data/screen/` and `data/places/`; takes about three seconds.

        Raises:
            ScreenDataError, DirectoryError: a data file is wrong.
            OSError: the model has not been trained.
        """
        folder = models / "recognition"
        heads = Heads.load(folder)
        reader = Reader(Encoder(folder), load_spellings(data).words)
        return cls(Screen.load(data), reader, heads, Gazetteer.load(data))

    def recognise(self, text: str, context: Context = NO_CONTEXT) -> Recognition:
        """Recognise one message of any length and content; what is beyond `LONGEST_READ` counts as high risk."""
        readable = _readable(text)
        hit = self._screen.read(readable)
        seen = self._confidences(readable)
        danger = hit.danger or self._danger(seen)
        concerns = self._concerns(seen, hit, danger is not None)
        requests = _ranked(self._held(seen, REQUESTS), seen, hit.requests)
        social = next((one.name for one in _ranked(self._held(seen, SOCIAL), seen, ())), None)
        if not (concerns or requests or danger):
            concerns = self._in_context(readable, context)
        return Recognition(
            text=text,
            kind=_kind(concerns, requests, social),
            concerns=concerns,
            risk=self._risk(seen, hit, danger, bool(concerns)),
            danger=danger,
            requests=requests,
            social=social,
            leaving=hit.leaving,  # a false exit would leave her alone: reviewed words only
            arriving_only=hit.arriving_only,
            place=self._gazetteer.mention(readable[:LONGEST_READ], context.expecting_place),
            cues=hit.cues,
        )

    def _confidences(self, text: str) -> Confidences:
        """Return every head's confidence; nothing for a text without a letter or digit."""
        if not any(character.isalnum() for character in text[:LONGEST_READ]):
            return {}
        return self._heads.confidences(self._reader.read(text))

    def _reaches(self, seen: Confidences, name: str) -> bool:
        return seen.get(name, 0.0) >= self._heads.limits[name]

    def _held(self, seen: Confidences, names: Iterable[str]) -> list[str]:
        return [name for name in names if self._reaches(seen, name)]

    def _danger(self, seen: Confidences) -> str | None:
        if not self._reaches(seen, DANGER):
            return None
        return max(DANGERS, key=lambda kind: seen[f"danger_{kind}"])

    def _concerns(self, seen: Confidences, hit: ScreenHit, danger: bool) -> tuple[Scored, ...]:
        held: list[str] = []
        if seen and (self._reaches(seen, DISCLOSURE) or (danger and not hit.requests)):
            held = self._held(seen, CONCERNS) or [max(CONCERNS, key=lambda name: seen[name])]
        return _ranked(held, seen, hit.concerns)

    def _in_context(self, text: str, context: Context) -> tuple[Scored, ...]:
        """Read a fragment ("since xmas", "both") in the light of her turn before it."""
        words = text.split()
        if not context.previous or not words or len(words) > _FRAGMENT_WORDS:
            return ()
        seen = self._confidences(_readable(f"{context.previous} {text}"))
        return self._concerns(seen, ScreenHit(), danger=False)

    def _risk(self, seen: Confidences, hit: ScreenHit, danger: str | None, disclosed: bool) -> str:
        if danger:
            return "immediate"
        if not disclosed:
            return hit.risk
        return higher_risk(hit.risk, "high" if self._reaches(seen, HIGH) else "standard")


def _readable(text: str) -> str:
    """Replace half characters (lone surrogates), which no tokenizer takes."""
    return text.encode("utf-8", "replace").decode()


def _ranked(held: Iterable[str], seen: Confidences, reviewed: Iterable[str]) -> tuple[Scored, ...]:
    scores = {name: seen[name] for name in held}
    for name in reviewed:
        scores[name] = max(seen.get(name, 0.0), _REVIEWED)
    return tuple(Scored(name, scores[name]) for name in sorted(scores, key=lambda name: -scores[name]))


def _kind(concerns: tuple[Scored, ...], requests: tuple[Scored, ...], social: str | None) -> str:
    if concerns:
        return "disclosure"
    if requests:
        return "request"
    return "social" if social else "other"
