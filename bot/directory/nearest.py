"""Which services to name for a need, and in what order.

First it is settled who is worth naming: what they are for, whom they take, whether they are for here. Then in what
order: those that people can go to themselves, open before unknown before closed, near before far.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.directory.places import distance_km
from bot.directory.schema import Service, Shown

SAFE_PLACE = "find_safe_place"
WALK_KM = 8.0
"""How far off a safe place may lie when it is in another borough."""

_POLICE = frozenset({"police", "reporting"})
_NO_LINE = _POLICE | {"online_tool", "emergency_department", "venue_scheme", "safe_zone"}
_OPEN_ORDER = {True: 0, None: 1, False: 2}
_ADULT, _GROWN_UP = 18, 26


@dataclass(frozen=True)
class Who:
    """What somebody has said of themselves: people tags of the directory, age in years. Never a guess."""

    tags: frozenset[str] = frozenset()
    age: int | None = None

    @property
    def all_tags(self) -> frozenset[str]:
        """The tags, with those that the age brings."""
        if self.age is None or self.age >= _GROWN_UP:
            return self.tags
        return self.tags | ({"under_18", "young_adult"} if self.age < _ADULT else {"young_adult"})


@dataclass(frozen=True)
class Question:
    """What is asked: a concern or request, when, from where and by whom.

    `around`: her area and those it lies within, smallest first. `point`: degrees, or None.
    """

    need: str
    at: datetime
    around: tuple[str, ...]
    point: tuple[float, float] | None
    who: Who


@dataclass(frozen=True)
class Candidate:
    """A service beside the question.

    `km` as the crow flies. `locality`: how many areas out from hers it is for, 0 being her own. `fit`: -1 asked
    for, 0 for anyone, 1 for women, 2 for people that we do not know her to be.
    """

    service: Service
    question: Question
    km: float | None
    open: bool | None
    locality: int
    fit: int
    shown: Shown

    @property
    def is_main(self) -> bool:
        """Whether the need is what the service is there for."""
        return self.question.need in self.service.main

    @property
    def is_open_to_her(self) -> bool:
        """Whether she can go to it without anybody in between."""
        professional = "professional" in self.question.who.tags and self.service.route == "professional"
        return self.service.route == "self" or professional

    @property
    def answers_at_all_hours(self) -> bool:
        """A line that answers day and night, and that may be shown."""
        hours = self.service.opening
        return (
            self.open is True
            and hours is not None
            and hours.always
            and self.service.route == "self"
            and self.service.kind not in _NO_LINE
            and bool(self.shown.phone or self.shown.text)
        )

    def worth(self) -> tuple[bool | int | float, ...]:
        """Sorts by how much it is worth being named. The police are named late unless asked for: help comes
        without reporting."""
        pressing = self.service.kind in _POLICE and self.question.need != "report_crime"
        return (
            not self.is_open_to_her,
            pressing,
            self.fit > 1,
            not self.is_main,
            self.fit,
            self.open is False,
            self.locality,
            not self.shown.reachable,
            self._far,
        )

    def order(self) -> tuple[bool | int | float, ...]:
        """Sorts for reading out."""
        return (
            not self.is_open_to_her,
            _OPEN_ORDER[self.open],
            self.question.need == SAFE_PLACE and self.km is None,
            self.fit > 1,
            not self.is_main,
            self.fit,
            self.locality,
            self._far,
        )

    @property
    def _far(self) -> float:
        return float("inf") if self.km is None else self.km


def choose(services: Sequence[Service], question: Question, limit: int) -> list[Candidate]:
    """The services worth naming, in order, at most `limit`, and always a line that answers at all hours."""
    ranked = sorted(_candidates(services, question), key=Candidate.worth)
    named = _one_per_number(ranked)[:limit]
    if not any(candidate.answers_at_all_hours for candidate in named):
        line = _line(services, question, ranked)
        if line:
            named = [*named[: limit - 1], line]
    return sorted(named, key=Candidate.order)


def _candidates(services: Iterable[Service], question: Question) -> list[Candidate]:
    weighed = (_weigh(service, question) for service in services if question.need in service.needs)
    return [candidate for candidate in weighed if candidate]


def _weigh(service: Service, question: Question) -> Candidate | None:
    """The service beside the question; None where it is not for her, or not for here."""
    if service.status == "ended" or not _takes(service, question.who):
        return None
    there = service.place.point if service.place else None
    km = round(distance_km(question.point, there), 1) if question.point and there else None
    near = question.need == SAFE_PLACE and km is not None and km <= WALK_KM
    locality = min((question.around.index(area) for area in service.areas if area in question.around), default=None)
    if locality is None and not near:
        return None
    return Candidate(
        service=service,
        question=question,
        km=km,
        open=service.open_at(question.at),
        locality=locality or 0,
        fit=_fit(service, question),
        shown=service.shown(question.at),
    )


def _takes(service: Service, who: Who) -> bool:
    people = frozenset(service.for_.people)
    if who.age is not None and service.for_.ages and not service.for_.ages.may_take(who.age):
        return False
    women_only = "women" in people and "anyone" not in people
    return not ("men" in who.tags and women_only and not people & who.all_tags)


def _fit(service: Service, question: Question) -> int:
    people, tags = frozenset(service.for_.people), question.who.all_tags
    narrower = people - {"anyone", "women"}
    general = "anyone" in people and service.kind != "by_and_for"
    if tags & narrower or ("women" in tags & people and (general or not narrower)):
        return -1
    if general or (service.floor and question.need in service.main):
        return 0
    return 2 if narrower else 1


def _one_per_number(ranked: Iterable[Candidate]) -> list[Candidate]:
    """Without those that are only another door to a number already named. 999 is named in several ways."""
    seen: set[str] = set()
    named = []
    for candidate in ranked:
        number = candidate.shown.phone if candidate.service.kind != "police" else None
        if number is None or number not in seen:
            named.append(candidate)
        seen |= {number} if number else set()
    return named


def _line(services: Sequence[Service], question: Question, ranked: Sequence[Candidate]) -> Candidate | None:
    """The best line for all hours: one for the need, or else the one that serves most needs."""
    for candidate in ranked:
        if candidate.answers_at_all_hours:
            return candidate
    weighed = (_weigh(service, question) for service in services)
    lines = [candidate for candidate in weighed if candidate and candidate.answers_at_all_hours]
    return min(lines, key=lambda line: (line.fit, -len(line.service.needs), line.locality), default=None)
