"""The actions on the real data."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from starlette.applications import Starlette

from actions.server import create_app
from tests.actions.asking import ROOT, Asking


@pytest.fixture(scope="session")
def app() -> Starlette:
    return create_app(ROOT / "data")


@pytest.fixture
async def asking(app: Starlette) -> AsyncIterator[Asking]:
    caller = Asking(app)
    yield caller
    await caller.http.aclose()
