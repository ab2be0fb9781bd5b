"""Secrets that nobody has set: made once, kept in `var/`, readable by this user alone."""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable
from pathlib import Path

FOLDER = "secrets"


def private_folder(path: Path) -> Path:
    """The folder, made if need be, with nobody else let in."""
    path.mkdir(parents=True, exist_ok=True)
    path.chmod(0o700)
    return path


def mint(var: Path, name: str, make: Callable[[], str] = lambda: secrets.token_urlsafe(32)) -> str:
    """The secret of this name: as an earlier run has kept it, else a new one, which is kept."""
    kept = private_folder(private_folder(var) / FOLDER) / name
    if not kept.exists():
        write_private(kept, make())
    return kept.read_text()


def write_private(path: Path, text: str) -> None:
    """Mode 0600 from the first moment, and never half a file: written aside, flushed, renamed."""
    aside = path.with_name(f".{path.name}.{os.getpid()}")
    fd = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(fd, "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    os.replace(aside, path)
