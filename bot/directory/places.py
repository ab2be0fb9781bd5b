"""Reads `data/places`: the places people name, the areas they lie in, and how their words are to be read.

Runs on Python 3.10 too, inside Rasa, so entries are checked here by hand and not by pydantic.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from math import asin, cos, radians, sin, sqrt
from pathlib import Path
from typing import Any

import yaml

from bot.directory.errors import DirectoryError

OUTSIDE = "outside"
"""The area of a place that is known and has no list of its own here."""

TYPES = frozenset(
    {"borough", "bus_station", "district", "landmark", "outward_code", "region", "station", "street", "town"}
)
_NOT_PLACES = frozenset({"areas.yml", "postcode_areas.yml", "words.yml"})
_WORD_LISTS = frozenset(
    {
        "weak",
        "cues",
        "after",
        "first",
        "fillers",
        "away",
        "named",
        "things",
        "here",
        "there",
        "ambiguous",
        "not_misspelt",
    }
)
_CODE_LISTS = frozenset({"areas", "nations"})
_EARTH_KM = 6371.0
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True)
class Place:
    """A place somebody may name. `lat` and `lon` are WGS84 degrees, or None where no point makes sense."""

    id: str
    name: str
    type: str
    area: str
    lat: float | None = None
    lon: float | None = None
    approx: bool = True
    aliases: tuple[str, ...] = ()
    nation: str = "england"
    source: str = ""
    note: str | None = None

    @property
    def point(self) -> tuple[float, float] | None:
        """Where to measure from, or None: the middle of a borough is nowhere that anybody stands."""
        if self.lat is None or self.lon is None or self.type in {"borough", "region"}:
            return None
        return self.lat, self.lon


@dataclass(frozen=True)
class Areas:
    """The areas by id, each with its name and the area it lies within."""

    names: Mapping[str, str]
    within: Mapping[str, str | None]

    def around(self, area: str, nation: str = "england") -> tuple[str, ...]:
        """The area, then each one it lies within, smallest first. Outside has only its country's."""
        if area == OUTSIDE:
            return ("england", "uk") if nation == "england" else ("uk",)
        chain: list[str] = []
        here: str | None = area
        while here is not None:
            chain.append(here)
            here = self.within[here]
        return tuple(chain)


@dataclass(frozen=True)
class Reading:
    """How the names are read: see the comments in `words.yml` and `postcode_areas.yml`."""

    weak: frozenset[str]
    cues: frozenset[str]
    away: frozenset[str]
    named: frozenset[str]
    things: frozenset[str]
    here: frozenset[str]
    there: frozenset[str]
    first: frozenset[str]
    after: frozenset[str]
    fillers: frozenset[str]
    ambiguous: Mapping[str, tuple[str, ...]]
    not_misspelt: frozenset[str]
    postcode_areas: Mapping[str, str]
    postcode_nations: Mapping[str, str]


def distance_km(a: tuple[float, float], b: tuple[float, float]) -> float:
    """Kilometres between two (latitude, longitude) points, as the crow flies."""
    lat_a, lon_a, lat_b, lon_b = map(radians, (*a, *b))
    half = sin((lat_b - lat_a) / 2) ** 2 + cos(lat_a) * cos(lat_b) * sin((lon_b - lon_a) / 2) ** 2
    return 2 * _EARTH_KM * asin(sqrt(half))


def read_yaml(path: Path) -> dict[str, Any]:
    """A YAML file's mapping. DirectoryError, with the line, where there is none to be read."""
    try:
        content = yaml.load(path.read_text("utf-8"), Loader=_LOADER)  # noqa: S506 - the safe loader, in C
    except FileNotFoundError:
        raise DirectoryError(path, "the file", "name", "it is missing") from None
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 0
        raise DirectoryError(path, f"line {line}", "YAML", error.problem or "not YAML") from None
    if not isinstance(content, dict):
        raise DirectoryError(path, "the file", "YAML", "named lists are wanted")
    return content


