"""Who can help with what she told us: the best service for it, and always a line for anyone, day and night."""

from __future__ import annotations

from actions.asked import Asked
from actions.floored import FlooredAction, Say
from bot.directory.directory import Match
from bot.handoff.rota import Rota

ANYTHING = "find_service"
"""The need where she has told us of no concern."""
NATIONAL = frozenset({"uk", "england"})
ENOUGH = 10
NOT_A_SERVICE = frozenset({"police", "reporting", "online_tool", "venue_scheme", "safe_zone", "emergency_department"})
"""Kinds that are no one to talk things over with. They have answers of their own."""


class ActionFindService(FlooredAction):
    """Answers `find_service`."""

    called = "action_find_service"

    def answer(self, asked: Asked, say: Say) -> None:
        need = asked.concern or ANYTHING
        matches = self.directory.find(need, asked.now, asked.place, asked.pin, limit=ENOUGH)
        line = _line(matches) or _line(self.directory.find(ANYTHING, asked.now, limit=ENOUGH))
        assert line, "the directory has no line for all hours"
        best = _best(matches, need, line)
        if not asked.somewhere and need == ANYTHING:
            say(response="utter_service_line", line=_reach(line))
        elif best is None:
            say(response="utter_service_only", line=_reach(line))
        else:
            response, facts = _said(best, asked)
            say(response=response if asked.somewhere else f"{response}_anywhere", line=_reach(line), **facts)


def _line(matches: list[Match]) -> Match | None:
    """A telephone line for anyone, day and night: the one that helps with most things."""
    lines = [
        match
        for match in matches
        if match.open and match.service.opening and match.service.opening.always
        if match.shown.phone and "anyone" in match.service.for_.people and match.service.kind not in NOT_A_SERVICE
    ]
    return max(lines, key=lambda match: len(match.service.needs), default=None)


def _best(matches: list[Match], need: str, line: Match) -> Match | None:
    """The service that is there for this need and can be reached: open before not, hers before the whole country's."""
    others = [
        match
        for match in matches
        if need in match.service.main and match.service.kind not in NOT_A_SERVICE and _reach(match)
        if match.service.id != line.service.id and match.shown.phone != line.shown.phone
    ]

    def worth(match: Match) -> tuple[bool, bool]:
        return not match.open, bool(NATIONAL.intersection(match.service.areas))

    return min(others, key=worth, default=None)


def _said(match: Match, asked: Asked) -> tuple[str, dict[str, str]]:
    """The response for a service, and what fills it."""
    facts = {"service": _reach(match)}
    if match.open:
        people = match.service.for_.people
        for_women = "women" in people and "anyone" not in people
        return ("utter_service_open_women" if for_women else "utter_service_open"), facts
    if match.open is False and match.service.opening:
        opens = Rota(match.service.opening).opens_words(asked.now)  # said as the desk's hours are
        return "utter_service_later", facts | {"opens": opens}
    return "utter_service_unsure", facts


def _reach(match: Match) -> str:
    """Name and the confirmed way to reach it, as "Samaritans, 116 123"; empty where there is none.

    A place is a way only while it is surely open: nobody is sent to a door that may be shut. Services that take nobody
    directly have no confirmed way here.
    """
    where = match.shown.place.words if match.shown.place and match.open else None
    way = match.shown.phone or match.shown.text or where if match.route == "self" else None
    return f"{match.service.name}, {way}" if way else ""
