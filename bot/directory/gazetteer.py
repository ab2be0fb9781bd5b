"""Which place somebody means: in an answer to "where are you?", or in the middle of a message.

Runs on Python 3.10 too, inside Rasa: the standard library, PyYAML and rapidfuzz only.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from rapidfuzz.distance import OSA

from bot.directory.errors import DirectoryError
from bot.directory.places import (
    OUTSIDE,
    Place,
    Reading,
    distance_km,
    load_areas,
    load_places,
    load_reading,
)
from bot.directory.postcodes import Postcodes
from bot.directory.spelling import Spelling
from bot.directory.words import Word, key_of, words_of

ELSEWHERE = "elsewhere.yml"
"""The file of towns that have no list here. All their names are weak: people talk of towns they are not in."""

_JOINED = 8
"""A name of several words is also known run together ("edenwalk"), if that is at least this long."""

_CORRECTED = 6
"""A shorter name is not read out of a slip."""

_BEYOND_KM = 15.0
"""A pin further than this from every place we know is outside."""

_ONE_WORD_OFF = 5
_SHORTEST_OFF = 4
"""Letters of the mistyped word of a name of two words, the other typed right: two slips, one slip."""

_SAYS_NOTHING = frozenset({"the", "st"})
"""First words that half the language could follow: the second one has to be typed right."""

_TUBE = ("tube", "station")

_BUILT = frozenset({"landmark", "street", "station", "bus_station"})
_BEFORE_TOWN = 3
"""Words of a thing's name before its town: "the bus station in maidstone", "odeon in kingston"."""

_LINKS = frozenset({"in", "at", "of"})
_BEFORE_WHERE = 4
"""Words before a place that can say whose it is: "i used to live in"."""

_NARROW = {"region": 0, "borough": 1, "outward_code": 2, "district": 2, "town": 2}


@dataclass(frozen=True)
class PlaceMention:
    """A place inside a message: the words as they were typed, and the place's id."""

    text: str
    id: str


@dataclass(frozen=True)
class Ambiguous:
    """Words that could be several places: ask which."""

    choices: tuple[Place, ...]


@dataclass(frozen=True)
class _Name:
    place: Place
    weak: bool


@dataclass(frozen=True)
class _Hit:
    place: Place
    start: int
    end: int


