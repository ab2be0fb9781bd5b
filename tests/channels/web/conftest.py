"""A real browser. Where there is none these tests are skipped, and say so."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser, BrowserContext, Page, Route, async_playwright

from tests.channels.conftest import Gateway, until

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
ELSEWHERE = "<!doctype html><title>Weather</title><p>weather</p>"


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    if CHROMIUM is None:
        pytest.skip("no Chromium on PATH: install Debian's chromium to test the page in a browser")
    async with async_playwright() as playwright:
        launched = await playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield launched
        await launched.close()


async def connected(page: Page) -> None:
    """Waits until the page has a token."""

    async def has_token() -> bool:
        return await page.evaluate("sessionStorage.getItem('t') !== null")

    await until(has_token)


class Visit:
    """A page of ours in a browser, and everything that it asked for or complained of."""

    def __init__(self, gateway: Gateway, context: BrowserContext) -> None:
        self.gateway = gateway
        self.context = context
        self.asked: list[str] = []
        self.complaints: list[str] = []
        self.arrive = asyncio.Event()
        """Until it is set, the site that the exit opens does not answer: slow networks are where blanking counts."""
        self.arrive.set()

    async def elsewhere(self, route: Route) -> None:
        """The site that the exit opens, without leaving this machine."""
        self.asked.append(route.request.url)
        await self.arrive.wait()
        await route.fulfill(body=ELSEWHERE, content_type="text/html")

    async def open(self) -> Page:
        page = await self.context.new_page()
        page.on("request", lambda request: self.asked.append(request.url))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("console", lambda line: self.complaints.append(line.text) if line.type == "error" else None)
        await page.goto(f"http://127.0.0.1:{self.gateway.port}/")
        await connected(page)
        return page


@pytest.fixture
async def visit(browser: Browser, gateway: Gateway) -> AsyncIterator[Visit]:
    context = await browser.new_context(viewport={"width": 320, "height": 640})
    visited = Visit(gateway, context)
    await context.route(lambda url: "127.0.0.1" not in url, visited.elsewhere)
    yield visited
    await context.close()
    assert visited.complaints == []