def rows_of(path: Path, content: Mapping[str, Any], key: str) -> list[dict[str, Any]]:
    """The list of entries under a key. DirectoryError where it is no list of mappings."""
    rows = content.get(key)
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise DirectoryError(path, "the file", key, "a list of entries is wanted")
    return rows


def load_areas(folder: Path) -> Areas:
    """The areas of `areas.yml`."""
    path = folder / "areas.yml"
    rows = rows_of(path, read_yaml(path), "areas")
    areas = Areas({row["id"]: row["name"] for row in rows}, {row["id"]: row.get("within") for row in rows})
    for area, parent in areas.within.items():
        if parent is not None and parent not in areas.names:
            raise DirectoryError(path, area, "within", "no such area")
    return areas


def load_places(folder: Path, areas: Areas) -> Iterator[tuple[Place, Path]]:
    """Every place in the folder, with the file it stands in."""
    seen: set[str] = set()
    for path in sorted(folder.glob("*.yml")):
        if path.name in _NOT_PLACES:
            continue
        content = read_yaml(path)
        for row in rows_of(path, content, "places"):
            place = _place(path, {"source": content.get("source", ""), **row}, areas)
            if place.id in seen:
                raise DirectoryError(path, place.id, "id", "used twice")
            seen.add(place.id)
            yield place, path


def load_reading(folder: Path) -> Reading:
    """`words.yml` and `postcode_areas.yml`."""
    path = folder / "words.yml"
    words = read_yaml(path)
    codes = read_yaml(folder / "postcode_areas.yml")
    for file, content, wanted in ((path, words, _WORD_LISTS), (folder / "postcode_areas.yml", codes, _CODE_LISTS)):
        for name in sorted(wanted - set(content)):
            raise DirectoryError(file, "the file", name, "it is missing")
    nations = {letters: nation for nation, row in codes["nations"].items() for letters in row}
    letters_to_area = {letters: area for area, row in codes["areas"].items() for letters in row}
    lists = {name: frozenset(map(str, words[name])) for name in _WORD_LISTS - {"ambiguous"}}
    return Reading(
        **{
            **lists,
            "first": lists["first"] | lists["cues"],
            "fillers": lists["first"] | lists["after"] | lists["cues"] | lists["fillers"],
        },
        ambiguous={
            phrase: tuple(row["places"]) for row in rows_of(path, words, "ambiguous") for phrase in row["words"]
        },
        postcode_areas={**letters_to_area, **dict.fromkeys(nations, OUTSIDE)},
        postcode_nations=nations,
    )


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _is_degrees(value: Any) -> bool:
    return value is None or (isinstance(value, (int, float)) and abs(value) <= 180)


_CHECKS = {
    "id": (_is_text, "text is wanted"),
    "name": (_is_text, "text is wanted"),
    "type": (lambda value: value in TYPES, "no such type of place"),
    "lat": (_is_degrees, "degrees are wanted"),
    "lon": (_is_degrees, "degrees are wanted"),
    "approx": (lambda value: isinstance(value, bool), "true or false is wanted"),
    "aliases": (
        lambda value: isinstance(value, list) and all(map(_is_text, value)),
        "a list of names is wanted",
    ),
}
_WITHOUT = {"approx": True, "aliases": []}


def _place(path: Path, row: dict[str, Any], areas: Areas) -> Place:
    entry = str(row.get("id") or row.get("name") or "an entry without id")
    for field in row:
        if field not in {known.name for known in fields(Place)}:
            raise DirectoryError(path, entry, field, "no such field")
    for field, (fits, problem) in _CHECKS.items():
        if not fits(row.get(field, _WITHOUT.get(field))):
            raise DirectoryError(path, entry, field, problem)
    if row.get("area") not in {*areas.names, OUTSIDE}:
        raise DirectoryError(path, entry, "area", "no such area")
    return Place(**{**row, "aliases": tuple(row.get("aliases", ()))})
