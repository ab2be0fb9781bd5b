"""The nearest place that is surely open, or the truth that none is."""

from __future__ import annotations

from actions.asked import Asked
from actions.floored import FlooredAction, Say
from bot.directory.directory import Match

AT_HOME = frozenset({"domestic_abuse", "coercive_control", "child_at_risk", "harmful_practices"})
"""Concerns where the danger may be at home: nobody is told to go anywhere, only "if you can get out safely"."""

MILES_IN_A_KM = 0.6214
ENOUGH = 10
"""Matches to look through: places that nobody can confirm come after lines for all hours."""


class ActionFindSafePlace(FlooredAction):
    """Answers `find_safe_place`."""

    called = "action_find_safe_place"

    def answer(self, asked: Asked, say: Say) -> None:
        if asked.pin is None and (asked.place is None or asked.place.point is None):
            say(response="utter_ask_place")  # a whole borough is nowhere that anybody stands
            return
        matches = self.directory.find("safe_place", asked.now, asked.place, asked.pin, limit=ENOUGH)
        sure, unsure = _nearest(matches, is_open=True), _nearest(matches, is_open=None)
        if sure:
            say(response=_response(asked, sure, unsure), unsure=unsure.service.name if unsure else "", **_facts(sure))
        elif unsure:
            say(response="utter_safe_place_unsure", unsure=unsure.service.name)
        else:
            say(response="utter_safe_place_none")


def _response(asked: Asked, sure: Match, unsure: Match | None) -> str:
    home = "_home" if asked.danger or asked.concern in AT_HOME else ""
    if unsure and (unsure.km or 0.0) < (sure.km or 0.0):
        return f"utter_safe_place_next{home}"
    return f"utter_safe_place_open{home}"


def _nearest(matches: list[Match], is_open: bool | None) -> Match | None:
    places = [match for match in matches if match.km is not None and match.shown.place and match.open is is_open]
    return min(places, key=lambda match: match.km or 0.0, default=None)


def _facts(match: Match) -> dict[str, str]:
    assert match.shown.place
    return {
        "name": match.service.name,
        "where": match.shown.place.words,
        "miles": f"{max((match.km or 0.0) * MILES_IN_A_KM, 0.1):.1f}",
    }
