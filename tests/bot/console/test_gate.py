"""What stands before every route."""

from __future__ import annotations

import re
from pathlib import Path

import httpx
import pytest
from starlette.applications import Starlette
from starlette.routing import Mount, Route

import bot.console
from bot.clock import SettableClock
from bot.console.gate import PUBLIC, WHILE_LOCKED
from bot.console.sessions import IDLE
from bot.settings import Settings
from tests.bot.console.conftest import Browser

LANE = "web-" + "a" * 26
STATIC = Path(bot.console.__file__).parent / "static"


def addresses(app: Starlette) -> list[tuple[str, str]]:
    """Every method and path that the app answers, with a lane put in."""
    found = []
    for route in app.routes:
        if isinstance(route, Route):
            found += [(method, route.path.replace("{lane}", LANE)) for method in sorted(route.methods or ())]
        else:
            assert isinstance(route, Mount)
            assert route.path == "/static"
    return found


async def test_every_route_needs_a_session(app: Starlette, stranger: Browser) -> None:
    closed = [(method, path) for method, path in addresses(app) if path not in PUBLIC]
    assert len(closed) > 12
    for method, path in closed:
        answer = await stranger.request(method, path)
        assert answer.status_code in (401, 303), (method, path)
        assert answer.headers.get("location", "/login") == "/login"
    assert frozenset({"/login", "/health/live"}) == PUBLIC


async def test_every_change_needs_the_sessions_token(app: Starlette, worker: Browser, colleague: Browser) -> None:
    changes = [path for method, path in addresses(app) if method == "POST" and path not in PUBLIC]
    assert len(changes) > 8
    for token in ("", "wrong", colleague.headers["x-desk-token"], "\u00e9"):
        worker.headers["x-desk-token"] = token.encode().decode("latin-1")
        for path in changes:
            assert (await worker.post(path)).status_code == 403, (path, token)


async def test_a_locked_desk_shows_and_does_nothing(app: Starlette, worker: Browser, clock: SettableClock) -> None:
    clock.advance(IDLE)
    for method, path in addresses(app):
        if path not in PUBLIC | WHILE_LOCKED:
            assert (await worker.request(method, path)).status_code == 423, (method, path)


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 303),
        ({"origin": "http://desk.test"}, 303),
        ({"sec-fetch-site": "same-origin", "origin": "null"}, 303),
        ({"sec-fetch-site": "none"}, 303),
        ({"origin": "http://evil.test"}, 403),
        ({"origin": "null"}, 403),
        ({"sec-fetch-site": "cross-site"}, 403),
        ({"sec-fetch-site": "same-site", "origin": "http://desk.test"}, 403),
    ],
)
async def test_a_login_that_another_site_sends_is_refused(
    stranger: Browser, headers: dict[str, str], status: int
) -> None:
    answer = await stranger.post("/login", data={"name": "duty", "password": "correct horse battery"}, headers=headers)
    assert answer.status_code == status


HEADERS = {
    "content-security-policy": "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "cache-control": "no-store",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "x-robots-tag": "noindex, nofollow",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-embedder-policy": "require-corp",
    "cross-origin-resource-policy": "same-origin",
}


@pytest.mark.parametrize(
    "path", ["/", "/login", "/api/queue", "/static/desk.js", "/health/live", "/nothing", "/static/x"]
)
async def test_every_answer_carries_the_headers(worker: Browser, stranger: Browser, path: str) -> None:
    for browser in (worker, stranger):
        answer = await browser.get(path)
        assert {name: answer.headers.get(name) for name in HEADERS} == HEADERS


async def test_a_failure_carries_the_headers_and_says_nothing(
    app: Starlette, worker: Browser, settings: Settings
) -> None:
    (settings.var / "staff.json").write_text("broken")
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://desk.test", cookies=worker.cookies) as client:
        answer = await client.get("/api/queue")
    assert answer.status_code == 500
    assert answer.json() == {"result": "failed"}
    assert {name: answer.headers.get(name) for name in HEADERS} == HEADERS


async def test_pages_hold_no_inline_script_or_style_and_nothing_from_elsewhere(
    worker: Browser, stranger: Browser
) -> None:
    for page in ((await worker.get("/")).text, (await stranger.get("/login")).text):
        assert not re.search(r"<script(?![^>]*\ssrc=)|<style|\sstyle=|\son\w+=", page)
        assert not re.search(r"""(?:src|href|action)=["'](?!/|\#)""", page)
        assert "<title>Desk</title>" in page
        assert "noindex" in page


def test_scripts_put_words_in_as_text_only() -> None:
    scripts = {path.name: path.read_text() for path in STATIC.glob("*.js")}
    assert scripts
    for name, text in scripts.items():
        assert not re.search(
            r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(|localStorage|sessionStorage", text
        ), name
        assert not re.search(r"https?://", text), name
