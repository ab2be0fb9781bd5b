"""The door of Rasa's process: one route for a turn, one that says whether it can take turns. Loopback only.

The same message id again gets the answer that it got. Whatever goes wrong gives a 503, never an empty answer and
never an answer as if she were new.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any
from weakref import WeakValueDictionary

from rasa import telemetry
from rasa.core.channels.channel import CollectingOutputChannel, InputChannel, UserMessage
from sanic import Blueprint
from sanic.request import Request
from sanic.response import HTTPResponse, json

from bot.assistant.ledger import Conversation, JsonList, Ledger
from bot.assistant.tracker_store import SealedTrackerStore
from bot.assistant.turn import CURRENT, Turn, TurnFailed

CHANNELS = ("sms", "whatsapp", "web", "telegram")
LIMIT_SECONDS = 5.0
"""The lane has given the safety floor by then: a turn that hangs must not hold up her next message."""

OnNewMessage = Callable[[UserMessage], Awaitable[Any]]

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class TurnRequest:
    """The body of a turn, checked."""

    name: str
    conversation: Conversation
    message_id: str
    channel: str
    text: str
    metadata: dict[str, Any]

    @classmethod
    def parse(cls, body: Any) -> TurnRequest:
        """Raises ValueError, KeyError or TypeError; none of them repeats what was sent."""
        if body["channel"] not in CHANNELS or not isinstance(body["metadata"], dict):
            raise ValueError("not a turn")
        if not (isinstance(body["message_id"], str) and 0 < len(body["message_id"]) <= 100):
            raise ValueError("not a message id")
        return cls(
            name=body["conversation"],
            conversation=Conversation.parse(body["conversation"]),
            message_id=body["message_id"],
            channel=body["channel"],
            # a leading "/" is Rasa's own syntax for intents and slots
            text=body["text"].lstrip("/ \t\r\n"),
            metadata=body["metadata"],
        )


class TurnOutput(CollectingOutputChannel):
    """Collects the replies of a turn. Its name is her channel's, which chooses among a response's variants."""

    def __init__(self, channel: str) -> None:
        super().__init__()
        self._channel = channel

    def name(self) -> str:
        return self._channel

    async def send_response(self, recipient_id: str, message: dict[str, Any]) -> None:
        """Keeps a reply in one piece: text, choices and directive together."""
        reply = {key: message[key] for key in ("text", "buttons", "custom") if message.get(key)}
        if reply:
            self.messages.append(reply)


class TurnChannel(InputChannel):
    """`POST /webhooks/quietword/turn` and `GET /webhooks/quietword/ready`."""

    def __init__(self) -> None:
        # The lane has one handler at a time, so this waits only when that handler tries again while its first request
        # still runs here. Across processes the ledger's script decides.
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    @classmethod
    def name(cls) -> str:
        return "quietword"

    def blueprint(self, on_new_message: OnNewMessage) -> Blueprint:
        blueprint = Blueprint("quietword_turns")

        @blueprint.route("/turn", methods=["POST"])
        async def turn(request: Request) -> HTTPResponse:
            try:
                wanted = TurnRequest.parse(request.json)
            except Exception:  # Sanic's own error would repeat the body
                return json({"error": "bad request"}, status=400)
            try:
                answer = await self._answer(wanted, _ledger(request.app.ctx.agent), on_new_message)
            except Exception as error:
                log.error("a turn failed (%s)", type(error).__name__)
                return json({"error": "unavailable"}, status=503)
            return json({"messages": answer})

        @blueprint.route("/ready", methods=["GET"])
        async def ready(request: Request) -> HTTPResponse:
            try:
                await _ledger(request.app.ctx.agent).ping()
            except Exception:
                return json({"error": "unavailable"}, status=503)
            return json({"ready": True, "telemetry": telemetry.is_telemetry_enabled()})

        return blueprint

    async def _answer(self, wanted: TurnRequest, ledger: Ledger, on_new_message: OnNewMessage) -> JsonList:
        lane = wanted.conversation.lane
        lock = self._locks.setdefault(lane, asyncio.Lock())
        async with lock:
            before = await ledger.answered(wanted.conversation, wanted.message_id)
            if before is not None:
                return before
            turn, output = Turn(), TurnOutput(wanted.channel)
            token = CURRENT.set(turn)
            try:
                await asyncio.wait_for(on_new_message(_message(wanted, output)), LIMIT_SECONDS)
            finally:
                CURRENT.reset(token)
            addition = turn.outcome()
            if not any(reply.get("text") for reply in output.messages):
                raise TurnFailed("no reply")
            answer: list[dict[str, Any]] = output.messages
            return await ledger.remember(wanted.conversation, wanted.message_id, answer, addition)


def _message(wanted: TurnRequest, output: TurnOutput) -> UserMessage:
    return UserMessage(
        text=wanted.text,
        output_channel=output,
        sender_id=wanted.name,
        input_channel=wanted.channel,
        message_id=wanted.message_id,
        metadata=wanted.metadata,
    )


def _ledger(agent: Any) -> Ledger:
    """The ledger of a loaded agent. Raises `TurnFailed` if there is no model, or if Rasa fell back to another store."""
    store = getattr(agent.tracker_store, "_tracker_store", None)
    if not (agent.is_ready() and isinstance(store, SealedTrackerStore)):
        raise TurnFailed("Rasa has no model or not our tracker store")
    return store.ledger
