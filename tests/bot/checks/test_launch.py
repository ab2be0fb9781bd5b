"""Nothing goes live that nobody has signed, and a signature falls with the first changed letter."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.checks.launch import unsigned

ROOT = Path(__file__).parents[3]


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A copy of what is checked, beside a copy of the domain."""
    shutil.copy(ROOT / "domain.yml", tmp_path)
    for part in ("wording", "directory", "places"):
        shutil.copytree(ROOT / "data" / part, tmp_path / "data" / part)
    shutil.copy(ROOT / "data" / "launch.yml", tmp_path / "data")
    return tmp_path / "data"


def change(path: Path, how: Any) -> None:
    read = yaml.safe_load(path.read_text(encoding="utf-8"))
    how(read)
    path.write_text(yaml.safe_dump(read, allow_unicode=True), encoding="utf-8")


BY = {"status": "approved", "approved_by": "service lead", "approved_on": "2026-12-01"}


def sign_texts(file: Any) -> None:
    for entry in file["texts"].values():
        entry.update(BY)


def sign_plans(file: Any) -> None:
    for entry in (file["pick"], *(step for plan in file["plans"].values() for step in plan["steps"])):
        entry.update(BY)


def sign_services(file: Any) -> None:
    for service in file.get("services", ()):
        service["approved"] = {"role": "service lead", "on": "2026-12-01"}


def sign_everything(data: Path) -> None:
    """As the people do who stand behind it."""
    for name in ("lane", "web", "worker"):
        change(data / "wording" / f"{name}.yml", sign_texts)
    change(data / "wording" / "plans.yml", sign_plans)
    for path in (data / "directory").glob("*.yml"):
        change(path, sign_services)
    hashes = dict(re.findall(r"domain.yml: (\w+): .*text: (\w+)", "\n".join(unsigned(data))))

    def launch(file: Any) -> None:
        for decision in file["decisions"]:
            decision.update(status="signed", by="service lead", on="2026-12-01")
        file["responses"] = {
            name: {"text": text, "by": "service lead", "on": "2026-12-01"} for name, text in hashes.items()
        }

    change(data / "launch.yml", launch)


def test_as_shipped_every_kind_of_thing_waits_for_somebody() -> None:
    kinds = {line.partition(":")[0] for line in unsigned(ROOT / "data")}
    assert kinds == {"lane.yml", "web.yml", "worker.yml", "plans.yml", "domain.yml", "directory", "launch.yml"}


def test_what_everybody_has_signed_is_ready(data: Path) -> None:
    sign_everything(data)
    assert unsigned(data) == []


@pytest.mark.parametrize("missing", ["approved_by", "approved_on"])
def test_an_approval_without_a_role_or_a_day_is_none(data: Path, missing: str) -> None:
    sign_everything(data)
    change(data / "wording" / "lane.yml", lambda file: file["texts"]["cover.line"].pop(missing))
    assert unsigned(data) == ["lane.yml: cover.line: not signed"]


def test_a_changed_response_has_to_be_signed_again(data: Path) -> None:
    sign_everything(data)
    domain = data.parent / "domain.yml"
    domain.write_text(domain.read_text(encoding="utf-8").replace("You are welcome.", "You are most welcome."))
    (line,) = unsigned(data)
    assert line.startswith("domain.yml: utter_thanks: not signed as it stands")


def test_a_service_that_is_shown_has_to_be_rung(data: Path) -> None:
    sign_everything(data)
    change(data / "directory" / "national.yml", lambda file: file["services"][0].pop("approved"))
    (line,) = unsigned(data)
    assert line.endswith("nobody has rung or opened what is shown of it")


def test_a_file_that_cannot_be_used_is_named(data: Path) -> None:
    (data / "launch.yml").write_text("decisions: 5\n")
    assert unsigned(data)[0].startswith("launch.yml: decisions")
    (data / "launch.yml").unlink()
    assert unsigned(data) == ["launch.yml: cannot be read"]


@pytest.mark.parametrize(
    ("how", "what"),
    [
        (lambda file: file.update(decisions=[]), "launch.yml: decisions"),
        (lambda file: file["decisions"][0].update(by=" "), "launch.yml: decisions.0.by"),
        (lambda file: file["responses"]["utter_greet"].update(by=""), "launch.yml: responses.utter_greet.by"),
    ],
)
def test_a_list_with_nothing_in_it_or_a_name_that_is_none_signs_nothing(data: Path, how: Any, what: str) -> None:
    sign_everything(data)
    change(data / "launch.yml", how)
    (line,) = unsigned(data)
    assert line.startswith(what)


@pytest.mark.parametrize("domain", [None, "responses: [", "intents: []\n"])
def test_a_domain_that_cannot_be_read_is_one_line(data: Path, domain: str | None) -> None:
    path = data.parent / "domain.yml"
    path.unlink()
    if domain:
        path.write_text(domain)
    (line,) = unsigned(data)
    assert line.startswith("domain.yml: ")
