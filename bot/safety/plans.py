"""Safety plans in small modules, read from `data/wording/plans.yml`. Nothing is said that is not in that file."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from bot.safety.wording import Entry, WordingError, read_as

ANYONE = "anyone"
RESUME = "resume"
"""Go on after the step that she read last."""

_APART = re.compile(r"[^a-z0-9]+")


class Plan(BaseModel):
    """One module: what it is called, what she may type to ask for it, and its steps, each complete in itself."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    title: str
    words: Annotated[tuple[str, ...], Field(min_length=1)]
    for_: Annotated[tuple[str, ...], Field(alias="for")] = ()
    """Concerns for which it is offered first; `anyone` where nothing fits better."""
    steps: Annotated[tuple[Entry, ...], Field(min_length=1)]


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid")

    pick: Entry
    resume: tuple[str, ...]
    plans: dict[str, Plan]


@dataclass(frozen=True)
class Plans:
    """All modules by name, in the order of the file; the question which one; and the words for going on."""

    pick: Entry
    resume: tuple[str, ...]
    modules: dict[str, Plan]

    @classmethod
    def load(cls, data: Path) -> Plans:
        """Reads `wording/plans.yml`. Raises `WordingError` naming the file and the field."""
        path = data / "wording" / "plans.yml"
        read = read_as(_File, path)
        words = [*read.resume, *(word for plan in read.plans.values() for word in plan.words)]
        if len({_flat(word) for word in words}) < len(words):
            raise WordingError(f"{path.name}: two modules are asked for by the same words")
        return cls(read.pick, read.resume, read.plans)

    @property
    def words(self) -> dict[str, str]:
        """What she may type after a plan -> the step that it asks for, as "pets/1", or `RESUME`."""
        steps = {word: f"{name}/1" for name, plan in self.modules.items() for word in plan.words}
        return steps | dict.fromkeys(self.resume, RESUME)

    def asked_for(self, text: str) -> str | None:
        """What a request for a plan asks for by its words; the longest match, None if there is none."""
        said = f" {_flat(text)} "
        titles = {plan.title: f"{name}/1" for name, plan in self.modules.items()}
        found = [(len(word), to) for word, to in (self.words | titles).items() if f" {_flat(word)} " in said]
        return max(found)[1] if found else None

    def first_for(self, concern: str | None, how_many: int) -> list[str]:
        """The modules to offer first to somebody who told of `concern`, in the order of the file.

        Those for anyone make up the number, and nothing else does: what helps to get away from home is nothing to
        offer to somebody who does not want to live. Who has told of nothing yet may be anybody.
        """

        def fits(name: str) -> int:
            for_ = self.modules[name].for_
            return 0 if concern in for_ else 1 if ANYONE in for_ else 2

        return [name for name in sorted(self.modules, key=fits) if concern is None or fits(name) < 2][:how_many]


def _flat(text: str) -> str:
    return _APART.sub(" ", text.casefold().replace("'", "").replace("’", "")).strip()
