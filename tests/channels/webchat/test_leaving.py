"""Leaving the web chat: by the button, by the word, by the tab going away."""

from __future__ import annotations

import signal
from collections.abc import AsyncIterator
from pathlib import Path
from subprocess import Popen

import pytest
from redis.asyncio import Redis

from bot.clock import SettableClock
from bot.conversation.messages import Outbound, TalkLine
from bot.privacy.keys import LIFETIME, LaneKeys
from channels.webchat.lifetimes import TAB_GONE
from tests.channels.conftest import SAFE_WORD, Gateway, Running, until
from tests.channels.webchat.browser import Tab, lane_of, tab
from tests.channels.webchat.test_chat import replied
from tests.conftest import start_redis


async def talked(gateway: Gateway, opened: Tab) -> str:
    """A conversation with words of hers, a place in the queue and a reply."""
    lane = lane_of(gateway, opened)
    await opened.say("my words")
    await gateway.desk.request(lane, 0, "asked", (), None)
    now = gateway.clock.now()
    talk = [TalkLine("her", "my words", now), TalkLine("bot", "reply", now)]
    assert await gateway.lanes.append_out(lane, 0, [Outbound("r1", "reply", now)], talk)
    await opened.hear_only("message")
    return lane


async def keys_of(gateway: Gateway, lane: str) -> set[str]:
    return {
        key.decode().rpartition("}:")[2].partition(":")[0] async for key in gateway.lanes.redis.scan_iter(f"*{lane}*")
    }


async def wiped(gateway: Gateway, lane: str) -> None:
    """Only markers without content are left, and each of them expires."""
    assert await keys_of(gateway, lane) <= {"epoch", "seen", "handoff"}
    handoff = await gateway.lanes.redis.hgetall(LaneKeys(lane)["handoff"])
    assert handoff[b"state"] == b"left"
    async for key in gateway.lanes.redis.scan_iter(f"*{lane}*"):
        assert await gateway.lanes.redis.ttl(key) > 0
        assert b"words" not in (await gateway.lanes.redis.dump(key) or b"")


async def test_exit(gateway: Gateway) -> None:
    async with tab(gateway) as opened:
        lane = await talked(gateway, opened)
        await opened.send(type="exit")
        await opened.hear_only("cleared")
        assert await opened.closed() == 1000
        await wiped(gateway, lane)
        assert not await gateway.lanes.append_out(lane, 0, [Outbound("r2", "late", gateway.clock.now())], [])


async def test_the_word(gateway: Gateway) -> None:
    async with tab(gateway) as opened:
        lane = await talked(gateway, opened)
        await opened.send(type="message", text=f"ok {SAFE_WORD.lower()}!", id=2)
        await opened.hear_only("cleared")
        assert await opened.closed() == 1000
        await wiped(gateway, lane)


async def test_the_beacon_of_a_page_that_goes_away(gateway: Gateway) -> None:
    async with tab(gateway) as opened:
        lane = await talked(gateway, opened)
        answer = await gateway.client.post("/leave", content=opened.token)
        assert (answer.status_code, answer.content) == (204, b"")
        await opened.hear_only("cleared")
        await wiped(gateway, lane)


@pytest.mark.parametrize("token", ["", "made up", "a.b", "\u00e9", "x" * 5000])
async def test_nobody_is_wiped_by_guessing(gateway: Gateway, token: str) -> None:
    assert (await gateway.client.post("/leave", content=token)).status_code == 400


async def test_a_lane_that_ends_elsewhere_clears_the_page(gateway: Gateway) -> None:
    async with tab(gateway) as opened:
        lane = await talked(gateway, opened)
        await gateway.lanes.vanish(lane, cover=False)
        await opened.hear_only("cleared")


async def test_a_message_that_crosses_with_the_end_starts_nothing(gateway: Gateway) -> None:
    async with tab(gateway) as opened:
        lane = await talked(gateway, opened)
        await gateway.lanes.redis.incr(LaneKeys(lane)["epoch"])  # the end, before anybody is told
        await opened.send(type="message", text="my words", id=2)
        await opened.hear_only("cleared")
        await wiped(gateway, lane)


async def test_a_token_that_has_ended_opens_nothing(gateway: Gateway) -> None:
    async with tab(gateway) as opened:
        await talked(gateway, opened)
        await opened.send(type="exit")
        await opened.closed()
    async with tab(gateway) as again:
        await again.send(type="resume", token=opened.token)
        assert await again.hear() == {"type": "cleared"}


