"""What stands before every route: the headers, the same-origin rule, the session, the lock.

Closed by default: a route that is not named here needs an unlocked session, and a change needs the session's token.
"""

from __future__ import annotations

import secrets

from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.console.sessions import Session, Sessions

COOKIE = "desk"
TOKEN_HEADER = "x-desk-token"  # noqa: S105  the name of a header

PUBLIC = frozenset({"/login", "/health/live"})
PUBLIC_PREFIX = "/static/"
WHILE_LOCKED = frozenset({"/", "/api/queue", "/api/unlock", "/events", "/logout"})

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "X-Robots-Tag": "noindex, nofollow",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}


class SafeHeaders:
    """Puts the headers on every answer, errors too."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers[name] = value
            await send(message)

        await self._app(scope, receive, with_headers if scope["type"] == "http" else send)


class Gate:
    """Lets a request through with its session in `request.state.session`, or answers it."""

    def __init__(self, app: ASGIApp, sessions: Sessions) -> None:
        self._app = app
        self._sessions = sessions

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request = Request(scope)
        refusal = await self._refusal(request)
        if refusal is not None:
            await refusal(scope, receive, send)
            return
        await self._app(scope, receive, send)

    async def _refusal(self, request: Request) -> Response | None:
        changes = request.method not in ("GET", "HEAD")
        if changes and not same_origin(request):
            return JSONResponse({"result": "cross_origin"}, 403)
        path = request.url.path
        if path in PUBLIC or path.startswith(PUBLIC_PREFIX):
            return None
        session = await self._sessions.find(request.cookies.get(COOKIE, ""))
        if session is None:
            wants_page = path == "/" and not changes
            return RedirectResponse("/login", 303) if wants_page else JSONResponse({"result": "log_in"}, 401)
        if changes and not _has_token(request, session):
            return JSONResponse({"result": "token"}, 403)
        if session.locked and path not in WHILE_LOCKED:
            return JSONResponse({"result": "locked"}, 423)
        request.state.session = session
        return None


def same_origin(request: Request) -> bool:
    """Whether a browser says that our own page sent this. A client that is no browser sends neither header.

    `Sec-Fetch-Site` comes first: under `no-referrer` a browser hides the origin of a form as "null".
    """
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        return site in ("same-origin", "none")
    origin = request.headers.get("origin")
    return origin is None or origin.partition("://")[2] == request.headers.get("host")


def _has_token(request: Request, session: Session) -> bool:
    given = request.headers.get(TOKEN_HEADER, "")
    return secrets.compare_digest(given.encode(), session.csrf.encode())
