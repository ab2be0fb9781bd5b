"""Safety planning in small modules: asked for by name, paged through, left and come back to.

What she read last is never offered of itself: whoever holds the phone by then would be shown it.
"""

from __future__ import annotations

from typing import Any

from rasa_sdk.events import SlotSet

from actions.asked import Asked
from actions.floored import FlooredAction, Say
from bot.directory.directory import Directory
from bot.safety.plans import RESUME, Plan, Plans
from bot.safety.wording import Entry

Offer = dict[str, str]
PAYLOAD = "/safety_planning"
PICK = "pick"
MOST_CHOICES = 3
PERSON = {"title": "Talk to a person", "payload": "/talk_to_person"}
OTHERS = {"title": "Something else", "payload": f"{PAYLOAD}/{PICK}"}


class ActionSafetyPlanning(FlooredAction):
    """Answers `safety_planning`; what she reads is in `data/wording/plans.yml`."""

    called = "action_safety_planning"

    def __init__(self, directory: Directory, plans: Plans) -> None:
        super().__init__(directory)
        self._plans = plans

    def answer(self, asked: Asked, say: Say) -> list[Any]:
        name, step = self._wanted(asked)
        if name is None:
            self._say(say, self._plans.pick, asked, self._offered(asked))
            return []
        plan = self._plans.modules[name]
        self._say(say, plan.steps[step - 1], asked, ways_on(name, plan, step))
        return [SlotSet("plan", f"{name}/{step}")]

    def _wanted(self, asked: Asked) -> tuple[str | None, int]:
        """The module and its step, counted from 1; no module where she has to pick one."""
        picked = asked.plan or self._plans.asked_for(asked.text) or PICK
        name, _, step = (_after(asked.paused) if picked == RESUME else picked).partition("/")
        plan = self._plans.modules.get(name)
        number = int(step) if step.isdigit() else 0
        return (name, min(number, len(plan.steps))) if plan and number else (None, 0)

    def _offered(self, asked: Asked) -> list[Offer]:
        names = self._plans.first_for(asked.concern, MOST_CHOICES)
        return [_choice(self._plans.modules[name].title, f"{name}/1") for name in names]

    def _say(self, say: Say, entry: Entry, asked: Asked, choices: list[Offer]) -> None:
        """Every module's words are understood after it, whether or not it is among the choices."""
        also = [_choice(word, to) for word, to in self._plans.words.items()]
        text = entry.web if asked.on_web and entry.web else entry.text
        say(text=text, buttons=choices, json_message={"also": also})


def _after(step: str | None) -> str:
    name, _, number = (step or PICK).partition("/")
    return f"{name}/{int(number) + 1}" if number else name


def ways_on(name: str, plan: Plan, step: int) -> list[Offer]:
    """The choices under a step, which is counted from 1."""
    if step < len(plan.steps):
        return [_choice("More", f"{name}/{step + 1}"), OTHERS, PERSON]
    return [OTHERS, PERSON]


def _choice(title: str, to: str) -> Offer:
    return {"title": title, "payload": f"{PAYLOAD}/{to}"}
