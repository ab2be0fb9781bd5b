"""What recognition says of one message, in the shapes that others read."""

from dataclasses import dataclass, field
from typing import Any

from bot.directory.gazetteer import PlaceMention
from bot.recognition.names import OTHER

_ASKED_FOR_FIRST = ("talk_to_person", "find_safe_place")
_ANSWERS = ("affirm", "deny", "unsure")
_VERY_LIKELY, _LIKELY = 0.9, 0.6


@dataclass(frozen=True)
class Context:
    """What was going on when the message came: whether a place was just asked for, and her message before this."""

    expecting_place: bool = False
    previous: str | None = field(default=None, repr=False)


@dataclass(frozen=True)
class Scored:
    """A name and how sure we are of it, 0 to 1."""

    name: str
    confidence: float


@dataclass(frozen=True)
class Recognition:
    """One message, understood as far as it could be. Lists are ranked, best first."""

    text: str
    kind: str = OTHER
    """The first that holds of disclosure, request, social, other."""
    concerns: tuple[Scored, ...] = ()
    risk: str = "none"
    danger: str | None = None
    """Kind of danger now (attack, medical, spiked); None unless the risk is immediate."""
    requests: tuple[Scored, ...] = ()
    social: str | None = None
    leaving: bool = False
    """She says that she is going, or tells us to stop."""
    arriving_only: bool = False
    """The danger is somebody's arrival and nothing graver: with `leaving`, she is just getting away in time."""
    place: PlaceMention | None = None
    language: str = "en"
    cues: tuple[str, ...] = ()
    """Ids of the screen's patterns that held; never her words."""
    signs: tuple[Scored, ...] = ()
    """What the model alone saw that made it flag the message."""
    carried: bool = False
    """A fragment: the concerns are those of her message before it, which it adds to."""

    @property
    def why(self) -> tuple[str, ...]:
        """Why it was flagged, for a worker: the patterns, then what the model saw and how sure it is, in words."""
        return (*self.cues, *(f"{_sureness(sign.confidence)}_{sign.name}" for sign in self.signs))

    @property
    def intent(self) -> str:
        """The one name that the dialogue acts on."""
        if self.carried and self.social in _ANSWERS:
            return self.social
        asked = [request.name for request in self.requests]
        wanted = next((name for name in _ASKED_FOR_FIRST if name in asked[:1]), None)
        ranked = (wanted, *(one.name for one in (*self.concerns[:1], *self.requests[:1])), self.social, OTHER)
        return next(name for name in ranked if name)

    @property
    def confidence(self) -> float:
        """How sure we are of `intent`; 0 where nothing was recognised."""
        scores = [one.confidence for one in (*self.requests, *self.concerns) if one.name == self.intent]
        return scores[0] if scores else 1.0 if self.social else 0.0

    def as_json(self) -> dict[str, Any]:
        """Return the line that `quietword recognise` prints."""
        return {
            "text": self.text,
            "kind": self.kind,
            "concerns": _scores(self.concerns),
            "risk": self.risk,
            "requests": _scores(self.requests),
            "social": self.social,
            "place": {"text": self.place.text, "id": self.place.id} if self.place else None,
            "language": self.language,
        }

    def as_metadata(self) -> dict[str, Any]:
        """Return what the dialogue is told: names and confidences, nothing of her words but a place's name."""
        return {
            "intent": self.intent,
            "confidence": round(self.confidence, 3),
            "concern": self.concerns[0].name if self.concerns else None,
            "risk": self.risk,
            "danger": self.danger,
            "requests": [request.name for request in self.requests],
            "social": self.social,
            "place": {"id": self.place.id} if self.place else None,
            "language": self.language,
        }


def _sureness(confidence: float) -> str:
    return "very_likely" if confidence >= _VERY_LIKELY else "likely" if confidence >= _LIKELY else "possibly"


def _scores(ranked: tuple[Scored, ...]) -> list[dict[str, Any]]:
    return [{"name": one.name, "confidence": round(one.confidence, 3)} for one in ranked]
