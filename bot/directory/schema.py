"""One service, as `data/directory` describes it, and what of it may be shown.

The files' README says what each field means to the people who edit them; the names of concerns and requests are
those that recognition uses.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Any, Literal, get_args

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationInfo, field_validator, model_validator

from bot.directory.hours import LONDON, Hours, HoursError, in_london

Concern = Literal[
    "domestic_abuse", "coercive_control", "sexual_violence", "sexual_exploitation", "stalking_harassment",
    "image_based_abuse", "harmful_practices", "public_space_safety", "spiking", "sexual_harassment",
    "child_at_risk", "self_harm_suicide", "worried_about_someone", "own_behaviour",
]  # fmt: skip
Request = Literal[
    "find_service", "find_safe_place", "safety_planning", "talk_to_person", "privacy_question", "report_crime",
    "housing_help", "money_help", "legal_help", "immigration_help", "health_help", "support_for_business",
    "volunteer_or_forum", "language_help", "how_it_works", "opening_hours",
]  # fmt: skip
Kind = Literal[
    "police", "reporting", "helpline", "online_tool", "refuge_gateway", "local_service", "one_stop_shop", "by_and_for",
    "youth", "health", "emergency_department", "sexual_health", "legal", "housing", "venue_scheme", "safe_zone",
    "perpetrator_programme",
]  # fmt: skip
Person = Literal[
    "anyone", "women", "men", "lgbt", "deaf", "disabled", "under_18", "young_adult", "student", "professional",
    "asian", "black", "minority_ethnic", "migrant", "jewish", "muslim", "latin_american", "middle_eastern",
    "north_african", "afghan", "kurdish", "iranian", "korean", "north_korean", "tamil",
]  # fmt: skip
Route = Literal["self", "professional", "police_or_marac", "health", "afc"]
Confidence = Literal["high", "medium", "low"]

CONCERNS: frozenset[str] = frozenset(get_args(Concern))
REQUESTS: frozenset[str] = frozenset(get_args(Request))
NEEDS = CONCERNS | REQUESTS
"""Everything that somebody can be looking for."""


class _Entry(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


def _plain(text: str) -> str:
    if not text.isascii():
        raise ValueError("plain letters only: what is shown goes into text messages")
    return text


Plain = Annotated[str, Field(min_length=1), AfterValidator(_plain)]


class Contact(_Entry):
    """A number or an address. It is shown only if it is confirmed, and then only by `Service.shown`."""

    value: Plain
    confirmed: bool
    note: Plain | None = None


class OtherNumber(_Entry):
    """A second number, and whom or what it is for."""

    value: Plain
    label: Plain
    confirmed: bool


class Contacts(_Entry):
    """The ways to reach a service."""

    phone: Contact | None = None
    text: Contact | None = None
    whatsapp: Contact | None = None
    webchat: Contact | None = None
    url: Contact | None = None
    email: Contact | None = None
    others: tuple[OtherNumber, ...] = ()


class Ages(_Entry):
    """Whom a service takes, in years, both ends included; `ask_` is the wider range that some sources give."""

    from_: int | None = Field(None, alias="from", ge=0)
    to: int | None = Field(None, ge=0)
    ask_from: int | None = Field(None, ge=0)
    ask_to: int | None = Field(None, ge=0)

    def may_take(self, age: int) -> bool:
        """Whether somebody of this age is taken, or can at least ask."""
        low = min((bound for bound in (self.from_, self.ask_from) if bound is not None), default=0)
        high = max((bound for bound in (self.to, self.ask_to) if bound is not None), default=age)
        return low <= age <= high


class For(_Entry):
    """Whom a service is for. `anyone` makes the other people examples and not a limit."""

    people: tuple[Person, ...] = Field(min_length=1)
    ages: Ages | None = None


class Whereabouts(_Entry):
    """Where a service is: words for people, WGS84 degrees for distances. Never a refuge."""

    words: Plain
    postcode: Plain | None = None
    lat: float | None = Field(None, ge=49, le=61)
    lon: float | None = Field(None, ge=-9, le=2)
    approx: bool = True

    @property
    def point(self) -> tuple[float, float] | None:
        """(latitude, longitude) in degrees, or None where nobody has placed it."""
        return None if self.lat is None or self.lon is None else (self.lat, self.lon)


class Approval(_Entry):
    """Who has rung or opened every contact of a service, in which role, and when."""

    role: Plain
    on: date


@dataclass(frozen=True)
class Shown:
    """What may be shown of a service's contacts at some moment. None is withheld or absent alike."""

    phone: str | None = None
    text: str | None = None
    whatsapp: str | None = None
    webchat: str | None = None
    url: str | None = None
    email: str | None = None
    others: tuple[OtherNumber, ...] = ()
    place: Whereabouts | None = None

    @property
    def reachable(self) -> bool:
        """Whether anything at all is left to go to or write to."""
        return any((self.phone, self.text, self.whatsapp, self.webchat, self.url, self.email, self.place))


