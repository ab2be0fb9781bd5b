"""The chat page in a real browser: talking, leaving, hiding, coming back."""

from __future__ import annotations

import pytest
from playwright.async_api import Browser, Page, WebSocketRoute, expect

from bot.conversation.messages import Choice
from bot.privacy.keys import LaneKeys
from tests.channels.conftest import SAFE_WORD, Gateway, until
from tests.channels.web.conftest import Visit, connected
from tests.channels.webchat.test_chat import replied

AWAY = "https://www.bbc.co.uk/weather"
THREE_MINUTES = 3 * 60 * 1000


async def lane_of(visit: Visit, page: Page) -> str:
    return visit.gateway.lane("web", await page.evaluate("sessionStorage.getItem('t')"))


async def say(page: Page, text: str) -> None:
    """Types and sends; returns when the server has it."""
    await page.get_by_label("Your message").fill(text)
    await page.get_by_role("button", name="Send").click()
    await expect(page.locator("#talk li.me").last).to_contain_text(text)
    await expect(page.locator("#talk .state")).to_have_count(0)


async def talked(visit: Visit) -> tuple[Page, str]:
    page = await visit.open()
    await say(page, "my words")
    lane = await lane_of(visit, page)
    await replied(visit.gateway, lane, "a reply")
    await expect(page.get_by_role("log")).to_contain_text("a reply")
    return page, lane


async def wiped(gateway: Gateway, lane: str) -> None:
    k = LaneKeys(lane)

    async def gone() -> bool:
        return await gateway.lanes.redis.exists(*k.wiped()) == 0

    await until(gone)


async def test_talking(visit: Visit) -> None:
    page, lane = await talked(visit)
    assert await page.title() == "Local information"
    choices = (Choice("Somewhere safe", "safe", "x"), Choice("Talk to a person", "Talk to a person", "y"))
    await replied(visit.gateway, lane, "What would help?", choices=choices)
    await page.get_by_role("button", name="Somewhere safe").click()
    await expect(page.get_by_role("button", name="Somewhere safe")).to_have_count(0)
    await expect(page.locator("#talk .state")).to_have_count(0)
    kept = await visit.gateway.lanes.waiting(lane)
    assert [m.text.reveal() for m in kept if m.text] == ["my words", "safe"]
    assert {url.split("/")[2] for url in visit.asked} == {f"127.0.0.1:{visit.gateway.port}"}


async def test_markup_is_text(visit: Visit) -> None:
    page, lane = await talked(visit)
    await say(page, "<img src=x onerror=alert(1)>")
    await replied(visit.gateway, lane, "<b>bold</b> see https://example.org/a?b=c, ok")
    await expect(page.locator("#talk li.bot").last).to_contain_text("<b>bold</b>")
    link = page.locator("#talk a")
    assert await link.get_attribute("href") == "https://example.org/a?b=c"
    assert await link.get_attribute("rel") == "noreferrer noopener"
    assert await page.locator("#talk img, #talk b").count() == 0


async def test_the_keyboard_is_enough(visit: Visit) -> None:
    page = await visit.open()
    await page.keyboard.press("Tab")
    await expect(page.get_by_role("link", name="Exit this page")).to_be_focused()
    await page.get_by_label("Your message").focus()
    await page.keyboard.type("one")
    await page.keyboard.press("Shift+Enter")
    await page.keyboard.type("two")
    await page.keyboard.press("Enter")
    await expect(page.locator("#talk li.me p").first).to_have_text("one\ntwo")


async def test_a_worker(visit: Visit) -> None:
    page, lane = await talked(visit)
    await visit.gateway.desk.request(lane, 0, "asked", (), None)
    await expect(page.locator("#desk")).to_have_text("You are in the queue for a worker. Your place in the queue: 1.")
    await visit.gateway.desk.claim(lane, "w1", "Maya")
    await expect(page.locator("#desk")).to_have_text("Maya has joined and can read this chat.")


