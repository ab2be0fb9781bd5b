"""The page in a real browser, and the live line behind it."""

from __future__ import annotations

import asyncio
import os
import re
import shutil
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from playwright.async_api import Browser, BrowserContext, Page, async_playwright, expect
from starlette.applications import Starlette

from bot.clock import SettableClock
from bot.conversation.lane import LaneStore
from bot.conversation.messages import Channel, TalkLine
from bot.handoff.desk import HandoffDesk
from bot.processes.console import ConsoleServer
from tests.bot.console.conftest import PASSWORD, CookieOf
from tests.bot.handoff.conftest import Arrive
from tests.conftest import free_port

SCRIPT = "<img src=x onerror=\"document.title='taken over'\"><b>bold</b>"
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")

in_a_browser = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine")


@pytest.fixture
async def address(app: Starlette) -> AsyncIterator[str]:
    """The app behind a real listener."""
    port = free_port()
    server = ConsoleServer(app, port)
    serving = asyncio.create_task(server.serve())
    while not server.started:  # noqa: ASYNC110  uvicorn gives no event to wait for
        await asyncio.sleep(0.01)
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    await serving


@pytest.fixture
async def chromium() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        await browser.close()


@pytest.fixture
async def context(chromium: Browser) -> AsyncIterator[BrowserContext]:
    context = await chromium.new_context(viewport={"width": 1100, "height": 760}, locale="en-GB")
    context.set_default_timeout(10_000)
    yield context
    await context.close()


@pytest.fixture
async def page(context: BrowserContext, address: str, cookie_of: CookieOf) -> Page:
    """The desk, with "duty" logged in."""
    await context.add_cookies([{"name": "desk", "value": await cookie_of("duty"), "url": address}])
    page = await context.new_page()
    await page.goto(address)
    await expect(page.locator("#hours")).to_have_text("Open until 5pm")
    return page


async def shot(page: Page, name: str) -> None:
    """Keeps a picture where `QUIETWORD_SHOTS` says; without it, none."""
    folder = os.environ.get("QUIETWORD_SHOTS")
    if folder:
        await page.screenshot(path=Path(folder) / f"console-{name}.png")


async def waits(desk: HandoffDesk, lanes: LaneStore, arrive: Arrive, *texts: str) -> str:
    lane = await arrive("one", *texts, channel=Channel.WEB)
    assert await desk.request(lane, 0, "asked", (), None)
    return lane


async def test_the_live_line_says_that_something_changed_and_never_what(
    address: str, cookie_of: CookieOf, desk: HandoffDesk, lanes: LaneStore, arrive: Arrive
) -> None:
    cookies = {"desk": await cookie_of("duty")}
    async with (
        httpx.AsyncClient(timeout=5) as client,
        client.stream("GET", f"{address}/events", cookies=cookies) as line,
    ):
        assert line.headers["content-type"].startswith("text/event-stream")
        assert line.headers["cache-control"] == "no-store"
        pieces = line.aiter_text()
        assert await anext(pieces) == "event: changed\ndata:\n\n"
        await waits(desk, lanes, arrive, "words of hers")
        assert await anext(pieces) == "event: changed\ndata:\n\n"


@in_a_browser
async def test_logging_in_and_out(context: BrowserContext, address: str) -> None:
    page = await context.new_page()
    await page.goto(address)
    await expect(page).to_have_title("Desk")
    await page.get_by_label("Name").fill("duty")
    await page.get_by_label("Password").fill("wrong")
    await page.get_by_role("button", name="Log in").click()
    await expect(page.get_by_role("alert")).to_have_text("That name and password do not match.")
    await shot(page, "login")
    await page.get_by_label("Name").fill("duty")
    await page.get_by_label("Password").fill(PASSWORD)
    await page.keyboard.press("Enter")
    await expect(page.get_by_text("Nobody is waiting.")).to_be_visible()
    await page.get_by_role("button", name="Log out").click()
    await expect(page.get_by_label("Password")).to_be_visible()


@in_a_browser
async def test_a_conversation_by_keyboard_alone(
    page: Page, desk: HandoffDesk, lanes: LaneStore, arrive: Arrive, clock: SettableClock
) -> None:
    await shot(page, "empty")
    lane = await waits(desk, lanes, arrive, "he took my keys and he says he will hurt the dog", SCRIPT)
    row = page.locator("#groups [data-group=waiting] button")
    await expect(row).to_contain_text("Web chat", timeout=1000)
    await expect(page).to_have_title("(1) Desk")
    await row.focus()
    await page.keyboard.press("Enter")
    lines = page.locator("#lines li")
    await expect(lines).to_have_count(2)
    await expect(lines.nth(1).locator("p")).to_have_text(SCRIPT)
    assert await page.locator("#lines img, #lines b").count() == 0
    await shot(page, "waiting")

    await page.keyboard.press("Tab")
    await expect(page.get_by_role("button", name="Take this conversation")).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(page.locator("#words")).to_be_focused()
    await expect(page.locator("#window")).to_have_text(re.compile(r"You can write for (10:00|9:\d\d)"))
    await page.keyboard.type("I am here. What would help most now?")
    await page.keyboard.press("Control+Enter")
    await expect(lines).to_have_count(3)
    await expect(page.locator("#words")).to_have_value("")
    assert [m.text for _, m in await lanes.outgoing_after(lane, 0)] == ["I am here. What would help most now?"]
    await lanes.append_out(lane, 0, [], [TalkLine("her", "somewhere safe tonight", clock.now())])
    await desk.heard(lane, clock.now())
    await expect(lines).to_have_count(4)
    await shot(page, "active")

    await page.get_by_role("button", name="End", exact=True).click()
    await expect(page.locator("#banner")).to_have_text("Ended. Automated replies are back.")
    await expect(lines).to_have_count(0)
    await expect(page.get_by_text("Nobody is waiting.")).to_be_visible()
    assert page.url.endswith("/")


