"""Says in a few words why a service was named. The words are those of `data/directory/why.yml`."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from bot.directory.nearest import Candidate

PHRASES = frozenset(
    {
        "main", "also", "asked_for", "women", "some_people", "near", "here", "covers", "all_hours", "open", "closed",
        "unknown_line", "unknown_place", "no_contact", "by_professional", "by_police_or_marac", "by_health",
        "by_afc", "through", "floor",
    }
)  # fmt: skip
"""Every phrase that has to be there."""


def say_why(
    candidate: Candidate,
    phrases: Mapping[str, str],
    area_name: Callable[[str], str],
    service_name: Callable[[str], str],
) -> str:
    """One line of short sentences. `area_name` and `service_name` turn ids into names."""

    def sentences() -> Iterator[str]:
        service = candidate.service
        yield phrases[_reason(candidate)]
        if candidate.km is not None:
            yield phrases["near" if candidate.km else "here"].format(km=candidate.km)
        else:
            yield phrases["covers"].format(area=area_name(candidate.question.around[candidate.locality]))
        if candidate.fit:
            yield phrases[{-1: "asked_for", 1: "women", 2: "some_people"}[candidate.fit]]
        yield phrases[_opening(candidate)]
        if not candidate.is_open_to_her:
            yield phrases[f"by_{service.route}"]
        elif not candidate.shown.reachable:
            yield phrases["no_contact"]
        if service.through:
            yield phrases["through"].format(name=service_name(service.through))

    return " ".join(sentences())


def _reason(candidate: Candidate) -> str:
    if candidate.question.need not in candidate.service.needs:
        return "floor"
    return "main" if candidate.is_main else "also"


def _opening(candidate: Candidate) -> str:
    if candidate.open is None:
        return "unknown_place" if candidate.service.place and not candidate.shown.phone else "unknown_line"
    hours = candidate.service.opening
    if candidate.open and hours and hours.always:
        return "all_hours"
    return "open" if candidate.open else "closed"