@pytest.mark.parametrize("way", ["button", "Escape", "Shift"])
async def test_leaving(visit: Visit, way: str) -> None:
    page, lane = await talked(visit)
    seen: dict[str, float] = {}

    def tell(_: object, what: dict[str, float]) -> None:
        seen.update(what)
        visit.arrive.set()

    await page.expose_binding("tell", tell)
    await page.evaluate(
        """() => {
          const look = (event) => requestAnimationFrame(() => {
            if (document.getElementById('cover').hidden) return;
            const blank = !document.body.textContent.includes('my words');
            window.tell({ blank, after: performance.now() - event.timeStamp, stored: sessionStorage.length });
          });
          addEventListener('keydown', look, { capture: true });
          addEventListener('click', look, { capture: true });
        }"""
    )
    visit.arrive.clear()
    if way == "button":
        await page.get_by_role("link", name="Exit this page").click()
    else:
        for _ in range(3):
            await page.keyboard.press(way)
    await page.wait_for_url(AWAY)
    assert (seen["blank"], seen["stored"]) == (True, 0)
    assert seen["after"] < 100
    await wiped(visit.gateway, lane)
    await page.go_back()
    await page.wait_for_load_state()
    assert "my words" not in await page.content()
    assert "127.0.0.1" not in page.url


async def test_other_keys_between_are_no_exit(visit: Visit) -> None:
    page = await visit.open()
    for key in ("Shift", "Shift", "a", "Shift", "Escape", "Shift"):
        await page.keyboard.press(key)
    await page.keyboard.type("HELLO Me")
    assert "127.0.0.1" in page.url
    await expect(page.get_by_label("Your message")).to_be_visible()


async def test_the_word_leaves_too(visit: Visit) -> None:
    page, lane = await talked(visit)
    await page.get_by_label("Your message").fill(SAFE_WORD)
    await page.keyboard.press("Tab")
    await page.get_by_role("button", name="Send").click()
    await page.wait_for_url(AWAY)
    await wiped(visit.gateway, lane)


async def test_exit_is_in_reach_wherever_she_is(visit: Visit) -> None:
    page, lane = await talked(visit)
    await replied(visit.gateway, lane, *[f"line {n}" for n in range(20)])
    await expect(page.get_by_role("log")).to_contain_text("line 19")
    for position in ("0", "document.body.scrollHeight"):
        await page.evaluate(f"scrollTo(0, {position})")
        await expect(page.get_by_role("link", name="Exit this page")).to_be_in_viewport(ratio=1)
    at = "document.elementFromPoint(160, 30).closest('#exit') !== null"
    assert await page.evaluate(at)
    assert await page.evaluate("document.documentElement.scrollWidth") == 320


async def hide(page: Page, hidden: bool) -> None:
    await page.evaluate(
        """(hidden) => {
          Object.defineProperty(document, 'hidden', { configurable: true, value: hidden });
          document.dispatchEvent(new Event('visibilitychange'));
        }""",
        hidden,
    )


async def test_hidden_for_a_moment(visit: Visit) -> None:
    page, _ = await talked(visit)
    await hide(page, True)
    await expect(page.locator("#cover")).to_be_visible()
    await hide(page, False)
    await expect(page.locator("#cover")).to_be_hidden()
    await expect(page.get_by_role("log")).to_contain_text("my words")


@pytest.mark.parametrize("how", ["hidden", "idle"])
async def test_after_three_minutes_earlier_talk_is_not_drawn_again(visit: Visit, how: str) -> None:
    await visit.context.clock.install()
    page, lane = await talked(visit)
    if how == "hidden":
        await hide(page, True)
    await page.clock.fast_forward(THREE_MINUTES + 1000)
    if how == "hidden":
        await hide(page, False)
    await expect(page.get_by_role("button", name="Continue")).to_be_visible()
    await expect(page.get_by_role("link", name="Exit this page")).to_be_in_viewport()
    assert "my words" not in await page.content()
    await replied(visit.gateway, lane, "came meanwhile")
    await page.get_by_role("button", name="Continue").click()
    await expect(page.get_by_role("log")).to_contain_text("came meanwhile")
    assert "my words" not in await page.content()
    await say(page, "still her")
    assert await lane_of(visit, page) == lane


