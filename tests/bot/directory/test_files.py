"""The files: what is wrong in one is said with its name, the entry and the field; and what ours must never hold."""

import ast
import re
import shutil
from pathlib import Path

import pytest

from bot.directory.directory import Directory
from bot.directory.errors import DirectoryError

SERVICES, PLACES = "directory/kingston.yml", "places/kingston.yml"


@pytest.fixture
def copy(data: Path, tmp_path: Path) -> Path:
    for folder in ("directory", "places"):
        shutil.copytree(data / folder, tmp_path / folder)
    return tmp_path


@pytest.mark.parametrize(
    ("file", "old", "new", "entry", "field"),
    [
        (SERVICES, "    kind: safe_zone\n", "    kind: tent\n", "kingston-safe-zone", "kind"),
        (SERVICES, "    route: police_or_marac\n", "    route: fax\n", "victim-support-idva-kingston", "route"),
        (SERVICES, "Mo-Th 08:00-17:15", "Mo-Th 8-5", "afc-single-point-of-access", "hours"),
        (SERVICES, "PH off", "SH off", "afc-single-point-of-access", "hours"),
        (SERVICES, "through: kingston-hospital-ae", "through: nowhere", "victim-support-hospital-idva", "through"),
        (SERVICES, "- id: kingston-hospital-ae", "- id: kingston-safe-zone", "kingston-safe-zone", "id"),
        (SERVICES, "- id: kingston-own-my-life", "- id: Own My Life", "Own My Life", "id"),
        (SERVICES, "confirmed: false", "confirmed: perhaps", "kingston-da-vawg-service", "contact.phone.confirmed"),
        (SERVICES, "main: [domestic_abuse,", "main: [own_behaviour,", "kingston-da-vawg-service", "the entry"),
        (SERVICES, "people: [anyone, women,", "people: [everybody,", "kingston-da-vawg-service", "for.people.0"),
        (SERVICES, "One front door", "One “front” door", "kingston-da-vawg-service", "what"),
        (SERVICES, "areas: [kingston]", "areas: [atlantis]", "kingston-da-vawg-service", "areas"),
        (SERVICES, "    status: active\n", "    status: active\n    stars: 5\n", "kingston-da-vawg-service", "stars"),
        (SERVICES, "    review_by: 2027-11-22\n", "", "kingston-da-vawg-service", "review_by"),
        (SERVICES, "    route: police_or_marac\n",
         "    route: police_or_marac\n    contact: {phone: {value: '1', confirmed: true}}\n",
         "victim-support-idva-kingston", "the entry"),
        (SERVICES, "services:", "shops:", "the file", "services"),
        (SERVICES, "services:\n", "services:\n  - [\n", "line", "YAML"),
        ("directory/why.yml", "  closed: Closed now.\n", "", "phrases", "closed"),
        ("directory/why.yml", "phrases:", "words:", "the file", "phrases"),
        (PLACES, "type: bus_station", "type: heliport", "cromwell-road-bus-station", "type"),
        (PLACES, "lat: 51.413,", "lat: north,", "cromwell-road-bus-station", "lat"),
        (PLACES, "area: kingston", "area: atlantis", "cromwell-road-bus-station", "area"),
        (PLACES, "approx: true,", "aprox: true,", "cromwell-road-bus-station", "aprox"),
        (PLACES, "id: fairfield-bus-station", "id: cromwell-road-bus-station", "cromwell-road-bus-station", "id"),
        (PLACES, "aliases: [eden st]", "aliases: [fife road]", "fife-road", "aliases"),
        (PLACES, "aliases: [eden st]", "aliases: eden st", "eden-street", "aliases"),
        (PLACES, "places:", "- places:", "line", "YAML"),
        ("places/areas.yml", "areas:", "-", "the file", "YAML"),
        ("places/areas.yml", "within: kent", "within: atlantis", "maidstone", "within"),
        ("places/words.yml", "loose,", "loose, nonesuch,", "nonesuch", "weak"),
        ("places/words.yml", "\ncues:", "\nhints:", "the file", "cues"),
        ("places/words.yml", "[kingston-station, ", "[nowhere, ", "ambiguous, station", "places"),
        ("places/postcode_areas.yml", "nations:", "countries:", "the file", "nations"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said(copy: Path, file: str, old: str, new: str, entry: str, field: str) -> None:
    path = copy / file
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")
    with pytest.raises(DirectoryError) as raised:
        Directory.load(copy)
    assert raised.value.file == path
    assert raised.value.entry.startswith(entry)
    assert raised.value.field == field
    assert str(raised.value).startswith(f"{path}: {entry}")


def test_a_file_that_is_missing(copy: Path) -> None:
    (copy / "places/words.yml").unlink()
    with pytest.raises(DirectoryError, match="it is missing"):
        Directory.load(copy)


def test_a_number_is_not_repeated_in_an_error(copy: Path) -> None:
    path = copy / SERVICES
    path.write_text(
        path.read_text("utf-8").replace('phone: {value: "020 8943 8188"', "phone: {value: 2089438188", 1), "utf-8"
    )
    with pytest.raises(DirectoryError) as raised:
        Directory.load(copy)
    assert raised.value.field == "contact.phone.value"
    assert "8188" not in str(raised.value)


def test_all_services_are_there(directory: Directory) -> None:
    assert len(directory.services) == 115


def test_no_refuge_has_a_place(directory: Directory) -> None:
    for service in directory.services:
        if service.kind == "refuge_gateway" or "refuge" in service.id:
            assert service.place is None
    assert not any("refuge" in place.id or "refuge" in place.name.lower() for place in directory.gazetteer.places)


def test_texts_fit_into_text_messages(directory: Directory) -> None:
    for service in directory.services:
        assert len(service.what) <= 200, service.id
        assert not re.search(r"[{}\[\]~^\\|]", service.what), service.id
        assert not re.search(r"\b(victim|perpetrator|IDVA|MARAC|VAWG|DA)\b", service.what), service.id


def test_what_is_said_of_a_service_holds_no_number_of_its_own(directory: Directory) -> None:
    for service in directory.services:
        assert not re.search(r"\d[\d ]{6,}", service.what), service.id


def test_the_stations_carry_their_licence(data: Path) -> None:
    text = (data / "places/stations.yml").read_text("utf-8")
    assert "NOTICE" in text
    assert "ODbL" in text


PY310 = ("__init__", "errors", "gazetteer", "places", "postcodes", "spelling", "words")
ALLOWED = {
    "__future__",
    "collections",
    "dataclasses",
    "itertools",
    "math",
    "pathlib",
    "re",
    "typing",
    "yaml",
    "rapidfuzz",
}


@pytest.mark.parametrize("module", PY310)
def test_what_also_runs_inside_rasa_stays_simple(module: str) -> None:
    source = (Path(__file__).parents[3] / "bot/directory" / f"{module}.py").read_text("utf-8")
    tree = ast.parse(source, feature_version=(3, 10))
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            assert {name.name.split(".")[0] for name in node.names} <= ALLOWED
        if isinstance(node, ast.ImportFrom):
            package, _, rest = (node.module or "").partition(".")
            own = package == "bot" and rest.removeprefix("directory.") in PY310
            assert own or package in ALLOWED
