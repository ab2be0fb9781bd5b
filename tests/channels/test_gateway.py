"""The gateway's own pages, headers, limits and health."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from importlib.resources import files

import httpx
import pytest
from redis.asyncio import Redis
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.clock import SettableClock
from channels.gateway import WEB_PAGE
from channels.guard import MOST_BYTES, Guard, content_policy
from tests.channels.conftest import Gateway, Running

HEADERS = {
    "cache-control": "no-store",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "cross-origin-opener-policy": "same-origin",
    "strict-transport-security": "max-age=31536000",
}
EVERYWHERE = [
    ("GET", "/", 200),
    *[("GET", path, 200) for path in WEB_PAGE if path != "/"],
    ("GET", "/health/live", 200),
    ("GET", "/health/ready", 200),
    ("GET", "/simulator", 200),
    ("GET", "/nothing", 404),
    ("GET", "/../etc/passwd", 404),
    ("GET", "/webhooks/twilio", 405),
    ("POST", "/webhooks/twilio", 403),
    ("POST", "/webhooks/telegram", 404),
    ("POST", "/leave", 400),
    ("GET", "/metrics", 404),
]


@pytest.mark.parametrize(("method", "path", "status"), EVERYWHERE, ids=[f"{m} {p}" for m, p, _ in EVERYWHERE])
async def test_every_answer_carries_the_headers(edge: Gateway, method: str, path: str, status: int) -> None:
    answer = await edge.client.request(method, path)
    assert answer.status_code == status
    for name, value in HEADERS.items():
        assert answer.headers[name] == value
    assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
    assert "unsafe" not in answer.headers["content-security-policy"]
    assert "set-cookie" not in answer.headers


async def test_the_listener_does_not_say_what_it_is(gateway: Gateway) -> None:
    assert "server" not in (await gateway.client.get("/")).headers


def test_a_strange_host_does_not_get_into_the_policy() -> None:
    assert "evil" not in content_policy("x; script-src evil")
    assert "wss://line.example.org:8443 " not in content_policy(None)
    assert " wss://line.example.org:8443;" in content_policy("line.example.org:8443")


async def test_the_page_asks_nobody_else(edge: Gateway) -> None:
    for path, name in WEB_PAGE.items():
        content = files("channels.web").joinpath(name).read_text(encoding="utf-8")
        addresses = set(re.findall(r"(?:https?:)?//[\w.-]+", content)) - {"http://www.w3.org"}
        assert addresses <= {"https://www.bbc.co.uk"}, path
        assert "<style" not in content
        assert not re.search(r"\son\w+=|style=|<script>|javascript:", content)


def test_the_page_is_small() -> None:
    assert sum(len(files("channels.web").joinpath(name).read_bytes()) for name in WEB_PAGE.values()) < 60_000


async def test_a_newcomer_is_told_first_what_this_is(edge: Gateway) -> None:
    page = (await edge.client.get("/")).text
    assert "<title>Local information</title>" in page
    order = ["Exit this page", "automated replies", "Nobody is reading", "not an emergency line", "999", "press 55"]
    found = [page.index(words) for words in order]
    assert found == sorted(found)
    visible = re.sub(r"<noscript>.*?</noscript>", "", page, flags=re.DOTALL)
    assert not re.search(r"abuse|violence|refuge|survivor|victim", visible, re.IGNORECASE)


async def test_a_body_without_a_length_is_limited_too(edge: Gateway) -> None:
    async def chunks() -> AsyncIterator[bytes]:
        for _ in range(MOST_BYTES // 8192 + 1):
            yield b"x" * 8192

    answer = await edge.client.post("/webhooks/twilio", content=chunks())
    assert answer.status_code == 413


async def test_just_not_too_large(edge: Gateway) -> None:
    assert (await edge.client.post("/webhooks/twilio", content=b"x" * MOST_BYTES)).status_code == 403


async def test_an_error_tells_nothing(caplog: pytest.LogCaptureFixture) -> None:
    async def broken(_: Request) -> Response:
        raise RuntimeError("her words")

    app = Starlette(routes=[Route("/broken/{who}", broken)], middleware=[Middleware(Guard, https=False)])
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(base_url="http://test", transport=transport) as client:
        answer = await client.get("/broken/somebody")
    assert (answer.status_code, answer.json()) == (500, {"error": "failed"})
    assert "her words" not in caplog.text
    assert "somebody" not in caplog.text


async def test_health_without_redis(clock: SettableClock) -> None:
    nowhere = Redis.from_url("redis://127.0.0.1:1/0", retry=None)
    async with Running(nowhere, clock) as gateway:
        assert (await gateway.client.get("/health/live")).status_code == 200
        assert (await gateway.client.get("/health/ready")).status_code == 503
        assert (await gateway.client.get("/")).status_code == 200
    await nowhere.aclose()


async def test_live_mode_has_no_simulator(redis: Redis, clock: SettableClock) -> None:
    async with Running(redis, clock, mode="live") as gateway:
        for method, path in [
            ("GET", "/simulator"),
            ("GET", "/simulator/page.js"),
            ("POST", "/simulator/inbound"),
            ("POST", "/simulator/twilio/2010-04-01/Accounts/AC1/Messages.json"),
        ]:
            assert (await gateway.client.request(method, path)).status_code == 404
