"""The line's own words, read from `data/wording/`. Nothing is said to a person that is not in a file."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Literal, TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError


class WordingError(Exception):
    """A wording file cannot be used; the text names the file, the entry and the field."""


Model = TypeVar("Model", bound=BaseModel)


def read_as(model: type[Model], path: Path) -> Model:
    """A YAML file as a model. Raises `WordingError` naming the file and the field."""
    try:
        return model.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
    except (OSError, yaml.YAMLError):
        raise WordingError(f"{path.name}: cannot be read") from None
    except ValidationError as error:
        first = error.errors(include_input=False)[0]
        raise WordingError(f"{path.name}: {'.'.join(map(str, first['loc']))}: {first['msg']}") from None


class OfferedChoice(BaseModel):
    """One choice under a text: what she sees, and the intent that it stands for."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    title: str
    intent: str


class Entry(BaseModel):
    """One approved text, its web variant, its choices, and who stands behind it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    text: str
    web: str | None = None
    choices: tuple[OfferedChoice, ...] = ()
    choices_on: Literal["all", "web"] = "all"
    """Where a text names its answers itself ("1 yes, 2 no"), only the web shows them as buttons."""
    source: str | None = None
    checked: date | None = None
    status: Literal["draft", "approved"]
    approved_by: str | None = None
    """The role, never a name."""
    approved_on: date | None = None


@dataclass(frozen=True)
class Said:
    """A text ready for a channel."""

    text: str = field(repr=False)
    choices: tuple[OfferedChoice, ...] = ()


class Wording:
    """All texts by name."""

    def __init__(self, entries: dict[str, Entry]) -> None:
        self.entries = entries

    @classmethod
    def load(cls, data: Path, name: str = "lane") -> Wording:
        """Reads `wording/<name>.yml`. Raises `WordingError` naming file, entry and field."""
        path = data / "wording" / f"{name}.yml"
        try:
            raw = yaml.safe_load(path.read_text(encoding="utf-8"))["texts"]
        except (OSError, yaml.YAMLError, KeyError, TypeError):
            raise WordingError(f"{path.name}: cannot be read, or has no `texts`") from None
        entries = {}
        for key, row in raw.items():
            try:
                entries[key] = Entry.model_validate(row)
            except ValidationError as error:
                first = error.errors(include_input=False)[0]
                where = ".".join(map(str, first["loc"]))
                raise WordingError(f"{path.name}: {key}: {where}: {first['msg']}") from None
        return cls(entries)

    def say(self, key: str, *, web: bool, **values: str) -> Said:
        """The text `key` for the web or for a phone, with `{placeholders}` filled."""
        entry = self.entries[key]
        text = entry.web if web and entry.web else entry.text
        shown = web or entry.choices_on == "all"
        return Said(text.format(**values), entry.choices if shown else ())
