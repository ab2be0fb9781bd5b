"""What is named for a need: who, in what order, and what is held back."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from bot.directory.directory import Directory, Match
from bot.directory.nearest import Who
from bot.directory.places import Areas, Place
from bot.directory.schema import CONCERNS, NEEDS, REQUESTS

At = Callable[[str], datetime]
Find = Callable[..., list[Match]]

ANYBODY = Who()
TUESDAY = "2026-11-24T11:00"
SATURDAY_NIGHT = "2026-11-21T23:30"
PLACES = ["kingston station", "hampton wick", "wimbledon", "putney", "maidstone", "croydon", "london", "kent", "leeds"]
TIMES = [TUESDAY, SATURDAY_NIGHT, "2026-11-22T00:30", "2026-12-25T11:00", "2027-08-30T11:00", "2026-03-29T01:30"]


@pytest.fixture(scope="session")
def find(directory: Directory, london: At) -> Find:
    def run(
        need: str, at: str = TUESDAY, place: str | None = "kingston", who: Who = ANYBODY, limit: int = 5
    ) -> list[Match]:
        where = directory.gazetteer.lookup(place) if place else None
        assert where is None or isinstance(where, Place)
        return directory.find(need, london(at), where, who=who, limit=limit)

    return run


def ids(matches: list[Match]) -> list[str]:
    return [match.service.id for match in matches]


def test_the_needs_are_those_that_recognition_names() -> None:
    assert len(CONCERNS) == 14
    assert len(REQUESTS) == 16
    assert not CONCERNS & REQUESTS


@pytest.mark.parametrize("place", [*PLACES, None])
@pytest.mark.parametrize("need", sorted(NEEDS))
def test_a_line_that_is_open_day_and_night_is_always_named(need: str, place: str | None, find: Find) -> None:
    for at in TIMES:
        matches = find(need, at, place)
        lines = [match for match in matches if match.open and (match.shown.phone or match.shown.text)]
        assert any(match.service.hours == "24/7" and match.route == "self" for match in lines)
        assert len(matches) <= 5


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("need", ["safe_place", *sorted(NEEDS)])
def test_self_before_others_and_open_before_unknown_before_closed(need: str, place: str, find: Find) -> None:
    for at in TIMES:
        order = [(m.route != "self", {True: 0, None: 1, False: 2}[m.open]) for m in find(need, at, place, limit=50)]
        assert order == sorted(order)


def test_every_service_is_named_for_something(directory: Directory, london: At) -> None:
    named = set()
    where = [directory.gazetteer.by_id(id_) for id_ in ("kingston-station", "m-maidstone-town-centre", "d-wimbledon",
             "d-richmond", "d-clapham-junction", "b-london", "b-kent")]  # fmt: skip
    pins = [(51.521, -0.059), (51.517, -0.173)]
    for need in NEEDS:
        for place in where:
            named |= set(ids(directory.find(need, london(TUESDAY), place, limit=200)))
        for pin in pins:
            named |= set(ids(directory.find(need, london(TUESDAY), location=pin, limit=200)))
    assert named == {service.id for service in directory.services if service.status != "ended"}


def test_what_has_ended_is_never_named(directory: Directory, find: Find) -> None:
    ended = {service.id for service in directory.services if service.status == "ended"}
    assert ended == {"ask-for-ani"}
    for need in NEEDS:
        assert not ended & set(ids(find(need, limit=200)))


# Safe places


def test_the_safe_zone_is_named_and_not_relied_on(find: Find) -> None:
    matches = {match.service.id: match for match in find("safe_place", SATURDAY_NIGHT, "kingston station")}
    for unsure in ("kingston-safe-zone", "kingston-street-pastors"):
        assert matches[unsure].open is None
        assert matches[unsure].next_change is None
        assert "cannot confirm" in matches[unsure].why
        assert "do not rely on it" in matches[unsure].why
    assert matches["kingston-safe-zone"].km == 0.0
    assert matches["kingston-hospital-ae"].open is True


@pytest.mark.parametrize(
    ("place", "at", "first"),
    [
        ("kingston station", SATURDAY_NIGHT, "kingston-hospital-ae"),
        ("norbiton", TUESDAY, "kingston-hospital-ae"),
        ("hampton wick", SATURDAY_NIGHT, "kingston-hospital-ae"),
        ("maidstone", SATURDAY_NIGHT, "strut-safe"),
        ("leeds", "2026-11-22T00:30", "strut-safe"),
    ],
)
def test_the_first_safe_place(place: str, at: str, first: str, find: Find) -> None:
    assert ids(find("safe_place", at, place))[0] == first


@pytest.mark.parametrize(
    ("place", "near"),
    [
        ("kingston", {"kingston-safe-zone", "kingston-street-pastors"}),
        ("hampton wick", {"kingston-safe-zone", "kingston-street-pastors"}),
        ("clapham junction", {"safe-space-clapham-junction"}),
        ("maidstone", {"maidstone-urban-blue-bus", "maidstone-street-pastors", "one-maidstone-ambassadors"}),
    ],
)
def test_safe_places_across_borough_lines(place: str, near: set[str], find: Find) -> None:
    assert near <= set(ids(find("safe_place", SATURDAY_NIGHT, place)))


@pytest.mark.parametrize("place", ["leeds", "glasgow", "canterbury", "croydon", "hackney"])
def test_nobody_is_sent_across_the_country(place: str, find: Find) -> None:
    assert all(match.km is None or match.km <= 8 for match in find("safe_place", SATURDAY_NIGHT, place, limit=50))


def test_low_confidence_hours_are_never_open(directory: Directory, london: At) -> None:
    moment = london("2026-11-16T00:10")
    for hour in range(24 * 14):
        for service in directory.services:
            if service.hours_confidence == "low" or service.confidence == "low":
                assert service.open_at(moment + timedelta(hours=hour)) is not True


def test_a_walk_home_on_the_phone(find: Find) -> None:
    def strut_safe(at: str) -> bool | None:
        return next(
            match.open for match in find("safe_place", at, "maidstone", limit=50) if match.service.id == "strut-safe"
        )

    assert strut_safe("2026-11-20T23:30") is True
    assert strut_safe("2026-11-21T02:30") is True
    assert strut_safe("2026-11-21T03:30") is False
    assert strut_safe("2026-11-24T23:30") is False
    assert strut_safe("2026-12-25T00:30") is True
    assert strut_safe("2026-12-26T00:30") is None


# Who is asked about


def test_nobody_is_told_to_ring_a_team_that_others_bring_in(directory: Directory, find: Find) -> None:
    for need in NEEDS:
        for match in find(need, limit=200):
            if match.route != "self":
                assert match.shown.phone is match.shown.text is None
                assert "You cannot ring it yourself" in match.why
    assert directory.service("victim-support-hospital-idva").route == "health"
    assert directory.service("victim-support-idva-kingston").route == "police_or_marac"
    assert directory.service("families-first-afc").route == "afc"


def test_a_professional_may_ask_for_what_professionals_bring_in(find: Find) -> None:
    asked = find("housing_help", place="maidstone", who=Who(frozenset({"professional"})), limit=50)
    scheme = next(match for match in asked if match.service.id == "kent-safer-sanctuary")
    assert "You cannot ring it yourself" not in scheme.why


def test_general_services_come_before_those_for_some_people(find: Find) -> None:
    for need in sorted(NEEDS):
        groups: dict[tuple[bool, bool | None, bool], list[bool]] = {}
        for match in find(need, limit=200):
            group = (match.route != "self", match.open, match.km is None)
            some_people = match.service.kind == "by_and_for" or "anyone" not in match.service.for_.people
            if not match.service.floor and set(match.service.for_.people) != {"women"}:
                groups.setdefault(group, []).append(some_people)
        assert all(named == sorted(named) for named in groups.values())


@pytest.mark.parametrize(
    ("who", "named"),
    [
        (Who(frozenset({"lgbt"})), "galop"),
        (Who(frozenset({"jewish"})), "jewish-womens-aid"),
        (Who(frozenset({"muslim"})), "muslim-womens-network"),
        (Who(frozenset({"deaf"})), "signhealth-da"),
        (Who(frozenset({"latin_american"})), "lawa"),
        (Who(frozenset({"men"})), "mens-advice-line"),
    ],
)
def test_those_who_ask_for_their_own_get_it(who: Who, named: str, find: Find) -> None:
    assert named in ids(find("domestic_abuse", who=who))
    assert named not in ids(find("domestic_abuse"))


def test_men_are_not_sent_to_lines_for_women(find: Find) -> None:
    for need in ("domestic_abuse", "coercive_control", "housing_help"):
        for match in find(need, who=Who(frozenset({"men"})), limit=200):
            people = set(match.service.for_.people)
            assert {"anyone", "men"} & people or "women" not in people


@pytest.mark.parametrize(
    ("age", "taken", "left_out"),
    [
        (
            15,
            {"report-remove", "childline", "kingston-early-intervention-girls"},
            {"revenge-porn-helpline", "stopncii"},
        ),
        (11, {"report-remove", "childline", "kingston-early-intervention-girls"}, {"revenge-porn-helpline"}),
        (22, {"revenge-porn-helpline", "kingston-early-intervention-girls"}, {"report-remove", "childline"}),
        (
            40,
            {"revenge-porn-helpline", "stopncii"},
            {"report-remove", "childline", "kingston-early-intervention-girls"},
        ),
    ],
)
def test_ages(age: int, taken: set[str], left_out: set[str], find: Find) -> None:
    named = set(ids(find("image_based_abuse", who=Who(age=age), limit=200)))
    assert taken <= named
    assert not left_out & named


def test_own_behaviour_is_kept_apart(find: Find) -> None:
    named = find("own_behaviour", limit=200)
    kinds = {match.service.kind for match in named}
    assert kinds <= {"perpetrator_programme", "health"}
    for need in NEEDS - {"own_behaviour", "worried_about_someone"}:
        assert "perpetrator_programme" not in {match.service.kind for match in find(need, limit=200)}


def test_one_number_is_named_once(find: Find) -> None:
    for place in PLACES:
        for need in NEEDS:
            numbers = [m.shown.phone for m in find(need, place=place, limit=200) if m.service.kind != "police"]
            shown = [number for number in numbers if number]
            assert len(shown) == len(set(shown))


# Where she is


@pytest.mark.parametrize(
    ("need", "place", "at", "named"),
    [
        (
            "domestic_abuse",
            "kingston",
            TUESDAY,
            {"national-da-helpline", "kingston-da-vawg-service", "kingston-one-stop-shop"},
        ),
        ("domestic_abuse", "maidstone", "2026-11-24T10:00", {"maidstone-one-stop-shop", "kent-da-victim-support"}),
        ("domestic_abuse", "wandsworth", TUESDAY, {"wandsworth-hestia"}),
        ("sexual_violence", "kingston", TUESDAY, {"rape-crisis-247", "havens-camberwell"}),
        ("sexual_violence", "maidstone", TUESDAY, {"rape-crisis-247", "beech-house-sarc"}),
        ("stalking_harassment", "kingston", TUESDAY, {"national-stalking-helpline"}),
        ("harmful_practices", "kingston", TUESDAY, {"karma-nirvana", "forced-marriage-unit"}),
        ("self_harm_suicide", "kingston", "2026-11-24T03:00", {"samaritans", "shout-85258", "nhs-111-option-2"}),
        ("child_at_risk", "kingston", TUESDAY, {"afc-single-point-of-access", "childline"}),
        ("child_at_risk", "maidstone", TUESDAY, {"kent-childrens-front-door", "childline", "nspcc-helpline"}),
        ("own_behaviour", "kingston", TUESDAY, {"respect-phoneline", "samaritans"}),
        ("spiking", "kingston", SATURDAY_NIGHT, {"kingston-hospital-ae"}),
        ("report_crime", "kingston", TUESDAY, {"police-101", "met-police-online", "crimestoppers"}),
        ("report_crime", "maidstone", TUESDAY, {"police-101", "kent-police-online"}),
        ("support_for_business", "kingston", TUESDAY, {"womens-night-safety-charter"}),
        ("volunteer_or_forum", "kingston", TUESDAY, {"kingston-survivors-forum"}),
        ("legal_help", "leeds", TUESDAY, {"ncdv", "rights-of-women"}),
    ],
)
def test_named(need: str, place: str, at: str, named: set[str], find: Find) -> None:
    assert named <= set(ids(find(need, at, place)))


def test_local_before_national_where_all_else_is_equal(find: Find) -> None:
    assert ids(find("domestic_abuse", "2026-11-24T10:00", "maidstone"))[:2] == [
        "maidstone-one-stop-shop",
        "kent-da-victim-support",
    ]


def test_outside_gets_national_lines_only(find: Find) -> None:
    for place in ("leeds", "glasgow"):
        for need in NEEDS:
            for match in find(need, place=place, limit=200):
                assert {"uk", "england"} & set(match.service.areas)
    assert all("uk" in match.service.areas for need in NEEDS for match in find(need, place="glasgow", limit=200))


def test_a_pin_wins_over_a_place(directory: Directory, london: At) -> None:
    place = directory.gazetteer.by_id("m-maidstone-town-centre")
    matches = directory.find("safe_place", london(SATURDAY_NIGHT), place, location=(51.4122, -0.3018))
    assert "kingston-safe-zone" in ids(matches)
    assert "maidstone-street-pastors" not in ids(matches)


def test_nobody_is_near_the_middle_of_a_county(find: Find) -> None:
    assert all(match.km is None for match in find("safe_place", SATURDAY_NIGHT, "kent", limit=50))


def test_a_need_that_there_is_not(directory: Directory, london: At) -> None:
    with pytest.raises(ValueError, match="not a concern"):
        directory.find("nonsense", london(TUESDAY))


# What is held back


def test_unconfirmed_contacts_are_never_shown(directory: Directory, london: At) -> None:
    for service in directory.services:
        shown = service.shown(london(TUESDAY))
        for way in ("phone", "text", "whatsapp", "webchat", "url", "email"):
            contact = getattr(service.contact, way)
            if getattr(shown, way) is not None:
                assert contact.confirmed
        assert all(other.confirmed for other in shown.others)
        if service.confidence == "low" or service.status != "active":
            assert not shown.reachable


@pytest.mark.parametrize(
    "service_id",
    ["kingston-da-vawg-service", "refuge-richmond", "merton-idva", "ikwro", "lawa", "beech-house-sarc", "ask-for-ani"],
)
def test_no_number_is_shown(service_id: str, directory: Directory) -> None:
    assert directory.service(service_id).shown_phone is None


@pytest.mark.parametrize(
    ("service_id", "phone"),
    [
        ("national-da-helpline", "0808 2000 247"),
        ("rape-crisis-247", "0808 500 2222"),
        ("samaritans", "116 123"),
        ("childline", "0800 1111"),
        ("nhs-111-option-2", "111"),
        ("emergency-999", "999"),
        ("mens-advice-line", "0808 801 0327"),
        ("kent-da-victim-support", "0808 168 9276"),
    ],
)
def test_a_number_is_shown(service_id: str, phone: str, directory: Directory, london: At) -> None:
    assert directory.service(service_id).shown(london(TUESDAY)).phone == phone


def test_the_text_line(directory: Directory, london: At) -> None:
    assert directory.service("shout-85258").shown(london(TUESDAY)).text == "85258"


def test_the_safety_floor_never_expires(directory: Directory, london: At) -> None:
    floor = {service.id for service in directory.services if service.floor}
    assert floor == {
        "emergency-999", "national-da-helpline", "rape-crisis-247", "samaritans", "shout-85258", "childline",
        "nhs-111-option-2", "afc-single-point-of-access",
    }  # fmt: skip
    for service_id in floor:
        assert directory.service(service_id).shown(london("2040-01-01T12:00")).reachable
    assert floor - {"emergency-999"} <= set(directory.overdue(london("2040-01-01T12:00")))


def test_the_rest_is_withheld_after_its_review_is_due(directory: Directory, london: At) -> None:
    service = directory.service("mens-advice-line")
    assert service.review_by is not None
    last_day = london(f"{service.review_by}T12:00")
    assert service.shown(last_day).phone
    assert service.open_at(last_day) is True
    assert service.shown(last_day + timedelta(days=1)).phone is None
    assert service.open_at(last_day + timedelta(days=1)) is None
    assert service.open_at(last_day + timedelta(days=5)) is False


def test_nobody_has_approved_anything_yet(directory: Directory, london: At) -> None:
    shown = [service.id for service in directory.services if service.shown(london(TUESDAY)).reachable]
    assert list(directory.unapproved(london(TUESDAY))) == shown


def test_no_bill_promise_that_the_operator_did_not_make(directory: Directory) -> None:
    assert {service.id for service in directory.services if service.on_bill} == {"samaritans", "mens-advice-line"}


def test_an_empty_directory_names_nothing(directory: Directory, london: At) -> None:
    empty = Directory(
        {}, Areas({"uk": "the UK", "england": "England"}, {"uk": None, "england": "uk"}), directory.gazetteer, {}
    )
    assert empty.find("domestic_abuse", london(TUESDAY)) == []
