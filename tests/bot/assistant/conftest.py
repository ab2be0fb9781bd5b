"""One trained, running assistant for the whole session."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from actions.server import create_app
from tests.bot.assistant.running import ROOT, ActionsAtWork, Assistant, train
from tests.conftest import start_redis


@pytest.fixture(scope="session")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    train()
    folder = tmp_path_factory.mktemp("assistant")
    redis, redis_port = start_redis(folder)
    actions = ActionsAtWork(create_app(ROOT / "data"))
    assistant = Assistant(redis, redis_port, actions, folder / "rasa.log")
    yield assistant
    assistant.stop()
    actions.stop()


@pytest.fixture
def assistant(running: Assistant) -> Iterator[Assistant]:
    """The running assistant, remembering nothing."""
    running.redis.flushdb()
    yield running
    running.actions.meanwhile = None