async def longest(gateway: Gateway, lane: str) -> int:
    k = LaneKeys(lane)
    names = [
        name for name in ("inbox", "talk", "out", "outseq", "contact") if await gateway.lanes.redis.exists(k[name])
    ]
    return max([await gateway.lanes.redis.ttl(k[name]) for name in names])


async def test_half_an_hour_after_the_tab_has_gone(gateway: Gateway) -> None:
    async with tab(gateway) as opened:
        lane = await talked(gateway, opened)
        await gateway.desk.keep_callback(lane, 0, {"number": "x"})

    async def is_short() -> bool:
        return await longest(gateway, lane) <= TAB_GONE

    await until(is_short)
    assert await gateway.lanes.redis.ttl(LaneKeys(lane)["callback"]) > TAB_GONE

    await replied(gateway, lane, "late")  # a turn that was under way writes with the usual lifetime
    await until(is_short)

    async with tab(gateway) as again:
        await again.send(type="resume", token=opened.token, last="r1")
        assert (await again.hear())["token"] == opened.token
        assert (await again.hear_only("message"))["text"] == "late"
        assert await longest(gateway, lane) > LIFETIME["talk"] - 60


async def test_a_page_that_was_only_looked_at_leaves_nothing(gateway: Gateway) -> None:
    async with tab(gateway):
        pass
    assert await gateway.lanes.redis.dbsize() == 0


@pytest.fixture
async def stoppable(tmp_path: Path, clock: SettableClock) -> AsyncIterator[tuple[Gateway, Popen[bytes]]]:
    """A gateway on a Redis of its own that can be halted."""
    process, port = start_redis(tmp_path)
    redis = Redis.from_url(f"redis://127.0.0.1:{port}/0", socket_timeout=0.1, retry=None)
    try:
        async with Running(redis, clock) as gateway:
            yield gateway, process
    finally:
        await redis.aclose()
        process.send_signal(signal.SIGCONT)
        process.kill()
        process.wait()


async def test_redis_away_is_said_and_nothing_is_lost(stoppable: tuple[Gateway, Popen[bytes]]) -> None:
    gateway, process = stoppable
    async with tab(gateway) as opened:
        await opened.say("one", 1)
        process.send_signal(signal.SIGSTOP)
        await opened.send(type="message", text="two", id=2)
        assert await opened.hear_only("error") == {"type": "error", "text": "Not sent. Try again.", "id": 2}
        process.send_signal(signal.SIGCONT)
        await opened.say("two", 2)
        kept = await gateway.kept("web", opened.token)
        assert [m.text.reveal() for m in kept if m.text] == ["one", "two"]


async def test_leaving_does_not_wait_for_redis_and_is_made_good(stoppable: tuple[Gateway, Popen[bytes]]) -> None:
    gateway, process = stoppable
    async with tab(gateway) as opened:
        await opened.say("my words", 1)
        lane = lane_of(gateway, opened)
        process.send_signal(signal.SIGSTOP)
        await opened.send(type="exit")
        await opened.hear_only("cleared")
    process.send_signal(signal.SIGCONT)

    async def gone() -> bool:
        return await gateway.lanes.redis.exists(LaneKeys(lane)["inbox"]) == 0

    await until(gone)


async def test_redis_away_while_coming_back(stoppable: tuple[Gateway, Popen[bytes]]) -> None:
    gateway, process = stoppable
    async with tab(gateway) as opened:
        await opened.say("one", 1)
    process.send_signal(signal.SIGSTOP)
    async with tab(gateway) as again:
        await again.send(type="resume", token=opened.token)
        assert await again.closed() == 1013
    process.send_signal(signal.SIGCONT)


async def test_replies_find_the_page_after_redis_was_away(stoppable: tuple[Gateway, Popen[bytes]]) -> None:
    gateway, process = stoppable
    async with tab(gateway) as opened:
        await opened.say("one", 1)
        process.send_signal(signal.SIGSTOP)
        await opened.send(type="message", text="two", id=2)
        await opened.hear_only("error")
        process.send_signal(signal.SIGCONT)
        await replied(gateway, lane_of(gateway, opened), "hello")
        assert (await opened.hear_only("message"))["text"] == "hello"


async def test_leaving_has_no_cover_on_the_web(gateway: Gateway) -> None:
    async with tab(gateway) as opened:
        lane = await talked(gateway, opened)
        await opened.send(type="exit")
        await opened.closed()
    assert not await gateway.lanes.redis.exists(LaneKeys(lane)["cover"])