_WAYS = ("phone", "text", "whatsapp", "webchat", "url", "email")


class Service(_Entry):
    """One entry of the directory."""

    id: Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]
    name: Plain
    aliases: tuple[Plain, ...] = ()
    kind: Kind
    what: Plain
    for_: For = Field(alias="for")
    concerns: tuple[Concern, ...] = ()
    requests: tuple[Request, ...] = ()
    main: tuple[Concern | Request, ...] = ()
    areas: tuple[str, ...] = Field(min_length=1)
    route: Route
    through: str | None = None
    contact: Contacts = Contacts()
    cost: Literal["free", "standard"] | None = None
    on_bill: Literal["hidden", "shown"] | None = None
    hours: str | None
    hours_confidence: Confidence
    place: Whereabouts | None = None
    languages: Plain | None = None
    caution: Plain | None = None
    source: tuple[str, ...] = Field(min_length=1)
    checked: Annotated[str, Field(pattern=r"^\d{4}(-\d{2}){0,2}$")] | None
    review_by: date | None
    floor: bool = False
    approved: Approval | None = None
    status: Literal["active", "ended", "unverified"]
    confidence: Confidence

    @field_validator("hours")
    @classmethod
    def _hours_hold(cls, hours: str | None) -> str | None:
        if hours is not None:
            try:
                Hours.of(hours)
            except HoursError as error:
                raise ValueError(str(error)) from None
        return hours

    @field_validator("areas")
    @classmethod
    def _areas_exist(cls, areas: tuple[str, ...], info: ValidationInfo) -> tuple[str, ...]:
        known: Any = (info.context or {}).get("areas")
        if known is not None and not set(areas) <= set(known):
            raise ValueError("no such area")
        return areas

    @model_validator(mode="after")
    def _adds_up(self) -> Service:
        if not set(self.main) <= {*self.concerns, *self.requests}:
            raise ValueError("main may only repeat what concerns and requests say")
        if self.route != "self" and (self.contact.phone or self.contact.text):
            raise ValueError("a service that people cannot ring for themselves has no phone or text of its own")
        return self

    @property
    def needs(self) -> frozenset[str]:
        """Every concern and request that it serves."""
        return frozenset((*self.concerns, *self.requests))

    @property
    def opening(self) -> Hours | None:
        """The hours that may be relied on; None where they are not known well enough."""
        return Hours(self.hours) if self.hours and self.hours_confidence != "low" else None

    def current(self, at: datetime) -> bool:
        """Whether its facts still hold: the safety floor always, the rest until its review is due."""
        return self.floor or self.review_by is None or in_london(at).date() <= self.review_by

    def open_at(self, at: datetime) -> bool | None:
        """True open, False closed, None where we cannot say.

        Nobody is sent where no confirmed way leads, or no longer: such a service may be closed, and never open.
        """
        state = self.opening.state(at) if self.opening else None
        return None if state and not self.shown(at).reachable else state

    def shown(self, at: datetime) -> Shown:
        """The contacts that may be shown at a moment: confirmed, of a running service, and not overdue."""
        if self.status != "active" or self.confidence == "low" or not self.current(at):
            return Shown()
        ways = {way: getattr(self.contact, way) for way in _WAYS}
        return Shown(
            **{way: contact.value for way, contact in ways.items() if contact and contact.confirmed},
            others=tuple(other for other in self.contact.others if other.confirmed),
            place=self.place,
        )

    @property
    def shown_phone(self) -> str | None:
        """The number that may be shown today, or None. Where a clock is at hand, use `shown(at)`."""
        return self.shown(datetime.now(LONDON)).phone
