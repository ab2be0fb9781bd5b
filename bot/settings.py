"""All settings, read once from the environment at start, with one clear line for what is wrong."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import AliasChoices, Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

STOP_WORDS = frozenset(
    {"stop", "stopall", "unsubscribe", "cancel", "end", "quit", "revoke", "optout", "arret", "remove"}
)
"""A carrier takes each of these, alone in a message, as "never text me again"."""

RESERVED_WORDS = STOP_WORDS | {"start", "yes", "unstop", "help", "info"}
"""Words that carriers take for themselves: never our word, never a command."""


class SettingsError(Exception):
    """A setting is missing or wrong. The text is one line, and names the setting, never its value."""


def _env(name: str) -> AliasChoices:
    return AliasChoices(name, name.lower())


class Settings(BaseSettings):
    """What the environment may set; names and defaults are a contract (README, "Settings")."""

    model_config = SettingsConfigDict(env_prefix="QUIETWORD_", extra="ignore", frozen=True, populate_by_name=True)

    mode: Literal["demo", "live"] = "demo"
    port: int = Field(8080, ge=1, le=65535)
    console_port: int = Field(8090, ge=1, le=65535)
    internal_port: int = Field(9090, ge=1, le=65535)
    var: Path = Path("var")
    models: Path = Path("models")
    data: Path = Path("data")
    safe_word: str = "TULIP"
    secret_key: SecretStr | None = None
    public_url: str | None = None
    rasa_url: str = "http://127.0.0.1:5005"
    actions_port: int = Field(5055, ge=1, le=65535)

    redis_url: SecretStr | None = Field(None, validation_alias=_env("REDIS_URL"))
    twilio_account_sid: str | None = Field(None, validation_alias=_env("TWILIO_ACCOUNT_SID"))
    twilio_auth_token: SecretStr | None = Field(None, validation_alias=_env("TWILIO_AUTH_TOKEN"))
    twilio_sms_from: SecretStr | None = Field(None, validation_alias=_env("TWILIO_SMS_FROM"))
    twilio_whatsapp_from: SecretStr | None = Field(None, validation_alias=_env("TWILIO_WHATSAPP_FROM"))
    twilio_messaging_service_sid: str | None = Field(None, validation_alias=_env("TWILIO_MESSAGING_SERVICE_SID"))
    twilio_api_base_url: str | None = Field(None, validation_alias=_env("TWILIO_API_BASE_URL"))
    telegram_bot_token: SecretStr | None = Field(None, validation_alias=_env("TELEGRAM_BOT_TOKEN"))
    telegram_webhook_secret: SecretStr | None = Field(None, validation_alias=_env("TELEGRAM_WEBHOOK_SECRET"))
    telegram_api_base_url: str | None = Field(None, validation_alias=_env("TELEGRAM_API_BASE_URL"))

    @field_validator("safe_word")
    @classmethod
    def _word_can_be_texted(cls, word: str) -> str:
        if not (word.isascii() and word.isalpha() and 4 <= len(word) <= 12):
            raise ValueError("must be one word of 4 to 12 letters")
        if word.lower() in RESERVED_WORDS:
            raise ValueError("is a word that phone networks take for themselves")
        return word.upper()

    @model_validator(mode="after")
    def _live_needs_its_secrets(self) -> Settings:
        if self.mode == "live":
            needed = ("secret_key", "public_url", "redis_url", "twilio_account_sid", "twilio_auth_token")
            missing = [name for name in needed if not getattr(self, name)]
            if missing:
                raise ValueError(f"live mode needs {', '.join(missing)}")
        return self

    @property
    def secret(self) -> bytes:
        """The installation's secret as bytes. The supervisor has minted one in demo mode."""
        if self.secret_key is None:
            raise SettingsError("QUIETWORD_SECRET_KEY is not set")
        return self.secret_key.get_secret_value().encode()


def read_settings() -> Settings:
    """Reads the environment once. Raises `SettingsError` with one line that names what is wrong."""
    try:
        return Settings()  # type: ignore[call-arg]
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False, include_context=False)[0]
        where = ".".join(str(part) for part in first["loc"]) or "settings"
        raise SettingsError(f"{where}: {first['msg']}") from None
