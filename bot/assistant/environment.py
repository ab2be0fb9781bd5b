"""What the supervisor tells Rasa's process, by environment variables. Standard library only."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

MODEL = Path("models/rasa/quietword.tar.gz")
"""Where training puts the model, below the repository root."""


class NotConfigured(Exception):
    """A variable is missing or wrong. One line, naming the variable and never its value."""


@dataclass(frozen=True)
class Environment:
    """Everything the assistant needs to know of the installation."""

    redis_url: str = field(repr=False)
    secret: bytes = field(repr=False)
    actions_url: str
    port: int
    model: Path


def read_environment(environ: Mapping[str, str] = os.environ) -> Environment:
    """Raises `NotConfigured`."""
    return Environment(
        redis_url=_required(environ, "REDIS_URL"),
        secret=_required(environ, "QUIETWORD_SECRET_KEY").encode(),
        actions_url=_required(environ, "QUIETWORD_ACTIONS_URL"),
        port=_port(_required(environ, "QUIETWORD_RASA_PORT")),
        model=Path(environ.get("QUIETWORD_RASA_MODEL", MODEL)),
    )


def _required(environ: Mapping[str, str], name: str) -> str:
    value = environ.get(name)
    if not value:
        raise NotConfigured(f"{name} is not set")
    return value


def _port(value: str) -> int:
    if not (value.isdigit() and 0 < int(value) < 65536):
        raise NotConfigured("QUIETWORD_RASA_PORT is not a port number")
    return int(value)
