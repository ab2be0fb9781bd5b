"""The actions as a web app of our own, on loopback. What goes wrong is answered without a word of what was sent."""

from __future__ import annotations

import json
import logging
from pathlib import Path
from typing import Any

from rasa_sdk.executor import ActionExecutor
from rasa_sdk.interfaces import ActionNotFoundException
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from actions.hours import ActionOpeningHours
from actions.plans import ActionSafetyPlanning
from actions.safe_place import ActionFindSafePlace
from actions.services import ActionFindService
from bot.directory.directory import Directory
from bot.handoff.rota import Rota
from bot.safety.plans import Plans

MOST_BYTES = 256 * 1024
"""Of one call. Rasa sends the newest events of the conversation with it, at most 60 (`bot/assistant/ledger.py`)."""

log = logging.getLogger(__name__)


class TooLarge(Exception):
    """More was sent than an action call can be."""


def create_app(data: Path) -> Starlette:
    """`POST /webhook` as Rasa calls it, and `GET /health`. Raises a DirectoryError, RotaError or WordingError."""
    directory, rota, plans = Directory.load(data), Rota.load(data), Plans.load(data)
    executor = ActionExecutor()
    for action in (
        ActionFindSafePlace(directory),
        ActionFindService(directory),
        ActionOpeningHours(directory, rota),
        ActionSafetyPlanning(directory, plans),
    ):
        executor.register_action(action)

    async def webhook(request: Request) -> JSONResponse:
        try:
            result = await executor.run(_call(await _body(request)))
        except TooLarge:
            return _refused(413)
        except (ValueError, KeyError, TypeError, ActionNotFoundException):
            return _refused(422)  # not 400, which Rasa reads as an answer
        except Exception as error:
            log.error("an action failed (%s)", type(error).__name__)
            return JSONResponse({"error": "unavailable"}, status_code=500)
        return JSONResponse(result.model_dump()) if result else _refused(422)

    async def health(request: Request) -> JSONResponse:
        return JSONResponse({"ready": True})

    return Starlette(routes=[Route("/webhook", webhook, methods=["POST"]), Route("/health", health)])


def _refused(status: int) -> JSONResponse:
    return JSONResponse({"error": "bad request"}, status_code=status)


async def _body(request: Request) -> bytes:
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > MOST_BYTES:
            raise TooLarge
    return body


def _call(body: bytes) -> dict[str, Any]:
    """The call of one action. The domain is left out by Rasa (endpoints.yml) and wanted by the executor."""
    call = json.loads(body)
    if not isinstance(call, dict):
        raise ValueError("not an action call")
    return {"domain": {}, **call}
