"""What every answer of the gateway carries, and what no request may do."""

from __future__ import annotations

import contextlib
import logging
import re
from collections.abc import Mapping

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from channels.metrics import REFUSED

log = logging.getLogger(__name__)

MOST_BYTES = 64 * 1024
"""Of one request's body. Twilio's and Telegram's largest are a few kilobytes."""

_HOST = re.compile(r"[\w.:\[\]-]{1,255}", re.ASCII)

HEADERS: Mapping[str, str] = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "X-Robots-Tag": "noindex, nofollow",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "geolocation=(self), camera=(), microphone=(), browsing-topics=()",
}


def content_policy(host: str | None) -> str:
    """Own files only, no inline script, no frame. The socket's address is named, as older Safari does not take it
    for `'self'`."""
    sockets = f" ws://{host} wss://{host}" if host and _HOST.fullmatch(host) else ""
    return (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
        f"connect-src 'self'{sockets}; form-action 'none'; base-uri 'none'; frame-ancestors 'none'; "
        "require-trusted-types-for 'script'"
    )


class _TooLarge(Exception):
    """The body is longer than any that we take."""


class Guard:
    """ASGI middleware: headers on every answer, a limit on bodies, and no error that tells anything.

    With `https` browsers are told to come by https only.
    """

    def __init__(self, app: ASGIApp, https: bool) -> None:
        self._app = app
        self._headers = dict(HEADERS)
        if https:
            self._headers["Strict-Transport-Security"] = "max-age=31536000"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            await self._http(scope, receive, send)
        elif scope["type"] == "websocket":
            await self._websocket(scope, receive, send)
        else:
            await self._app(scope, receive, send)

    async def _http(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Headers(scope=scope)
        started = False
        taken = 0

        async def guarded_send(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                headers = MutableHeaders(scope=message)
                headers.update(self._headers)
                headers["Content-Security-Policy"] = content_policy(request.get("host"))
            await send(message)

        async def limited_receive() -> Message:
            nonlocal taken
            message = await receive()
            taken += len(message.get("body", b""))
            if taken > MOST_BYTES:
                raise _TooLarge
            return message

        try:
            if _length(request) > MOST_BYTES:
                raise _TooLarge
            await self._app(scope, limited_receive, guarded_send)
        except _TooLarge:
            REFUSED.labels("too_large").inc()
            await JSONResponse({"error": "too large"}, 413)(scope, receive, guarded_send)
        except Exception as error:  # the text of an error may hold words: only its kind is told, and only to the log
            log.error("gateway: %s failed (%s)", _route(scope), type(error).__name__)
            if not started:
                await JSONResponse({"error": "failed"}, 500)(scope, receive, guarded_send)

    async def _websocket(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await self._app(scope, receive, send)
        except Exception as error:
            log.error("gateway: %s failed (%s)", _route(scope), type(error).__name__)
            with contextlib.suppress(RuntimeError):  # it may be closed already
                await send({"type": "websocket.close", "code": 1011})


def _length(headers: Headers) -> int:
    given = headers.get("content-length", "0")
    return int(given) if given.isdecimal() else 0


def _route(scope: Scope) -> str:
    """The route's own path: what was asked for may hold anything."""
    route = scope.get("route")
    return str(getattr(route, "path", "a request"))
