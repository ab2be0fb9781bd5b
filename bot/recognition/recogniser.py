"""One call, one result: the safety screen, the model and the gazetteer on one message. The higher risk wins."""

from collections.abc import Iterable, Mapping
from pathlib import Path

from bot.directory.gazetteer import Gazetteer
from bot.recognition.canonical import LONGEST_READ
from bot.recognition.encoder import Encoder
from bot.recognition.features import Reader
from bot.recognition.heads import DANGER, DISCLOSURE, HIGH, Heads
from bot.recognition.names import CONCERNS, DANGERS, EXIT, REQUESTS, SOCIAL, higher_risk
from bot.recognition.patterns import load_spellings
from bot.recognition.result import Context, Recognition, Scored
from bot.recognition.screen import Screen, ScreenHit

__all__ = ["Context", "Recogniser", "Recognition", "Scored"]

_REVIEWED = 0.8
"""A name that a reviewed pattern gives is at least this sure; the model may be surer of another."""
OWN_BEHAVIOUR = "own_behaviour"
_SURE_OF_OWN = 0.5
"""What somebody did and regrets reads like what they are about to do: there the model must be surer of danger."""
_BARE_WORDS = 2
_FRAGMENT_WORDS = 6
"""A message up to this long that says nothing alone is read together with her turn before it."""

_NO_FRAGMENT = ("greet", "thanks", "goodbye", "chit_chat", "insult_or_test", EXIT)
"""Small talk that adds nothing to what was told before it."""
_LIKELIEST = 3
"""Concerns that are named once something is disclosed: the right one shall be among them."""
_FAINT = 0.05
"""A fragment whose likeliest concern is less sure than this discloses nothing on its own."""
_WORTH_SAYING = 0.3
"""A concern that the model is less sure of than this is no reason that a worker is given."""
_SIGNS = {DANGER: "danger_now", HIGH: "high_risk"}

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
        seen = self.confidences(readable)
        danger = hit.danger or self._danger(seen)
        # A bare "help": what for, nobody knows yet.
        bare = bool(hit.requests) and len(readable.split()) <= _BARE_WORDS
        concerns = () if bare else self._concerns(seen, hit, danger is not None)
        acts = _ranked(self._held(seen, SOCIAL), seen, ())
        social = acts[0].name if acts else None
        # "Are you there" is a hello before it is a call for a person.
        likelier = [name for name in self._held(seen, REQUESTS) if not acts or seen[name] >= acts[0].confidence]
        requests = _ranked(likelier, seen, hit.requests)
        # "Since xmas" alone says a little of everything: her message before says what.
        plain = hit.cues or requests or danger or (concerns and concerns[0].confidence >= _WORTH_SAYING)
        carried = () if plain else self._in_context(readable, context, social)
        if carried or (not plain and _faint(readable, concerns)):
            concerns = ()
        return Recognition(
            text=text,
            kind=_kind(concerns or carried, requests, social),
            concerns=concerns or carried,
            risk=self._risk(seen, hit, danger, bool(concerns or carried)),
            danger=danger,
            requests=requests,
            social=social,
            leaving=hit.leaving,  # a false exit would leave her alone: reviewed words only
            arriving_only=hit.arriving_only,
            place=self._gazetteer.mention(readable[:LONGEST_READ], context.expecting_place),
            cues=hit.cues,
            signs=self._signs(seen, danger is not None, concerns),
            carried=bool(carried),
        )

    def confidences(self, text: str) -> Confidences:
        """Return every head's confidence for a text without half characters; nothing if it has no letter or digit."""
        if not any(character.isalnum() for character in text[:LONGEST_READ]):
            return {}
        return self._heads.confidences(self._reader.read(text))

    def _reaches(self, seen: Confidences, name: str) -> bool:
        return seen.get(name, 0.0) >= self._heads.limits[name]

    def _held(self, seen: Confidences, names: Iterable[str]) -> list[str]:
        return [name for name in names if self._reaches(seen, name)]

    def _danger(self, seen: Confidences) -> str | None:
        own = seen.get(OWN_BEHAVIOUR, 0.0) >= _WORTH_SAYING
        if not self._reaches(seen, DANGER) or (own and seen[DANGER] < _SURE_OF_OWN):
            return None
        return max(DANGERS, key=lambda kind: seen[f"danger_{kind}"])

    def _concerns(self, seen: Confidences, hit: ScreenHit, danger: bool) -> tuple[Scored, ...]:
        held: list[str] = []
        if seen and (self._reaches(seen, DISCLOSURE) or (danger and not hit.requests)):
            held = sorted(CONCERNS, key=lambda name: -seen[name])[:_LIKELIEST]
        return _ranked(held, seen, hit.concerns)

    def _signs(self, seen: Confidences, danger: bool, concerns: tuple[Scored, ...]) -> tuple[Scored, ...]:
        """Return what the model saw that a worker should know: danger or high risk, and the two likeliest concerns."""
        grave = [name for name in ((DANGER,) if danger else (HIGH,)) if concerns and self._reaches(seen, name)]
        named = [concern for concern in concerns[:2] if concern.confidence >= _WORTH_SAYING]
        return (*(Scored(_SIGNS[name], seen[name]) for name in grave), *named)

    def _in_context(self, text: str, context: Context, social: str | None) -> tuple[Scored, ...]:
        """Read a fragment or a question ("since xmas", "both", "is that normal?") in the light of what came before."""
        words = text.split()
        if not context.previous or not words or len(words) > _FRAGMENT_WORDS or social in _NO_FRAGMENT:
            return ()
        together = _readable(f"{context.previous} {text}")
        return self._concerns(self.confidences(together), self._screen.read(together), danger=False)

    def _risk(self, seen: Confidences, hit: ScreenHit, danger: str | None, disclosed: bool) -> str:
        if danger:
            return "immediate"
        if not disclosed:
            return hit.risk
        return higher_risk(hit.risk, "high" if self._reaches(seen, HIGH) else "standard")


def _readable(text: str) -> str:
    """Replace half characters (lone surrogates), which no tokenizer takes."""
    return text.encode("utf-8", "replace").decode()


def _faint(text: str, concerns: tuple[Scored, ...]) -> bool:
    return len(text.split()) <= _FRAGMENT_WORDS and all(concern.confidence < _FAINT for concern in concerns)


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
