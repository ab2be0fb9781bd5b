"""What the children are told, by environment variables."""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from pathlib import Path

from bot.settings import Settings
from bot.supervisor.minting import mint, private_folder
from bot.supervisor.programs import Places

DEMO_SMS = "+447700900123"
DEMO_WHATSAPP = "whatsapp:+447700900124"
"""From the range that Ofcom keeps for drama: nobody has them."""


def children_environment(settings: Settings, places: Places) -> dict[str, str]:
    """Ours, with every setting as it was read, the places of this run and, in demo mode, what has not been set."""
    environ = dict(os.environ)
    environ.pop("PYTHONDONTWRITEBYTECODE", None)  # without compiled files every start takes twice as long
    environ |= {
        "QUIETWORD_MODE": settings.mode,
        "QUIETWORD_PORT": str(settings.port),
        "QUIETWORD_CONSOLE_PORT": str(settings.console_port),
        "QUIETWORD_INTERNAL_PORT": str(settings.internal_port),
        "QUIETWORD_VAR": str(settings.var.resolve()),
        "QUIETWORD_MODELS": str(settings.models.resolve()),
        "QUIETWORD_DATA": str(settings.data.resolve()),
        "QUIETWORD_SAFE_WORD": settings.safe_word,
        "REDIS_URL": places.redis_url,
        "QUIETWORD_RASA_URL": places.rasa_url,
        "QUIETWORD_RASA_PORT": str(places.rasa_port),
        "QUIETWORD_ACTIONS_URL": places.actions_url,
        "QUIETWORD_ACTIONS_PORT": str(places.actions_port),
        "PROMETHEUS_MULTIPROC_DIR": str(emptied(settings.var / "metrics")),
    }
    if settings.mode == "demo":
        for name, value in demo_values(settings, environ).items():
            environ.setdefault(name, value)
    return environ


def emptied(folder: Path) -> Path:
    """The folder in which the processes count together; what an earlier run counted is gone."""
    for file in private_folder(folder).glob("*.db"):
        file.unlink()
    return folder.resolve()


def demo_values(settings: Settings, environ: Mapping[str, str]) -> dict[str, str]:
    """For what is not set: secrets of our own, and the simulator in place of Twilio unless there is a real account."""
    var = settings.var
    here = f"http://127.0.0.1:{settings.port}"
    values = {
        "QUIETWORD_SECRET_KEY": mint(var, "secret-key"),
        "QUIETWORD_PUBLIC_URL": here,
        "TWILIO_ACCOUNT_SID": mint(var, "twilio-account-sid", lambda: f"AC{secrets.token_hex(16)}"),
        "TWILIO_AUTH_TOKEN": mint(var, "twilio-auth-token", lambda: secrets.token_hex(16)),
    }
    if "TWILIO_ACCOUNT_SID" not in environ:
        values |= {
            "TWILIO_API_BASE_URL": f"{here}/simulator/twilio",
            "TWILIO_SMS_FROM": DEMO_SMS,
            "TWILIO_WHATSAPP_FROM": DEMO_WHATSAPP,
        }
    return values
