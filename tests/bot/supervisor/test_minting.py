from __future__ import annotations

from pathlib import Path

import pytest

from bot.settings import Settings
from bot.supervisor.environment import children_environment
from bot.supervisor.minting import mint
from bot.supervisor.programs import choose_places, everything


def settings(var: Path, **values: object) -> Settings:
    return Settings.model_validate({"var": var, **values})


@pytest.fixture(autouse=True)
def _nothing_is_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("REDIS_URL", "QUIETWORD_SECRET_KEY", "TWILIO_ACCOUNT_SID", "TWILIO_AUTH_TOKEN", "TWILIO_API_BASE_URL"):
        monkeypatch.delenv(name, raising=False)


def test_a_secret_is_kept_and_only_its_owner_can_read_it(tmp_path: Path) -> None:
    var = tmp_path / "var"
    first = mint(var, "secret-key")
    kept = var / "secrets" / "secret-key"
    assert mint(var, "secret-key") == first
    assert len(first) >= 32
    assert kept.stat().st_mode & 0o777 == 0o600
    assert kept.parent.stat().st_mode & 0o777 == 0o700
    assert list(kept.parent.iterdir()) == [kept]


def test_secrets_differ_between_installations(tmp_path: Path) -> None:
    assert mint(tmp_path / "a", "secret-key") != mint(tmp_path / "b", "secret-key")


def test_demo_mode_gets_the_simulator_in_place_of_twilio(tmp_path: Path) -> None:
    given = settings(tmp_path, port=8181)
    environ = children_environment(given, choose_places(given, "p"))
    assert environ["TWILIO_API_BASE_URL"] == "http://127.0.0.1:8181/simulator/twilio"
    assert environ["QUIETWORD_PUBLIC_URL"] == "http://127.0.0.1:8181"
    assert environ["TWILIO_ACCOUNT_SID"].startswith("AC")
    assert len(environ["TWILIO_ACCOUNT_SID"]) == 34
    assert environ["QUIETWORD_SECRET_KEY"]


def test_a_real_account_is_used_as_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TWILIO_ACCOUNT_SID", "AC" + "0" * 32)
    monkeypatch.setenv("TWILIO_AUTH_TOKEN", "its own")
    given = settings(tmp_path)
    environ = children_environment(given, choose_places(given, "p"))
    assert environ["TWILIO_ACCOUNT_SID"] == "AC" + "0" * 32
    assert environ["TWILIO_AUTH_TOKEN"] == "its own"
    assert "TWILIO_API_BASE_URL" not in environ
    assert "TWILIO_SMS_FROM" not in environ


def test_live_mode_mints_nothing(tmp_path: Path) -> None:
    given = settings(
        tmp_path,
        mode="live",
        secret_key="k" * 32,
        public_url="https://example.org",
        redis_url="redis://127.0.0.1:6379/0",
        twilio_account_sid="AC" + "0" * 32,
        twilio_auth_token="t",
    )
    environ = children_environment(given, choose_places(given, "p"))
    assert "TWILIO_API_BASE_URL" not in environ
    assert not (tmp_path / "secrets").exists()


def test_a_configured_redis_is_used_and_none_is_started(tmp_path: Path) -> None:
    given = settings(tmp_path, redis_url="redis://elsewhere:6379/3")
    places = choose_places(given, "p")
    assert children_environment(given, places)["REDIS_URL"] == "redis://elsewhere:6379/3"
    names = [program.name for program in everything(given, places, "p")]
    assert names == ["gateway", "conversation", "console", "actions", "rasa"]


def test_our_own_redis_is_the_first_to_start_and_the_last_to_end(tmp_path: Path) -> None:
    given = settings(tmp_path)
    planned = everything(given, choose_places(given, "p"), "p")
    assert planned[0].name == "redis"
    assert [program.name for program in planned if program.ends_last] == ["redis"]
    assert "rasa run" in " ".join(planned[-1].command)


def test_places_do_not_show_the_password(tmp_path: Path) -> None:
    assert "hidden-word" not in repr(choose_places(settings(tmp_path), "hidden-word"))
