"""Trains Rasa's dialogue model if what it is made of has changed: `.venv-rasa/bin/python -m bot.assistant.train`.

Run at the repository root. Says at once that there is nothing to do when the model is current.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
import sys
import tempfile
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path

from bot.assistant.environment import MODEL

SOURCES = ("config.yml", "domain.yml", "data/nlu", "data/rules")
MANIFEST = MODEL.with_name("quietword.json")


def is_current(root: Path = Path()) -> bool:
    """Whether the model was made from these very sources, by this Rasa, and has not been changed since."""
    try:
        manifest = json.loads((root / MANIFEST).read_text(encoding="utf-8"))
        return bool(manifest == {"sources": fingerprint(root), "model": _digest(root / MODEL)})
    except (OSError, ValueError):
        return False


def fingerprint(root: Path) -> str:
    """One hash of all that a model is made of."""
    whole = hashlib.sha256(version("rasa").encode())
    for path in _files(root):
        whole.update(f"\n{path.relative_to(root)} {_digest(path)}".encode())
    return whole.hexdigest()


def train(root: Path = Path()) -> None:
    """Makes the model. The manifest is written last, so a training that was interrupted is not taken for a model."""
    os.environ.update(RASA_TELEMETRY_ENABLED="false", TF_CPP_MIN_LOG_LEVEL="3", CUDA_VISIBLE_DEVICES="")
    from rasa import train as rasa_train
    from rasa.utils.common import configure_logging_and_warnings
    from rasa.utils.log_utils import configure_structlog

    configure_logging_and_warnings(logging.WARNING)
    configure_structlog(logging.WARNING)
    target = root / MODEL
    target.parent.mkdir(parents=True, exist_ok=True)
    sources = fingerprint(root)
    with tempfile.TemporaryDirectory(dir=target.parent) as folder:
        result = rasa_train(
            domain=str(root / "domain.yml"),
            config=str(root / "config.yml"),
            training_files=[str(root / "data/nlu"), str(root / "data/rules")],
            output=folder,
            fixed_model_name=MODEL.name.removesuffix(".tar.gz"),
            force_training=True,
        )
        if not result.model:
            raise SystemExit("rasa: training gave no model")
        os.replace(result.model, target)
    manifest = {"sources": sources, "model": _digest(target)}
    (root / MANIFEST).write_text(json.dumps(manifest) + "\n", encoding="utf-8")


def _files(root: Path) -> Iterator[Path]:
    for source in SOURCES:
        path = root / source
        yield from [path] if path.is_file() else sorted(p for p in path.rglob("*") if p.is_file())


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


if __name__ == "__main__":
    if is_current():
        sys.stderr.write("rasa: the model is current\n")
    else:
        train()
