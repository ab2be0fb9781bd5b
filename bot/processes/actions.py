"""The actions process: what Rasa asks for when it needs the directory or the clock. Loopback only."""

from __future__ import annotations

import uvicorn

from actions.server import create_app
from bot.settings import Settings


def main(settings: Settings) -> None:
    """Entry of `quietword serve actions`."""
    uvicorn.run(
        create_app(settings.data),
        host="127.0.0.1",
        port=settings.actions_port,
        access_log=False,
        log_config=None,
        server_header=False,
    )
