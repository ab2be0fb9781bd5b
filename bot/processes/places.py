"""The safety floor's one question to the directory: the nearest safe place that is surely open."""

from __future__ import annotations

from datetime import datetime

from bot.conversation.messages import Location
from bot.directory.directory import Directory


class NearestPlaces:
    """Answers `bot.conversation.speaking.Places` from the directory."""

    def __init__(self, directory: Directory) -> None:
        self._directory = directory

    def open_near(self, place: str | None, location: Location | None, at: datetime) -> str | None:
        """Name and, where it is confirmed, telephone of the nearest safe place open at `at`; None if none is sure."""
        known = self._directory.gazetteer.by_id(place) if place else None
        pin = (location.lat, location.lon) if location else None
        if known is None and pin is None:
            return None
        for match in self._directory.find("safe_place", at, place=known, location=pin):
            if match.open is True and match.km is not None:
                phone = match.shown.phone
                return f"{match.service.name}, {phone}" if phone else match.service.name
        return None
