"""Places as people type them, and the messages that name none."""

import pytest

from bot.directory.gazetteer import Ambiguous, Gazetteer
from bot.directory.places import Place


@pytest.mark.parametrize(
    ("typed", "place_id"),
    [
        ("Kingston", "kingston-town-centre"),
        ("kingston upon thames", "kingston-town-centre"),
        ("kingston station", "kingston-station"),
        ("im at kingston station", "kingston-station"),
        ("Kingston train stn", "kingston-station"),
        ("kingstonstation", "kingston-station"),
        ("the station in surbiton", "surbiton-station"),
        ("surbitan station", "surbiton-station"),
        ("new maldon high street", "new-malden-high-street"),
        ("bentals", "bentall-centre"),
        ("the bentall centre", "bentall-centre"),
        ("kingston a&e", "kingston-hospital"),
        ("hospital in kingston", "kingston-hospital"),
        ("gabriel's hill", "m-gabriel-s-hill"),
        ("St. Margaret’s station", "st-margarets-station"),
        ("penrhyn road", "penrhyn-road"),
        ("penrhyn rd", "kingston-university-penrhyn-road"),
        ("Richmond", "d-richmond"),
        ("hampton wick", "d-hampton-wick"),
        ("wimbeldon", "d-wimbledon"),
        ("maidston", "m-maidstone-town-centre"),
        ("maidstone bus station", "chequers-bus-station-maidstone"),
        ("loose", "m-loose"),
        ("hook", "d-hook"),
        ("town", "kingston-town-centre"),
        ("kent", "b-kent"),
        ("leeds", "x-leeds"),
        ("glasgow", "x-glasgow"),
        ("reading", "x-reading"),
        # postcodes, whole and otherwise
        ("KT1 1EU", "oc-kt1"),
        ("KT11EU", "oc-kt1"),
        ("kt1 1e", "oc-kt1"),
        ("kt1 1", "oc-kt1"),
        ("k t 1 2 a b", "oc-kt1"),
        ("kt 1", "oc-kt1"),
        ("ktl 1eu", "oc-kt1"),
        ("ktl", "oc-kt1"),
        ("kt10 0", "oc-kt10"),
        ("kt11", "oc-kt11"),
        ("kt11 2ab", "oc-kt11"),
        ("ME14 1LY", "oc-me14"),
        ("me141ly", "oc-me14"),
        ("me 14", "oc-me14"),
        ("m e 1 4", "oc-me14"),
        ("sw1a 1aa", "oc-sw1a"),
        ("se15", "oc-se15"),
        ("G12 8QQ", "oc-g12"),
    ],
)
def test_lookup(typed: str, place_id: str, gazetteer: Gazetteer) -> None:
    found = gazetteer.lookup(typed)
    assert isinstance(found, Place)
    assert found.id == place_id
    assert gazetteer.by_id(place_id) == found


@pytest.mark.parametrize(
    "typed", ["", "  ", "?", "asdfgh", "mars", "my mates house", "ok1 1zz", "b4 he comes", "in the bath"]
)
def test_lookup_of_nowhere(typed: str, gazetteer: Gazetteer) -> None:
    assert gazetteer.lookup(typed) is None


@pytest.mark.parametrize(
    ("typed", "choices"),
    [
        ("the station", {"kingston-station", "maidstone-east-station"}),
        ("im outside the train station", {"kingston-station", "maidstone-east-station"}),
        ("hospital", {"kingston-hospital", "m-maidstone-hospital"}),
        ("A&E", {"kingston-hospital", "m-maidstone-hospital"}),
    ],
)
def test_lookup_of_several(typed: str, choices: set[str], gazetteer: Gazetteer) -> None:
    found = gazetteer.lookup(typed)
    assert isinstance(found, Ambiguous)
    assert {place.id for place in found.choices} == choices


@pytest.mark.parametrize(
    ("text", "words", "place_id"),
    [
        ("hes following me im near the bentall centre in kingston", "bentall centre", "bentall-centre"),
        ("im in surbiton can u help", "surbiton", "d-surbiton"),
        ("stuck at New Malden station, no money", "New Malden station", "new-malden-station"),
        ("is anywhere open near kt1 2ab tonight", "kt1 2ab", "oc-kt1"),
        ("i live in me15 and hes outside", "me15", "oc-me15"),
        ("im from maidstone but now in kingston", "kingston", "kingston-town-centre"),
        ("left kingston, at norbiton now", "norbiton", "d-norbiton"),
        ("im in loose, near the pub", "loose", "m-loose"),
        ("by the rotunda", "the rotunda", "the-rotunda"),
        ("some man outside the guildhall", "guildhall", "kingston-guildhall"),
        ("im at uni and he keeps turning up", "uni", "kingston-university-penrhyn-road"),
        ("im outside the station in maidstone east", "station in maidstone east", "maidstone-east-station"),
        ("the hospital in wimbledon", "wimbledon", "d-wimbledon"),
        ("richmond ok", "richmond", "d-richmond"),
        ("im in reading", "reading", "x-reading"),
        ("Kingston's not safe at night", "Kingston's", "kingston-town-centre"),
        ("i am in twickenam", "twickenam", "d-twickenham"),
        ("roehamton estate", "roehamton estate", "d-roehampton"),
    ],
)
def test_mention(text: str, words: str, place_id: str, gazetteer: Gazetteer) -> None:
    found = gazetteer.mention(text)
    assert found is not None
    assert (found.text, found.id) == (words, place_id)


