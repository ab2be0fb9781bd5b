"""The way to Rasa: one message over loopback, with what was recognised, and its replies back. It knows no number."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import httpx

from bot.conversation.messages import Choice

PATIENCE = 5.0
"""Seconds that Rasa has, from the hand-over on; then the safety floor answers."""


class DialogueAway(Exception):
    """Rasa is down, slow or has nothing to say. Carries no content."""


@dataclass(frozen=True)
class Said:
    """One reply of the dialogue."""

    text: str = field(repr=False)
    choices: tuple[Choice, ...] = ()
    also: tuple[Choice, ...] = ()
    """Words that are understood as well, though they are not among the choices that she is shown."""


@dataclass(frozen=True)
class Answer:
    """All replies to one message; `then` is the request that a place in her next message answers."""

    said: tuple[Said, ...]
    then: str | None = None


class Dialogue:
    """Talks to the assistant's own input channel (`bot/assistant/channel.py`)."""

    def __init__(self, rasa_url: str, client: httpx.AsyncClient) -> None:
        self._url = f"{rasa_url}/webhooks/quietword/turn"
        self._client = client

    async def ask(
        self, *, conversation: str, message_id: str, channel: str, text: str, metadata: dict[str, Any]
    ) -> Answer:
        """Gives Rasa's answer; the same `message_id` again gives the same one. Raises `DialogueAway`."""
        try:
            response = await self._client.post(
                self._url,
                json={
                    "conversation": conversation,
                    "message_id": message_id,
                    "channel": channel,
                    "text": text,
                    "metadata": metadata,
                },
                timeout=PATIENCE,
            )
            response.raise_for_status()
            answer = _read(response.json()["messages"])
        except (httpx.HTTPError, ValueError, KeyError, TypeError):
            raise DialogueAway from None
        if not answer.said:
            raise DialogueAway
        return answer


def _read(messages: list[dict[str, Any]]) -> Answer:
    said, then = [], None
    for message in messages:
        custom = message.get("custom") or {}
        if custom.get("expect") == "place":
            then = custom.get("then")
        if message.get("text"):
            buttons = message.get("buttons") or []
            also = custom.get("also") or []
            said.append(Said(message["text"], tuple(map(_choice, buttons)), tuple(map(_choice, also))))
    return Answer(tuple(said), then)


def _choice(button: dict[str, str]) -> Choice:
    title = button["title"]
    return Choice(title, title, button["payload"].removeprefix("/"))