class Gazetteer:
    """The places of `data/places`, by name, by id and by distance."""

    def __init__(self, named: Sequence[tuple[Place, Path]], reading: Reading) -> None:
        self._places = {place.id: place for place, _ in named}
        self._reading = reading
        self._weak = frozenset(key_of(word) for word in reading.weak)
        self._as_typed: dict[tuple[str, ...], _Name] = {}
        self._names: dict[tuple[str, ...], _Name] = {}
        for place, path in sorted(named, key=lambda pair: pair[1].name == ELSEWHERE):
            self._add(place, path)
        self._most = max(map(len, self._names))
        self._pairs: dict[tuple[int, str], list[tuple[str, ...]]] = defaultdict(list)
        for key in self._names:
            if len(key) == 2 and key[0] not in _SAYS_NOTHING:
                self._pairs[0, key[0]].append(key)
                self._pairs[1, key[1]].append(key)
        self._ambiguous = {key_of(phrase): ids for phrase, ids in reading.ambiguous.items()}
        known = [place.name for place in self._places.values() if place.type == "outward_code"]
        self._postcodes = Postcodes(known, reading.postcode_areas)
        self._spelling = self._speller(reading)

    @classmethod
    def load(cls, data: Path) -> Gazetteer:
        """The gazetteer of a data folder. DirectoryError where a file cannot be used."""
        folder = data / "places"
        named, reading = list(load_places(folder, load_areas(folder))), load_reading(folder)
        known = {place.id for place, _ in named}
        for phrase, choices in reading.ambiguous.items():
            if not known.issuperset(choices):
                raise DirectoryError(folder / "words.yml", f"ambiguous, {phrase}", "places", "no such place")
        gazetteer = cls(named, reading)
        for word in sorted(reading.weak):
            if key_of(word) not in gazetteer._names:
                raise DirectoryError(folder / "words.yml", word, "weak", "no place has this name")
        return gazetteer

    @property
    def places(self) -> tuple[Place, ...]:
        """Every place that has an entry."""
        return tuple(self._places.values())

    def by_id(self, place_id: str) -> Place | None:
        """The place with this id; an outward code that has no entry of its own is made from its letters."""
        place = self._places.get(place_id)
        if place is None and place_id.startswith("oc-"):
            return self._outward(place_id[3:].upper())
        return place

    def nearest_area(self, lat: float, lon: float) -> str:
        """The area of the nearest place to a point in degrees, or `outside`."""
        points = ((place.point, place.area) for place in self._places.values() if place.type != "outward_code")
        nearest, area = min((distance_km((lat, lon), point), area) for point, area in points if point)
        return area if nearest <= _BEYOND_KM else OUTSIDE

    def lookup(self, text: str) -> Place | Ambiguous | None:
        """What a whole typed place means: a Place, several that it could be, or None."""
        words = words_of(text)
        while words:
            choices = self._ambiguous.get(tuple(word.norm for word in words))
            if choices:
                return Ambiguous(tuple(self._places[place_id] for place_id in choices))
            name = self._named(words)
            if name:
                return name.place
            if words[0].norm not in self._reading.first:
                break
            words = words[1:]
        mention = self.mention(text, expecting=True)
        return self.by_id(mention.id) if mention else None

    def mention(self, text: str, expecting: bool = False) -> PlaceMention | None:
        """The place that a message names, or None.

        `expecting`: it answers "where are you?", so that weak words may stand alone. Where several are named, the
        narrowest wins, and one that she comes from or goes to loses.
        """
        words = words_of(text)
        hits = [self._of_kind_in(words, hit) for hit in self._hits(text, words, expecting)]
        if not hits:
            return None
        present = self._presences(words, hits)
        best = max(zip(present, hits, strict=True), key=lambda pair: (pair[0], *_exactness(pair[1])))[1]
        return PlaceMention(text[words[best.start].start : words[best.end - 1].end], best.place.id)

    def _add(self, place: Place, path: Path) -> None:
        elsewhere = path.name == ELSEWHERE
        for name in (place.name, *place.aliases):
            words = words_of(name)
            typed, key = tuple(word.typed for word in words), key_of(name)
            found = _Name(place, elsewhere or key in self._weak)
            if not elsewhere and self._as_typed.setdefault(typed, found).place.id != place.id:
                raise DirectoryError(path, place.id, "aliases", "another place has this name too")
            self._names.setdefault(key, found)
            joined = "".join(key)
            if len(joined) >= _JOINED and not found.weak:
                self._names.setdefault((joined,), found)
            if key[-2:] == _TUBE:
                self._names.setdefault(key[:-1], found)

    def _speller(self, reading: Reading) -> Spelling:
        """Corrects towards the words of names; of aliases only where those are not slips for a name themselves."""
        names = {word for place in self._places.values() for word in key_of(place.name)}
        to_names = Spelling(names, reading.not_misspelt)
        words = {word for place in self._places.values() for alias in place.aliases for word in key_of(alias)}
        aliases = {word for word in words if to_names.correct(word) == word}
        return Spelling(names | aliases, reading.not_misspelt)

    def _outward(self, code: str) -> Place | None:
        letters = code.rstrip("0123456789")[:2].rstrip("0123456789")
        area = self._reading.postcode_areas.get(letters)
        if area is None:
            return None
        nation = self._reading.postcode_nations.get(letters, "england")
        return Place(f"oc-{code.lower()}", code, "outward_code", area, nation=nation)

    def _hits(self, text: str, words: Sequence[Word], expecting: bool) -> Iterator[_Hit]:
        norms = [word.norm for word in words]
        spelt = [self._spelling.correct(norm) for norm in norms]
        at = 0
        while at < len(words):
            hit = self._postcode(text, words, norms, at, expecting) or self._name(text, words, spelt, at, expecting)
            if hit:
                yield hit
            at = hit.end if hit else at + 1

    def _postcode(
        self, text: str, words: Sequence[Word], norms: Sequence[str], at: int, expecting: bool
    ) -> _Hit | None:
        code = self._postcodes.at(norms, at)
        if code is None:
            return None
        others = {*norms[: code.start], *norms[code.end :]}
        if code.slang:
            believed = expecting and others <= self._reading.first
        else:
            believed = code.sure or others <= self._reading.fillers or self._cued(text, words, at, False)
        place = self.by_id(f"oc-{code.outward.lower()}") if believed else None
        return _Hit(place, code.start, code.end) if place else None

    def _name(self, text: str, words: Sequence[Word], spelt: Sequence[str], at: int, expecting: bool) -> _Hit | None:
        for end in range(min(at + self._most, len(words)), at, -1):
            name = self._named(words[at:end]) or self._misspelt(spelt[at:end])
            if name is None:
                continue
            if at and words[at - 1].norm in self._reading.named:
                continue
            if end < len(words) and words[end].norm in self._reading.things:
                continue
            hit = _Hit(name.place, at, end)
            if not name.weak or self._is_all_she_says(words, hit) or self._weak_counts(text, words, hit, expecting):
                return hit
        return None

    def _is_all_she_says(self, words: Sequence[Word], hit: _Hit) -> bool:
        """A town's name alone is the town, unless the name is an everyday word too."""
        norms = [word.norm for word in words]
        rest = {*norms[: hit.start], *norms[hit.end :]}
        return hit.end - hit.start >= len(rest) and tuple(norms[hit.start : hit.end]) not in self._weak

    def _one_word_off(self, spelt: tuple[str, ...]) -> tuple[str, ...]:
        """The name of two words whose other word was typed right: "new mauldon", "fremlin wlak"."""
        if len(spelt) != 2:
            return ()
        for right, other in ((0, 1), (1, 0)):
            slip = spelt[other]
            # a second word is mostly "street", "park", "centre": the first one has to carry the name
            if len(slip) < (_SHORTEST_OFF if right == 0 else _ONE_WORD_OFF):
                continue
            allowed = 2 if len(slip) >= _ONE_WORD_OFF else 1
            for name in self._pairs.get((right, spelt[right]), ()):
                if name[other][0] == slip[0] and OSA.distance(name[other], slip, score_cutoff=allowed) <= allowed:
                    return name
        return ()

    def _named(self, words: Sequence[Word]) -> _Name | None:
        typed = self._as_typed.get(tuple(word.typed for word in words))
        return typed or self._names.get(tuple(word.norm for word in words))

    def _misspelt(self, spelt: Sequence[str]) -> _Name | None:
        """What corrected words name. An everyday word is never read out of a slip, nor a very short name."""
        name = self._names.get(tuple(spelt)) or self._names.get(self._one_word_off(tuple(spelt)))
        return name if name and not name.weak and sum(map(len, spelt)) >= _CORRECTED else None

    def _weak_counts(self, text: str, words: Sequence[Word], hit: _Hit, expecting: bool) -> bool:
        """Whether an everyday word stands for a place here: see `weak` in words.yml."""
        norms = [word.norm for word in words]
        built = hit.place.type in _BUILT
        if expecting and {*norms[: hit.start], *norms[hit.end :]} <= self._reading.fillers:
            return built or not hit.start or norms[hit.start - 1] != "the"
        if not self._cued(text, words, hit.start, built):
            return False
        # "in loose clothes" goes on with what is loose; "in loose, near the pub" does not
        return (
            hit.end == len(words)
            or norms[hit.end] in self._reading.after
            or text[words[hit.end - 1].end : words[hit.end].start].strip() != ""
        )

    def _cued(self, text: str, words: Sequence[Word], start: int, built: bool) -> bool:
        """Whether a word such as "in" or "near" stands right before, with "the" between for something built."""
        if built and start and words[start - 1].norm == "the":
            start -= 1
        if not start or text[words[start - 1].end : words[start].start].strip():
            return False
        one, two = words[start - 1].norm, " ".join(word.norm for word in words[max(0, start - 2) : start])
        return one in self._reading.cues or two in self._reading.cues

    def _of_kind_in(self, words: Sequence[Word], hit: _Hit) -> _Hit:
        """ "the station in surbiton", "bus station maidstone": the thing in that town, where one has that name."""
        town = tuple(word.norm for word in words[hit.start : hit.end])
        if town in self._weak:
            return hit
        end = hit.start
        if end and words[end - 1].norm in _LINKS:
            end -= 1
        for start in range(max(0, end - _BEFORE_TOWN), end):
            thing = tuple(word.norm for word in words[start:end])
            name = self._names.get((*town, *thing)) or self._names.get((*thing, *town))
            if name:
                return _Hit(name.place, start, hit.end)
        return hit

    def _presences(self, words: Sequence[Word], hits: Sequence[_Hit]) -> list[int]:
        """How likely she is at each; "im in london, twickenham" says both."""
        found: list[int] = []
        for number, hit in enumerate(hits):
            presence = self._presence(words, hit)
            if number and found[-1] == 1 and hit.start - hits[number - 1].end <= 1:
                presence = presence or 1
            found.append(presence)
        return found

    def _presence(self, words: Sequence[Word], hit: _Hit) -> int:
        """How likely she is there: 1 where she says so, -1 where she says that she or somebody else is elsewhere."""
        before = [word.norm for word in words[max(0, hit.start - _BEFORE_WHERE) : hit.start]]
        phrases = {" ".join(before[at:]) for at in range(len(before))}
        if phrases & self._reading.here:
            return 1
        if phrases & self._reading.there or (before and before[-1] in self._reading.away):
            return -1
        then = words[hit.end].norm if hit.end < len(words) else ""
        return int(then == "now")


def _exactness(hit: _Hit) -> tuple[int, int, int]:
    """The narrowest place first, then the longest name, then the first one."""
    return _NARROW.get(hit.place.type, 3), hit.end - hit.start, -hit.start
