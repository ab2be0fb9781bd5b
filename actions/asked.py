"""What was asked, as Rasa passes it on: when, near which place, about what."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from rasa_sdk import Tracker

from bot.clock import LONDON
from bot.directory.gazetteer import Gazetteer
from bot.directory.places import Place


@dataclass(frozen=True)
class Asked:
    """One message that an action answers. `pin` is in degrees, and wins over `place`."""

    now: datetime
    place: Place | None
    pin: tuple[float, float] | None
    concern: str | None
    danger: bool
    text: str = field(repr=False)
    on_web: bool
    plan: str | None
    """The step of a safety plan that she picked, as "pets/2"."""
    paused: str | None
    """The step that she read last."""

    @property
    def somewhere(self) -> bool:
        """Whether we know where to look for services."""
        return self.place is not None or self.pin is not None

    @classmethod
    def read(cls, tracker: Tracker, gazetteer: Gazetteer) -> Asked:
        """Reads the newest message; from earlier ones only a place and a concern. KeyError if it is no turn of ours.

        The time is the lane's, from the message: there is one clock.
        """
        metadata: dict[str, Any] = tracker.latest_message["metadata"]
        seen: dict[str, Any] = metadata.get("recognition") or {}
        pin = seen.get("location")
        place = (seen.get("place") or {}).get("id") or tracker.get_slot("place")
        return cls(
            now=datetime.fromisoformat(metadata["now"]).astimezone(LONDON),
            place=gazetteer.by_id(place) if place else None,
            pin=(pin["lat"], pin["lon"]) if pin else None,
            concern=seen.get("concern") or tracker.get_slot("concern"),
            danger=bool(seen.get("danger")),
            text=tracker.latest_message.get("text") or "",
            on_web=metadata.get("channel") == "web",
            plan=seen.get("plan"),
            paused=tracker.get_slot("plan"),
        )
