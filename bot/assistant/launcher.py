"""Starts Rasa as the supervisor runs it: `.venv-rasa/bin/python -m bot.assistant.launcher rasa run`.

Reads the environment (`environment.py`) and, like `rasa run`, `endpoints.yml` and `credentials.yml` in the working
directory. Not Rasa's own command, because that configures logs that print messages, opens its port to every network,
reports to its makers, and starts with a store that forgets when ours cannot be loaded.
"""

from __future__ import annotations

import os
import sys
from functools import partial
from typing import Any

from bot.assistant.environment import Environment, NotConfigured, read_environment

LOOPBACK = "127.0.0.1"
MOST_BYTES = 64 * 1024
"""Of one request. A turn is at most 4,000 characters and what was recognised in them."""


class Refused(Exception):
    """Rasa would start, but not as it must. One line."""


def main(argv: list[str]) -> None:
    """Runs until SIGTERM. Ends with status 1 and one line on stderr if it cannot start as it must."""
    if argv != ["rasa", "run"]:  # the words by which the process is found
        raise SystemExit("usage: python -m bot.assistant.launcher rasa run")
    try:
        environment = read_environment()
        if not environment.model.is_file():
            raise Refused("there is no trained model: run `make train`")
        _serve(environment)
    except (NotConfigured, Refused) as error:
        raise SystemExit(f"rasa: {error}") from None


def _serve(environment: Environment) -> None:
    os.environ.update(RASA_TELEMETRY_ENABLED="false", TF_CPP_MIN_LOG_LEVEL="3", CUDA_VISIBLE_DEVICES="")
    # Rasa takes ten seconds to import, and reads what is set above while it is imported
    from bot.assistant.logs import quiet_logs

    quiet_logs()
    from rasa.core.run import close_resources, configure_app, create_http_input_channels, load_agent_on_start
    from rasa.core.utils import AvailableEndpoints
    from sanic.exceptions import SanicException
    from sanic.response import HTTPResponse, json

    endpoints = AvailableEndpoints.read_endpoints("endpoints.yml")
    app = configure_app(create_http_input_channels(None, "credentials.yml"), enable_api=False, endpoints=endpoints)
    app.config.REQUEST_MAX_SIZE = MOST_BYTES
    app.register_listener(partial(load_agent_on_start, str(environment.model), endpoints, None), "before_server_start")
    app.register_listener(_refuse_another_store, "before_server_start")
    app.register_listener(close_resources, "after_server_stop")

    @app.exception(Exception)
    async def say_nothing(request: Any, error: Exception) -> HTTPResponse:
        status = error.status_code if isinstance(error, SanicException) else 500
        return json({"error": "bad request" if status < 500 else "unavailable"}, status=status)

    app.run(host=LOOPBACK, port=environment.port, workers=1, access_log=False, motd=False)


async def _refuse_another_store(app: Any, loop: Any) -> None:
    """Rasa only warns when it cannot load a store or a model, and would go on without."""
    from bot.assistant.tracker_store import SealedTrackerStore

    if not app.ctx.agent.is_ready():
        raise Refused("Rasa could not load the model: run `make train`")
    store = app.ctx.agent.tracker_store._tracker_store
    if not isinstance(store, SealedTrackerStore):
        raise Refused(f"Rasa would keep conversations in {type(store).__name__}: see tracker_store in endpoints.yml")


if __name__ == "__main__":
    main(sys.argv[1:])
