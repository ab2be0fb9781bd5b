"""The simulator's server side: it stands in for Twilio on both sides of us, and keeps nothing that no page shows.

What is typed on the page is signed as Twilio signs it and posted to our own webhook over loopback; the SDK's sends
come to a fake of Twilio's API, go to the open pages, and are answered with signed status callbacks.
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
import hmac
import json
import re
import secrets
from typing import Any

import httpx
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route, WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

from bot.conversation.messages import Channel
from bot.settings import Settings
from channels import gsm7
from channels.pages import pages
from channels.twilio.webhook import INBOUND_PATH, SIGNATURE, STATUS_PATH, TwilioReceiver
from channels.webchat.chat import is_same_origin

API = "/simulator/twilio"
"""Where `TWILIO_API_BASE_URL` points when no provider is set up."""
MOST_KEPT = 100
"""Events that wait for one page."""

_DRAMA_NUMBER = re.compile(r"\+447700900\d{3}")  # the range that Ofcom keeps for drama: nobody has them
_PAGE = {"/simulator": "page.html", "/simulator/page.css": "page.css", "/simulator/page.js": "page.js"}

Event = dict[str, Any]


class Simulator:
    """Routes of the simulator. `close()` it when the app ends."""

    def __init__(self, settings: Settings, receiver: TwilioReceiver) -> None:
        self._settings = settings
        self._receiver = receiver
        self._here = f"http://127.0.0.1:{settings.port}"
        self._client = httpx.AsyncClient(base_url=self._here, timeout=10, trust_env=False)
        self._screens: set[asyncio.Queue[Event]] = set()
        self._callbacks: set[asyncio.Task[None]] = set()

    def routes(self) -> list[BaseRoute]:
        return [
            *pages("channels.simulator", _PAGE),
            WebSocketRoute("/simulator/phones", self.screen),
            Route("/simulator/inbound", self.inbound, methods=["POST"]),
            Route(API + "/2010-04-01/Accounts/{account}/Messages.json", self.create, methods=["POST"]),
        ]

    async def close(self) -> None:
        for task in self._callbacks:
            task.cancel()
        await self._client.aclose()

    @property
    def _is_provider(self) -> bool:
        """Whether replies come here. With a real account set up, nothing is played through it."""
        return (self._settings.twilio_api_base_url or "").rstrip("/").endswith(API)

    # -- from the page to us ---------------------------------------------------------------------

    async def inbound(self, request: Request) -> Response:
        """A phone on the page sends: `{"phone", "channel", "text" | "lat", "lon" | "media"}`."""
        try:
            wanted = json.loads(await request.body())
            form = self._form(wanted)
        except (ValueError, TypeError, KeyError, AttributeError):
            return JSONResponse({"error": "malformed"}, 400)
        if not is_same_origin(request):
            return JSONResponse({"error": "not from here"}, 403)
        if not self._is_provider:
            return JSONResponse({"error": "a real provider is set up"}, 409)
        signature = self._receiver.sign(self._receiver.url(INBOUND_PATH), form)
        answer = await self._client.post(INBOUND_PATH, data=form, headers={SIGNATURE: signature})
        return JSONResponse(
            {"sid": form["MessageSid"], "status": answer.status_code, "segments": gsm7.segments(form["Body"])}
        )

    def _form(self, wanted: dict[str, Any]) -> dict[str, str]:
        """What Twilio would post. Raises what a wrong field raises."""
        phone, channel = wanted["phone"], Channel(wanted["channel"])
        if channel not in (Channel.SMS, Channel.WHATSAPP) or not _DRAMA_NUMBER.fullmatch(phone):
            raise ValueError
        prefix = "whatsapp:" if channel is Channel.WHATSAPP else ""
        form = {
            "MessageSid": f"SM{secrets.token_hex(16)}",
            "AccountSid": self._settings.twilio_account_sid or "",
            "From": prefix + phone,
            "To": prefix + "+447700900000",
            "Body": str(wanted.get("text", "")).encode("utf-8", "replace").decode(),
            "NumMedia": "0",
            "FromCity": "",
        }
        if "lat" in wanted:
            form |= {"Latitude": str(float(wanted["lat"])), "Longitude": str(float(wanted["lon"]))}
        if "media" in wanted:
            kind = {"image": "image/jpeg", "voice": "audio/ogg"}[wanted["media"]]
            form |= {"NumMedia": "1", "MediaContentType0": kind, "MediaUrl0": f"{self._here}/nothing"}
        return form

    # -- from us to the page ---------------------------------------------------------------------

    async def create(self, request: Request) -> Response:
        """Twilio's "create a message", as far as its SDK needs it."""
        if not self._is_ours(request.headers.get("authorization", "")):
            return JSONResponse({"code": 20003, "message": "Authenticate", "status": 401}, 401)
        form = await request.form()
        sent = {name: str(form.get(name, "")) for name in ("To", "Body", "StatusCallback")}
        if not (sent["To"] and sent["Body"]):
            return JSONResponse({"code": 21604, "message": "'To' and 'Body' are required", "status": 400}, 400)
        sid = f"SM{secrets.token_hex(16)}"
        task = asyncio.create_task(self._deliver(sid, sent))
        self._callbacks.add(task)
        task.add_done_callback(self._callbacks.discard)
        return JSONResponse({"sid": sid, "status": "queued", "to": sent["To"], "error_code": None}, 201)

    async def _deliver(self, sid: str, sent: dict[str, str]) -> None:
        is_whatsapp = sent["To"].startswith("whatsapp:")
        self._show(
            {
                "type": "message",
                "sid": sid,
                "phone": sent["To"].removeprefix("whatsapp:"),
                "channel": "whatsapp" if is_whatsapp else "sms",
                "text": sent["Body"],
                "segments": None if is_whatsapp else gsm7.segments(sent["Body"]),
                "encoding": None if is_whatsapp else gsm7.encoding(sent["Body"]),
            }
        )
        for state in ("sent", "delivered" if self._screens else "undelivered"):
            self._show({"type": "status", "sid": sid, "status": state})
            with contextlib.suppress(httpx.HTTPError):
                await self._call_back(sid, state, sent["StatusCallback"])

    async def _call_back(self, sid: str, state: str, url: str) -> None:
        """Only to our own status address, whatever was asked for."""
        own = self._receiver.url(STATUS_PATH)
        if not url.startswith(f"{own}?"):
            return
        form = {"MessageSid": sid, "MessageStatus": state, "AccountSid": self._settings.twilio_account_sid or ""}
        headers = {SIGNATURE: self._receiver.sign(url, form)}
        await self._client.post(STATUS_PATH + url.removeprefix(own), data=form, headers=headers)

    def _is_ours(self, authorization: str) -> bool:
        token = self._settings.twilio_auth_token
        expected = f"{self._settings.twilio_account_sid}:{token.get_secret_value() if token else ''}"
        given = authorization.removeprefix("Basic ")
        return hmac.compare_digest(given.encode(), base64.b64encode(expected.encode()))

    # -- open pages ------------------------------------------------------------------------------

    def _show(self, event: Event) -> None:
        for screen in self._screens:
            with contextlib.suppress(asyncio.QueueFull):
                screen.put_nowait(event)

    async def screen(self, websocket: WebSocket) -> None:
        """`WS /simulator/phones`: all that is sent, while the page is open."""
        if not is_same_origin(websocket):
            await websocket.close()
            return
        await websocket.accept()
        queue: asyncio.Queue[Event] = asyncio.Queue(MOST_KEPT)
        self._screens.add(queue)
        writer = asyncio.create_task(self._write(websocket, queue))
        try:
            while True:
                await websocket.receive_text()
        except WebSocketDisconnect:
            pass
        finally:
            self._screens.discard(queue)
            writer.cancel()
            await asyncio.gather(writer, return_exceptions=True)

    @staticmethod
    async def _write(websocket: WebSocket, queue: asyncio.Queue[Event]) -> None:
        while True:
            await websocket.send_json(await queue.get())
