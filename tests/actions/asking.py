"""Asks the real actions over HTTP as Rasa does, and says their answers with the words of `domain.yml`."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import yaml
from starlette.types import ASGIApp

from bot.conversation.messages import Choice

ROOT = Path(__file__).resolve().parents[2]
RESPONSES: dict[str, list[dict[str, Any]]] = yaml.safe_load((ROOT / "domain.yml").read_text())["responses"]
TUESDAY_MORNING = "2026-11-24T11:00:00+00:00"
TUESDAY_NIGHT = "2026-11-24T03:00:00+00:00"


@dataclass(frozen=True)
class Reply:
    """One reply: which response it is, and what a phone would be shown."""

    response: str
    text: str
    choices: tuple[Choice, ...]
    custom: dict[str, str]

    @property
    def whole(self) -> str:
        """The text with its choices numbered."""
        return self.text + "".join(f"\n{number} {choice.title}" for number, choice in enumerate(self.choices, 1))


class Asking:
    """A caller of the actions. Keyword arguments are fields of the recognition, or slots from earlier messages."""

    def __init__(self, app: ASGIApp) -> None:
        self.http = httpx.AsyncClient(
            transport=httpx.ASGITransport(app, raise_app_exceptions=False), base_url="http://a"
        )

    async def ask(
        self, action: str, now: str = TUESDAY_MORNING, slots: dict[str, Any] | None = None, **seen: Any
    ) -> Reply:
        if isinstance(seen.get("place"), str):
            seen["place"] = {"id": seen["place"], "name": "", "area": ""}
        response = await self.http.post("/webhook", json=call(action, {"now": now, "recognition": seen}, slots or {}))
        assert response.status_code == 200, response.text
        (said,) = response.json()["responses"]
        (words,) = RESPONSES[said["response"]]
        buttons = words.get("buttons", [])
        return Reply(
            said["response"],
            words["text"].format(**said),
            tuple(Choice(button["title"], button["title"]) for button in buttons),
            words.get("custom", {}),
        )


def call(action: str, metadata: Any, slots: dict[str, Any]) -> dict[str, Any]:
    """The body that Rasa sends for an action, domain left out."""
    tracker = {
        "sender_id": "saaaaaaaaaaaa.0", "slots": slots, "latest_message": {"metadata": metadata}, "events": [],
        "paused": False, "followup_action": None, "active_loop": {}, "latest_action_name": "action_listen",
        "latest_input_channel": "sms",
    }  # fmt: skip
    return {"next_action": action, "sender_id": "saaaaaaaaaaaa.0", "tracker": tracker, "version": "3.6.21"}