async def test_loading_again_goes_on_and_draws_nothing_again(visit: Visit) -> None:
    page, lane = await talked(visit)
    await page.reload()
    await expect(page.get_by_label("Your message")).to_be_visible()
    await replied(visit.gateway, lane, "after")
    await expect(page.get_by_role("log")).to_contain_text("after")
    assert "my words" not in await page.content()
    assert "a reply" not in await page.content()
    assert await lane_of(visit, page) == lane


async def test_a_tab_with_a_copy_of_our_memory_is_a_new_person(visit: Visit) -> None:
    page, lane = await talked(visit)
    async with visit.context.expect_page() as opened:
        await page.evaluate("window.open('/', '_blank')")
    copy = await opened.value
    await connected(copy)
    await expect(copy.get_by_label("Your message")).to_be_visible()
    assert await lane_of(visit, copy) != lane
    await say(page, "still connected")


async def test_cut_ten_times(browser: Browser, gateway: Gateway) -> None:
    # What stands between the page and the socket here is a script that the page's policy would not let in.
    visit = Visit(gateway, await browser.new_context(bypass_csp=True))
    lines: list[WebSocketRoute] = []

    def through(line: WebSocketRoute) -> None:
        lines.append(line)
        line.connect_to_server()

    await visit.context.route_web_socket("**/chat", through)
    page, lane = await talked(visit)
    for cut in range(10):
        await lines[-1].close(code=1012)
        await page.get_by_label("Your message").fill(f"hers {cut}")
        await page.get_by_role("button", name="Send").click()
        await replied(visit.gateway, lane, f"ours {cut}")
        await expect(page.locator("#talk .state")).to_have_count(0)
        await expect(page.locator("#talk li.bot").last).to_contain_text(f"ours {cut}")
    kept = await visit.gateway.lanes.waiting(lane)
    assert [m.text.reveal() for m in kept if m.text] == ["my words", *(f"hers {n}" for n in range(10))]
    shown = await page.locator("#talk li.bot p").all_text_contents()
    assert shown == ["a reply", *(f"ours {n}" for n in range(10))]
    await visit.context.close()


async def test_where_she_is_is_asked_only_when_she_taps(visit: Visit) -> None:
    await visit.context.grant_permissions(["geolocation"])
    await visit.context.set_geolocation({"latitude": 51.4127912, "longitude": -0.3011934})
    page = await visit.open()
    await page.get_by_role("button", name="Use where I am").click()
    await expect(page.locator("#talk li.me")).to_contain_text("to about 100 metres")
    await expect(page.locator("#talk .state")).to_have_count(0)
    (kept,) = await visit.gateway.lanes.waiting(await lane_of(visit, page))
    assert kept.location is not None
    assert (kept.location.lat, kept.location.lon) == (51.413, -0.301)


async def test_where_she_is_refused(visit: Visit) -> None:
    page = await visit.open()
    await page.get_by_role("button", name="Use where I am").click()
    await expect(page.locator("#line")).to_contain_text("Type the name of a town")


async def test_without_scripts(browser: Browser, gateway: Gateway) -> None:
    context = await browser.new_context(java_script_enabled=False)
    page = await context.new_page()
    await page.goto(f"http://127.0.0.1:{gateway.port}/")
    # The browser is told not to run scripts, but does not show what stands in for them: that is read as it is sent.
    shown = (await (await page.request.get(page.url)).text()).partition("<noscript>")[2].partition("</noscript>")[0]
    for words in ("999", "press 55", "0808 2000 247", "116 123", "0800 1111", AWAY):
        assert words in shown
    assert await page.get_by_role("link", name="Exit this page").get_attribute("href") == AWAY
    await expect(page.get_by_label("Your message")).to_be_hidden()
    await expect(page.get_by_text("Escape or Shift")).to_be_hidden()
    await context.close()
