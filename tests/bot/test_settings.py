import pytest

from bot.settings import RESERVED_WORDS, SettingsError, read_settings


@pytest.fixture(autouse=True)
def _no_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    import os

    for name in list(os.environ):
        if name.startswith(("QUIETWORD_", "TWILIO_", "TELEGRAM_", "REDIS_")):
            monkeypatch.delenv(name)


def test_demo_mode_needs_nothing() -> None:
    settings = read_settings()
    assert (settings.mode, settings.port, settings.console_port, settings.internal_port) == ("demo", 8080, 8090, 9090)
    assert settings.safe_word == "TULIP"


def test_live_mode_names_what_is_missing_on_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QUIETWORD_MODE", "live")
    with pytest.raises(SettingsError) as error:
        read_settings()
    assert "secret_key" in str(error.value)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("word", [*sorted(RESERVED_WORDS), "", "abc", "two words", "tulíp", "x" * 13, "tul1p"])
def test_a_word_that_carriers_take_or_that_cannot_be_texted_is_refused(
    monkeypatch: pytest.MonkeyPatch, word: str
) -> None:
    monkeypatch.setenv("QUIETWORD_SAFE_WORD", word)
    with pytest.raises(SettingsError, match="safe_word"):
        read_settings()


@pytest.mark.parametrize(("name", "value"), [("QUIETWORD_PORT", "0"), ("QUIETWORD_PORT", "x"), ("QUIETWORD_MODE", "y")])
def test_a_wrong_setting_is_named(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError, match=name.removeprefix("QUIETWORD_").lower()):
        read_settings()


def test_no_secret_shows_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("QUIETWORD_SECRET_KEY", "TWILIO_AUTH_TOKEN", "TWILIO_SMS_FROM", "REDIS_URL", "TELEGRAM_BOT_TOKEN"):
        monkeypatch.setenv(name, "canary-value")
    settings = read_settings()
    assert "canary" not in repr(settings)
    assert "canary" not in str(settings)
    assert settings.secret == b"canary-value"
