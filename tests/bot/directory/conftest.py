"""The real data, loaded once: these tests are as much about the files as about the code."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest

from bot.directory.directory import Directory
from bot.directory.gazetteer import Gazetteer
from bot.directory.hours import LONDON

DATA = Path(__file__).parents[3] / "data"


@pytest.fixture(scope="session")
def data() -> Path:
    return DATA


@pytest.fixture(scope="session")
def directory(data: Path) -> Directory:
    return Directory.load(data)


@pytest.fixture(scope="session")
def gazetteer(directory: Directory) -> Gazetteer:
    return directory.gazetteer


@pytest.fixture(scope="session")
def london() -> Callable[[str], datetime]:
    return lambda text: datetime.fromisoformat(text).replace(tzinfo=LONDON)
