"""Who may log in: `staff.json` in the var folder, readable by its owner only, passwords as Argon2id hashes."""

from __future__ import annotations

import hashlib
import json
import os
import secrets
from dataclasses import asdict, dataclass, field
from pathlib import Path

from argon2 import PasswordHasher
from argon2.exceptions import VerificationError

LONGEST_PASSWORD = 256
"""Characters. A longer one never reaches Argon2, which would burn memory and time on it."""

SHORTEST_PASSWORD = 12
LONGEST_NAME = 64

DEMO_NAME, DEMO_WORKING_NAME = "duty", "Maya"

_hasher = PasswordHasher()
# Somebody unknown costs the same time as somebody known.
_NOBODY = _hasher.hash(secrets.token_urlsafe(16))


class StaffError(Exception):
    """The staff file cannot be read, or an entry cannot be added. One line, without a password."""


@dataclass(frozen=True)
class Worker:
    """One person on the desk. `working_name` is what people are told, never a real name."""

    name: str
    working_name: str
    hash: str = field(repr=False)

    @property
    def stamp(self) -> str:
        """Changes with the password: sessions of an old one end."""
        return hashlib.sha256(self.hash.encode()).hexdigest()[:16]


class Staff:
    """Reads the file anew each time, so that whoever is taken off it is out at once."""

    def __init__(self, var: Path) -> None:
        self._file = var / "staff.json"

    def get(self, name: str) -> Worker | None:
        """The worker of this login name. Raises `StaffError`."""
        return _read(self._file).get(name)

    def verify(self, name: str, password: str) -> Worker | None:
        """Checks a password; about 50 ms of work, the same for a name that is not there."""
        if len(password) > LONGEST_PASSWORD or len(name) > LONGEST_NAME:
            return None
        worker = self.get(name)
        try:
            _hasher.verify(worker.hash if worker else _NOBODY, password)
        except VerificationError:
            return None
        return worker


def add_staff(var: Path, name: str, working_name: str, password: str) -> None:
    """Adds a worker, or gives one a new password or working name. Raises `StaffError`."""
    if not name or len(name) > LONGEST_NAME or not working_name or len(working_name) > LONGEST_NAME:
        raise StaffError(f"a name and a working name of 1 to {LONGEST_NAME} characters are needed")
    if not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
        raise StaffError(f"a password of {SHORTEST_PASSWORD} to {LONGEST_PASSWORD} characters is needed")
    var.mkdir(parents=True, exist_ok=True)
    file = var / "staff.json"
    staff = {**_read(file), name: Worker(name, working_name, _hasher.hash(password))}
    _write(file, json.dumps({"staff": [asdict(worker) for worker in staff.values()]}, indent=1))


def mint_demo_login(var: Path) -> Path:
    """Makes the demo login once, and keeps its password in the file that is given back (mode 0600).

    The one place that shows it is whoever starts the service. Never called outside demo mode.
    """
    file = var / "demo-login.txt"
    if not file.exists() or DEMO_NAME not in _read(var / "staff.json"):
        password = "-".join(secrets.token_hex(2) for _ in range(4))
        add_staff(var, DEMO_NAME, DEMO_WORKING_NAME, password)
        _write(file, f"{DEMO_NAME} {password}\n")
    return file


def _read(file: Path) -> dict[str, Worker]:
    if not file.exists():
        return {}
    try:
        return {row["name"]: Worker(**row) for row in json.loads(file.read_text(encoding="utf-8"))["staff"]}
    except (OSError, ValueError, KeyError, TypeError):
        raise StaffError(f"{file.name} cannot be read") from None


def _write(file: Path, text: str) -> None:
    """Whole or not at all, and never readable by others."""
    draft = file.with_name(f"{file.name}.{secrets.token_hex(4)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as handle:
        handle.write(text)
    draft.replace(file)
