"""The directory of services: what there is for a need, here and now."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from bot.directory.errors import DirectoryError
from bot.directory.gazetteer import Gazetteer
from bot.directory.hours import in_london
from bot.directory.nearest import SAFE_PLACE, Candidate, Question, Who, choose
from bot.directory.places import Areas, Place, load_areas, read_yaml, rows_of
from bot.directory.schema import NEEDS, Service, Shown
from bot.directory.why import PHRASES, say_why

_WHY = "why.yml"
_ANYBODY = Who()


@dataclass(frozen=True)
class Match:
    """A service that is worth naming, with what may be said and shown of it.

    `km`: as the crow flies, None for lines. `open`: None where nobody can say. `next_change`: London time, None
    where there is none or `open` is not known. `why`: a line of plain sentences.
    """

    service: Service
    km: float | None
    open: bool | None
    next_change: datetime | None
    route: str
    why: str
    shown: Shown = field(repr=False)


class Directory:
    """All services of a data folder."""

    def __init__(
        self, services: Mapping[str, Service], areas: Areas, gazetteer: Gazetteer, phrases: Mapping[str, str]
    ) -> None:
        self._services = services
        self._in_order = tuple(services.values())
        self._areas = areas
        self._phrases = phrases
        self.gazetteer = gazetteer

    @classmethod
    def load(cls, data: Path) -> Directory:
        """The directory of a data folder. DirectoryError, naming file, entry and field, where it cannot be used."""
        areas = load_areas(data / "places")
        services = dict(_load_services(data / "directory", areas))
        return cls(services, areas, Gazetteer.load(data), _load_phrases(data / "directory" / _WHY))

    def service(self, service_id: str) -> Service:
        """The service with this id, whatever its status. KeyError where there is none."""
        return self._services[service_id]

    @property
    def services(self) -> tuple[Service, ...]:
        """Every service, ended ones too, in the order of the files."""
        return self._in_order

    def unapproved(self, at: datetime) -> tuple[str, ...]:
        """Ids of the services that are shown with contacts which nobody has rung or opened yet."""
        return tuple(s.id for s in self._in_order if s.shown(at).reachable and s.approved is None)

    def overdue(self, at: datetime) -> tuple[str, ...]:
        """Ids of the services whose review is late. The safety floor is still shown, the others no longer are."""
        today = in_london(at).date()
        return tuple(s.id for s in self._in_order if s.review_by and s.review_by < today and s.status != "ended")

    def find(
        self,
        need: str,
        at: datetime,
        place: Place | None = None,
        location: tuple[float, float] | None = None,
        who: Who = _ANYBODY,
        limit: int = 5,
    ) -> list[Match]:
        """What to name for a need, best first, with a line that answers at all hours always among it.

        `need` is a concern, a request or `safe_place` (ValueError for anything else), `at` an aware time. `place` is
        what she named, `location` a pin in degrees, which wins. With neither, only lines for the whole country are
        found.
        """
        need = SAFE_PLACE if need == "safe_place" else need
        if need not in NEEDS:
            raise ValueError("not a concern, a request or safe_place")
        point = location or (place.point if place else None)
        question = Question(need, at, self._around(place, location), point, who)
        return [self._match(candidate) for candidate in choose(self._in_order, question, limit)]

    def _around(self, place: Place | None, location: tuple[float, float] | None) -> tuple[str, ...]:
        if location:
            return self._areas.around(self.gazetteer.nearest_area(*location))
        return self._areas.around(place.area, place.nation) if place else self._areas.around("england")

    def _match(self, candidate: Candidate) -> Match:
        service, at = candidate.service, candidate.question.at
        hours = service.opening if candidate.open is not None else None
        return Match(
            service=service,
            km=candidate.km,
            open=candidate.open,
            next_change=hours.next_change(at) if hours else None,
            route=service.route,
            why=say_why(
                candidate, self._phrases, self._areas.names.__getitem__, lambda other: self._services[other].name
            ),
            shown=candidate.shown,
        )


def _load_services(folder: Path, areas: Areas) -> Iterator[tuple[str, Service]]:
    found: dict[str, tuple[Service, Path]] = {}
    for path in sorted(folder.glob("*.yml")):
        if path.name == _WHY:
            continue
        for row in rows_of(path, read_yaml(path), "services"):
            service = _service(path, row, areas)
            if service.id in found:
                raise DirectoryError(path, service.id, "id", "used twice")
            found[service.id] = (service, path)
    for service, path in found.values():
        if service.through is not None and service.through not in found:
            raise DirectoryError(path, service.id, "through", "no such service")
        yield service.id, service


def _service(path: Path, row: dict[str, Any], areas: Areas) -> Service:
    try:
        return Service.model_validate(row, context={"areas": areas.names})
    except ValidationError as error:
        # pydantic's own text repeats what was typed, and that may be a number: only the place and the rule are kept
        first = error.errors(include_url=False, include_context=False, include_input=False)[0]
        entry = str(row.get("id") or row.get("name") or "an entry without id")
        where = ".".join(str(part) for part in first["loc"]) or "the entry"
        raise DirectoryError(path, entry, where, first["msg"].removeprefix("Value error, ")) from None


def _load_phrases(path: Path) -> dict[str, str]:
    phrases = read_yaml(path).get("phrases")
    if not isinstance(phrases, dict):
        raise DirectoryError(path, "the file", "phrases", "named sentences are wanted")
    for name in sorted(PHRASES ^ set(phrases)):
        raise DirectoryError(path, "phrases", str(name), "missing" if name in PHRASES else "not one that is used")
    return {name: str(sentence) for name, sentence in phrases.items()}