@in_a_browser
async def test_she_leaves_while_the_worker_types(
    page: Page, desk: HandoffDesk, lanes: LaneStore, arrive: Arrive
) -> None:
    lane = await waits(desk, lanes, arrive, "i need to talk")
    await page.locator("#groups [data-group=waiting] button").click()
    await page.get_by_role("button", name="Take this conversation").click()
    await page.locator("#words").fill("Are you")
    await lanes.vanish(lane, cover=False, danger=True)
    await expect(page.locator("#banner")).to_have_text("This person has left. Nothing more can be sent.")
    await expect(page.locator("#words")).to_be_disabled()
    await expect(page.locator("#send")).to_be_disabled()
    await expect(page.locator("#lines li")).to_have_count(0)
    await expect(page.locator("#groups [data-group=left] button")).to_contain_text("danger was flagged")
    await shot(page, "left")
    assert await lanes.outgoing_after(lane, 0) == []


@in_a_browser
async def test_the_box_locks_with_the_safe_window_and_with_doubt(
    page: Page, desk: HandoffDesk, lanes: LaneStore, arrive: Arrive, clock: SettableClock
) -> None:
    lane = await waits(desk, lanes, arrive, "i need to talk")
    await page.locator("#groups [data-group=waiting] button").click()
    await page.get_by_role("button", name="Take this conversation").click()
    await page.get_by_text("Quick replies").click()
    await page.get_by_role("button", name="Safe right now").click()
    await expect(page.locator("#words")).to_have_value("Are you safe right now? 1 yes, 2 no.")
    await desk.maybe_someone_else(lane)
    await expect(page.locator("#words")).to_be_disabled()
    await shot(page, "check")
    clock.advance(timedelta(minutes=5))
    await page.get_by_role("button", name="I have checked").click()
    await expect(page.locator("#words")).to_be_enabled()
    clock.advance(timedelta(minutes=5, seconds=1))
    await lanes.tell(lane, console=True)
    await expect(page.locator("#window")).to_have_text("Locked until they write again")
    await expect(page.locator("#words")).to_be_disabled()


@in_a_browser
async def test_an_idle_desk_hides_every_word_and_still_says_who_waits(
    page: Page, desk: HandoffDesk, lanes: LaneStore, arrive: Arrive, clock: SettableClock
) -> None:
    lane = await waits(desk, lanes, arrive, "words of hers")
    await page.locator("#groups [data-group=waiting] button").click()
    await expect(page.locator("#lines")).to_contain_text("words of hers")
    clock.advance(timedelta(minutes=10))
    await lanes.tell(lane, console=True)
    await expect(page.get_by_text("Waiting: 1.")).to_be_visible()
    assert "words of hers" not in await page.content()
    await shot(page, "locked")
    await page.get_by_label("Password").fill(PASSWORD)
    await page.keyboard.press("Enter")
    await expect(page.locator("#groups [data-group=waiting] button")).to_be_visible()


@in_a_browser
async def test_a_call_back_shows_its_number_on_a_press_only(page: Page, desk: HandoffDesk, arrive: Arrive) -> None:
    lane = await arrive("one")
    await desk.keep_callback(lane, 0, {"number": "+447700900123", "when": "Tuesday 10 to 12", "voicemail": "no"})
    row = page.locator("#groups [data-group=callbacks] button")
    await expect(row).to_contain_text("press to take it")
    assert "7700900123" not in await page.content()
    await row.click()
    await expect(page.locator("#answers")).to_contain_text("+447700900123")
    await shot(page, "callback")
    await page.get_by_role("button", name="Done").click()
    await expect(row).to_have_count(0)
    assert "7700900123" not in await page.content()


@in_a_browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_a_narrow_phone_in_light_and_dark(
    page: Page, desk: HandoffDesk, lanes: LaneStore, arrive: Arrive, scheme: str
) -> None:
    await page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    await page.set_viewport_size({"width": 360, "height": 700})
    lane = await arrive("two", "he is outside " + "a" * 200)
    await desk.alarm(lane, 0, ("outside",))
    row = page.locator("#groups [data-group=waiting] button")
    await expect(row).to_contain_text("danger now")
    await expect(page).to_have_title("(!) Desk")
    await shot(page, f"narrow-queue-{scheme}")
    await row.click()
    await page.get_by_role("button", name="Take this conversation").click()
    await expect(page.locator("#words")).to_be_visible()
    assert await page.evaluate("document.documentElement.scrollWidth") <= 360
    await shot(page, f"narrow-{scheme}")
    await page.get_by_role("button", name="Back to the queue").click()
    await expect(page.locator("#groups [data-group=active] button")).to_be_visible()


@in_a_browser
async def test_a_broken_line_is_said_and_taken_up_again(
    page: Page, desk: HandoffDesk, lanes: LaneStore, arrive: Arrive
) -> None:
    await page.context.set_offline(True)
    await waits(desk, lanes, arrive, "i need to talk")
    await page.evaluate("window.dispatchEvent(new Event('online'))")
    await expect(page.locator("#line")).to_have_text("No connection. Trying again.", timeout=15_000)
    await page.context.set_offline(False)
    await expect(page.locator("#groups [data-group=waiting] button")).to_be_visible(timeout=15_000)
    await expect(page.locator("#line")).to_have_text("")