NO_PLACE = [
    "he went spare at christmas",
    "im on the train home",
    "he has a loose screw",
    "he is on the loose",
    "in loose clothes so nobody sees",
    "i want to hook up with someone new",
    "he let me off the hook",
    "ham sandwich",
    "he made me eat ham",
    "the link doesnt work",
    "my teddy is my only friend",
    "he plays chess online with her",
    "hes got a bushy beard",
    "he followed me down a back street",
    "the dog was barking all night",
    "he keeps barring my number",
    "wavering about telling anyone",
    "reading your message made me cry",
    "he drowned my phone in the bath",
    "deal with it he said",
    "he hit me 14 times",
    "he told me 2 go",
    "b4 he gets home",
    "cu l8r m8",
    "call me at 10",
    "he gave me 20 quid for the week",
    "its all my fault",
    "can i talk to someone",
    "he wont let me leave the house",
    "he goes through my phone",
    "my ex keeps texting me",
    "something happened last night",
    "he is my husband",
    "preston is my brother",
    "chelsea said i should text you",
    "lincoln my son is three",
    "he barnes storms in",
    "grove",
    "the west side of it",
    "we went to town on it",
    "the market is bad",
    "kent always says that",
    "london is where my mum is",
    "its on the house",
    "he is at work",
    "im in my room",
    "near the end of my rope",
    "he was in the army",
    "modern slavery",
    "the batteries died",
    "he put a gps tracker in my bag",
    "in the marked car",
    "i am 15",
    "he has a knife",
    "help",
    "yes",
    "1",
    "",
    "!!!",
    "🙏",
]


@pytest.mark.parametrize("text", NO_PLACE)
def test_no_mention(text: str, gazetteer: Gazetteer) -> None:
    assert gazetteer.mention(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "i dont know",
        "hes on the loose",
        "not telling you",
        "help",
        "why",
        "b4 he gets home",
        "m8 he is here",
        "1",
        "yes",
    ],
)
def test_an_answer_that_names_no_place(text: str, gazetteer: Gazetteer) -> None:
    assert gazetteer.mention(text, expecting=True) is None


@pytest.mark.parametrize(
    ("text", "place_id"),
    [
        ("hook", "d-hook"),
        ("town", "kingston-town-centre"),
        ("loose i think", "m-loose"),
        ("me 14", "oc-me14"),
        ("n1", "oc-n1"),
    ],
)
def test_a_weak_word_counts_as_an_answer(text: str, place_id: str, gazetteer: Gazetteer) -> None:
    found = gazetteer.mention(text, expecting=True)
    assert found is not None
    assert found.id == place_id


@pytest.mark.parametrize(
    ("lat", "lon", "area"),
    [
        (51.41, -0.30, "kingston"),
        (51.4141, -0.3132, "richmond"),
        (51.395, -0.2392, "merton"),
        (51.3816, -0.2454, "sutton"),
        (51.464, -0.170, "wandsworth"),
        (51.33, -0.27, "surrey"),
        (51.274, 0.52, "maidstone"),
        (51.28, 1.08, "kent"),
        (51.52, -0.06, "london"),
        (53.48, -2.24, "outside"),
        (0.0, 0.0, "outside"),
    ],
)
def test_nearest_area(lat: float, lon: float, area: str, gazetteer: Gazetteer) -> None:
    assert gazetteer.nearest_area(lat, lon) == area


@pytest.mark.parametrize(
    ("place_id", "area", "nation"),
    [
        ("oc-kt1", "kingston", "england"),
        ("oc-kt4", "sutton", "england"),
        ("oc-kt12", "surrey", "england"),
        ("oc-me1", "kent", "england"),
        ("oc-cr0", "croydon", "england"),
        ("oc-ec1a", "london", "england"),
        ("oc-g12", "outside", "scotland"),
        ("x-cardiff", "outside", "wales"),
        ("x-leeds", "outside", "england"),
        ("b-kent", "kent", "england"),
    ],
)
def test_the_area_of_a_place(place_id: str, area: str, nation: str, gazetteer: Gazetteer) -> None:
    place = gazetteer.by_id(place_id)
    assert place is not None
    assert (place.area, place.nation) == (area, nation)


@pytest.mark.parametrize("place_id", ["", "nowhere", "oc-", "oc-zz1"])
def test_an_id_that_there_is_not(place_id: str, gazetteer: Gazetteer) -> None:
    assert gazetteer.by_id(place_id) is None


def test_every_place_is_found_by_each_of_its_names(gazetteer: Gazetteer) -> None:
    for place in gazetteer.places:
        for name in (place.name, *place.aliases):
            found = gazetteer.lookup(name)
            assert isinstance(found, Place), name
            assert found.name == place.name or place.id.startswith("x-"), name
