"""The reviewed data, the screen on it, and the recogniser with the model that is trained for it."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.recognition.recogniser import Recogniser
from bot.recognition.screen import Screen

ROOT = Path(__file__).parents[3]
DATA = ROOT / "data"
MODELS = ROOT / "models"


@pytest.fixture(scope="session")
def screen() -> Screen:
    return Screen.load(DATA)


@pytest.fixture(scope="session")
def models() -> Path:
    """The folder of the model for the data as it is; trained here if `make train` has not been run."""
    from bot.recognition.training.build import train
    from bot.recognition.training.manifest import is_current

    if not is_current(MODELS, DATA):
        train(MODELS, DATA, lambda what, share: None)
    return MODELS


@pytest.fixture(scope="session")
def recogniser(models: Path) -> Recogniser:
    return Recogniser.load(models, DATA)
