"""The pages: login, the desk, logout and unlock."""

from __future__ import annotations

import asyncio
from pathlib import Path

import jinja2
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from bot.console.audit import Audit
from bot.console.bodies import Password, read_body
from bot.console.gate import COOKIE
from bot.console.sessions import LONGEST, Session, Sessions
from bot.console.staff import LONGEST_NAME, LONGEST_PASSWORD, Staff, Worker
from bot.safety.wording import Wording

_AT_ONCE = 2
"""Password checks side by side: each takes 64 MiB."""


class Pages:
    """The routes that are not under `/api`, and unlock."""

    def __init__(self, staff: Staff, sessions: Sessions, audit: Audit, wording: Wording) -> None:
        self._staff = staff
        self._sessions = sessions
        self._audit = audit
        self._wording = wording
        self._templates = jinja2.Environment(
            loader=jinja2.FileSystemLoader(Path(__file__).parent / "templates"),
            autoescape=True,
            undefined=jinja2.StrictUndefined,
        )
        self._checking = asyncio.Semaphore(_AT_ONCE)

    def routes(self) -> list[Route]:
        return [
            Route("/", self.desk),
            Route("/login", self.login_page),
            Route("/login", self.login, methods=["POST"]),
            Route("/logout", self.logout, methods=["POST"]),
            Route("/api/unlock", self.unlock, methods=["POST"]),
        ]

    async def desk(self, request: Request) -> Response:
        """The one page of the desk. Holds no word of anybody; the script fetches what is shown."""
        session: Session = request.state.session
        quick = [
            (name.removeprefix("quick.").replace("_", " ").capitalize(), entry.text, entry.web or entry.text)
            for name, entry in self._wording.entries.items()
            if name.startswith("quick.")
        ]
        return self._page("desk.html", token=session.csrf, working_name=session.worker.working_name, quick=quick)

    async def login_page(self, request: Request) -> Response:
        return self._page("login.html", problem="")

    async def login(self, request: Request) -> Response:
        """Checks name and password; 429 after five tries at one name within a minute."""
        async with request.form(max_files=0, max_fields=4) as form:
            name, password = str(form.get("name", "")), str(form.get("password", ""))
        checked = await self._check(name, password)
        if isinstance(checked, Response):
            return checked
        cookie = await self._sessions.open(checked)
        await self._audit.note(checked.name, "login")
        response = RedirectResponse("/", 303)
        response.set_cookie(
            COOKIE,
            cookie,
            max_age=int(LONGEST.total_seconds()),
            httponly=True,
            samesite="strict",
            secure=request.url.scheme == "https",
        )
        return response

    async def unlock(self, request: Request) -> Response:
        """The same worker gives the password again."""
        session: Session = request.state.session
        body = await read_body(request, Password)
        if not await self._sessions.may_try(session.worker.name):
            return JSONResponse({"result": "wait"}, 429)
        if await self._verified(session.worker.name, body.password) is None:
            return JSONResponse({"result": "wrong"}, 403)
        await self._sessions.touch(session)
        await self._audit.note(session.worker.name, "unlocked")
        return JSONResponse({"result": "ok"})

    async def logout(self, request: Request) -> Response:
        await self._sessions.end(request.state.session)
        response = JSONResponse({"result": "ok"})
        response.delete_cookie(COOKIE)
        return response

    async def _check(self, name: str, password: str) -> Worker | Response:
        if len(name) > LONGEST_NAME or len(password) > LONGEST_PASSWORD:
            return self._page("login.html", 401, problem="That name and password do not match.")
        if not await self._sessions.may_try(name):
            return self._page("login.html", 429, problem="Too many tries for this name. Wait a minute.")
        worker = await self._verified(name, password)
        return worker or self._page("login.html", 401, problem="That name and password do not match.")

    async def _verified(self, name: str, password: str) -> Worker | None:
        async with self._checking:
            return await asyncio.to_thread(self._staff.verify, name, password)

    def _page(self, template: str, status: int = 200, **values: object) -> HTMLResponse:
        return HTMLResponse(self._templates.get_template(template).render(values), status)
