"""The reviewed patterns of the safety screen, read from `data/screen/`.

A pattern line is plain words with one-of groups: `(hes|shes) (right|) outside` stands for four literals, and
`<he_is> outside` uses a named group of `groups.yml` (also inside another: `(<room>|car)`). A line is expanded when it
is loaded, never while matching.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, product
from math import prod
from pathlib import Path
from typing import Any

import yaml

from bot.recognition.canonical import Canonical, Spellings
from bot.recognition.names import CONCERNS, DANGERS, REQUESTS, RISKS

_PIECE = re.compile(r"<(\w+)>|\(([^()]*)\)|([^<>()\s]+)")
_MOST_LITERALS = 4100
_KEYS = {
    "id",
    "concern",
    "risk",
    "danger",
    "request",
    "reason",
    "patterns",
    "unless",
    "most_rest",
    "leaving",
    "arriving",
}
_EXAMPLES = {"must", "must_not"}

Groups = Mapping[str, Sequence[str]]


class ScreenDataError(ValueError):
    """A file under `data/screen/` is wrong; names the file and the entry."""


@dataclass(frozen=True)
class Pattern:
    """One reviewed entry; `literals` and `unless` are canonical words."""

    id: str
    reason: str
    concern: str | None
    risk: str
    danger: str | None
    request: str | None
    leaving: bool
    arriving: bool
    """The danger is that somebody arrives or is there, no more than that."""
    literals: tuple[tuple[str, ...], ...]
    unless: tuple[tuple[str, ...], ...]
    """Everyday words: any of them anywhere in the message, and the pattern does not hold."""
    most_rest: int | None
    """How many words may stand beside the match; None for any number, 0 for the whole message."""
    must: tuple[str, ...]
    must_not: tuple[str, ...]


def load_patterns(data: Path, canonical: Canonical) -> list[Pattern]:
    """Read every pattern file of `data/screen/`, in the canonical form that messages are brought to.

    Raises:
        ScreenDataError: an entry has an unknown name or key, no reason, or no examples; or an id is used twice.
    """
    folder = data / "screen"
    groups: Groups = _read(folder / "groups.yml")
    patterns: list[Pattern] = []
    for path in sorted((folder / "patterns").glob("*.yml")):
        for entry in _read(path):
            try:
                patterns.append(_pattern(entry, groups, canonical))
            except (KeyError, TypeError, ValueError) as error:
                name = entry.get("id", "?") if isinstance(entry, dict) else "?"
                raise ScreenDataError(f"{path.name}: {name}: {error}") from error
    ids = [pattern.id for pattern in patterns]
    twice = sorted({name for name in ids if ids.count(name) > 1})
    if twice or not ids:
        raise ScreenDataError(f"{folder}: ids used twice: {twice}" if twice else f"{folder}: no patterns")
    return patterns


def load_spellings(data: Path) -> Spellings:
    """Read the tables of the canonical form: `words.yml` and the guard list `common.txt`."""
    folder = data / "screen"
    tables = _read(folder / "words.yml")
    common = (folder / "common.txt").read_text(encoding="utf-8").splitlines()
    words = _inverted(tables["words"])
    return Spellings(
        letters={variant: letter for letter, variants in tables["letters"].items() for variant in variants},
        digits=dict(tables["digits"]),
        words={variant: tuple(plain.split()) for variant, plain in words.items()},
        folds=_inverted(tables["folds"]),
        joins={tuple(variant.split()): tuple(plain.split()) for variant, plain in _joins(tables["joins"])},
        fillers=frozenset(tables["fillers"]),
        common=frozenset(word for word in common if not word.startswith("#")),
    )


def expand(line: str, groups: Groups, canonical: Canonical) -> list[tuple[str, ...]]:
    """Return every literal that a pattern line stands for, in canonical words; `(a|)` is optional."""
    choices = [_choices(piece, groups, canonical) for piece in _PIECE.finditer(line)]
    if prod(map(len, choices)) > _MOST_LITERALS:
        raise ValueError(f"too many literals in one line: {line}")
    literals = (tuple(canonical.join(list(chain.from_iterable(parts)))) for parts in product(*choices))
    return [literal for literal in dict.fromkeys(literals) if literal]


def _choices(piece: re.Match[str], groups: Groups, canonical: Canonical) -> list[list[str]]:
    name, group, word = piece.groups()
    if word:
        return [canonical.unjoined(word)]
    options = [f"<{name}>"] if name else (group or "").split("|")
    named = (groups[option[1:-1]] if option.startswith("<") else [option] for option in options)
    plain = [option.strip() for option in chain.from_iterable(named)]
    choices = [canonical.unjoined(option) for option in plain]
    if any(option and not words for option, words in zip(plain, choices, strict=True)):
        raise ValueError(f"a choice is only a filler, and would match everything: {plain}")
    return [list(words) for words in dict.fromkeys(map(tuple, choices))]


def _pattern(entry: dict[str, Any], groups: Groups, canonical: Canonical) -> Pattern:
    unknown = set(entry) - _KEYS - _EXAMPLES
    if unknown:
        raise ValueError(f"unknown keys {sorted(unknown)}")
    for key, names in (("concern", CONCERNS), ("danger", DANGERS), ("request", REQUESTS), ("risk", RISKS)):
        if entry.get(key) is not None and entry[key] not in names:
            raise ValueError(f"unknown {key} {entry[key]}")
    if not entry["reason"] or not entry["must"]:
        raise ValueError("needs a reason and examples")
    if (entry["risk"] == "immediate") != (entry.get("danger") is not None):
        raise ValueError("immediate risk and a kind of danger go together")
    return Pattern(
        id=entry["id"],
        reason=entry["reason"],
        concern=entry.get("concern"),
        risk=entry["risk"],
        danger=entry.get("danger"),
        request=entry.get("request"),
        leaving=bool(entry.get("leaving", False)),
        arriving=bool(entry.get("arriving", False)),
        literals=_expanded(entry["patterns"], groups, canonical),
        unless=_expanded(entry.get("unless", ()), groups, canonical),
        most_rest=entry.get("most_rest"),
        must=tuple(entry["must"]),
        must_not=tuple(entry.get("must_not", ())),
    )


def _expanded(lines: Sequence[str], groups: Groups, canonical: Canonical) -> tuple[tuple[str, ...], ...]:
    literals = (literal for line in lines for literal in expand(line, groups, canonical))
    return tuple(dict.fromkeys(literals))


def _joins(table: Mapping[str, Sequence[str]]) -> Iterator[tuple[str, str]]:
    """Yield what is typed and what it is read as; a line may have one-of groups."""
    for line, plain in _inverted(table).items():
        pieces = [[word] if word else group.split("|") for _, group, word in _PIECE.findall(line)]
        for parts in product(*pieces):
            yield " ".join(filter(None, parts)), plain


def _inverted(table: Mapping[str, Sequence[str]]) -> dict[str, str]:
    inverted: dict[str, str] = {}
    for plain, variants in table.items():
        for variant in variants:
            if not isinstance(variant, str) or inverted.setdefault(variant, plain) != plain:
                raise ScreenDataError(f"words.yml: {variant!r} is no text or stands for two things")
    return inverted


def _read(path: Path) -> Any:
    try:
        return yaml.safe_load(path.read_text(encoding="utf-8"))
    except yaml.YAMLError as error:
        raise ScreenDataError(f"{path.name}: {error}") from error
