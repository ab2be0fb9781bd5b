"""What the page asks for and does."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import httpx
import pytest
from redis.asyncio import Redis

from bot.clock import LONDON, SettableClock
from bot.console.audit import AUDIT
from bot.conversation.lane import LaneStore
from bot.conversation.messages import Channel
from bot.handoff.desk import HandoffDesk
from tests.bot.console.conftest import Browser
from tests.bot.handoff.conftest import Arrive

NOBODY = "web-" + "a" * 26
SCRIPT = "<script>alert(1)</script><img src=x onerror=alert(1)>"


@pytest.fixture
async def lane(desk: HandoffDesk, lanes: LaneStore, arrive: Arrive) -> str:
    """Somebody who waits, with danger and a script in her words."""
    found = await arrive("one", "he has a knife", SCRIPT, channel=Channel.WEB)
    assert await desk.request(found, await lanes.epoch(found), "danger", ("has_weapon",), None)
    return found


async def post(browser: Browser, path: str, **body: Any) -> tuple[int, dict[str, Any]]:
    answer = await browser.post(f"/api/{path}", json=body)
    return answer.status_code, answer.json()


async def shown(browser: Browser, lane: str) -> dict[str, Any]:
    answer = await browser.get(f"/api/conversation/{lane}")
    assert answer.status_code == 200
    found: dict[str, Any] = answer.json()
    return found


async def queue(browser: Browser) -> dict[str, Any]:
    found: dict[str, Any] = (await browser.get("/api/queue")).json()
    return found


async def test_an_empty_queue_and_the_hours(worker: Browser, clock: SettableClock) -> None:
    assert await queue(worker) == {
        "now": clock.now().isoformat(),
        "locked": False,
        "waiting": 0,
        "ring": "",
        "hours": {"open": True, "words": "Mon to Fri, 9am to 5pm", "closes": "5pm", "opens": ""},
        "items": [],
        "callbacks": [],
    }


async def test_closed_hours_say_when_they_open(stranger: Browser, clock: SettableClock) -> None:
    clock.set(datetime(2026, 11, 27, 18, 0, tzinfo=LONDON))
    await stranger.log_in()
    hours = (await queue(stranger))["hours"]
    assert (hours["open"], hours["opens"], hours["closes"]) == (False, "Monday 9am", "")


async def test_a_conversation_from_the_queue_to_the_end(
    worker: Browser, lane: str, lanes: LaneStore, clock: SettableClock
) -> None:
    listed = await queue(worker)
    assert (listed["waiting"], listed["ring"]) == (1, "danger")
    assert listed["items"][0]["claimable"]
    talk = await shown(worker, lane)
    assert [line["text"] for line in talk["lines"]] == ["he has a knife", SCRIPT]
    assert talk["flags"] == ["danger now", "has weapon"]
    assert (talk["claim"], talk["window_until"]) == (None, None)

    status, claimed = await post(worker, "claim", lane=lane)
    assert (status, claimed["result"]) == (200, "claimed")
    assert (await queue(worker))["ring"] == ""
    talk = await shown(worker, lane)
    assert talk["window_until"] == (clock.now() + timedelta(minutes=10)).isoformat()
    assert talk["claim"] == claimed["claim"]

    sent = await post(worker, "say", lane=lane, claim=claimed["claim"], text=" Hello.\x00\nI am here. ")
    assert sent == (200, {"result": "sent", "text": ""})
    assert [m.text for _, m in await lanes.outgoing_after(lane, 0)] == ["Hello.\nI am here."]
    assert await post(worker, "end", lane=lane, claim=claimed["claim"]) == (200, {"result": "ended"})
    assert (await shown(worker, lane))["lines"] == []
    assert (await queue(worker))["items"] == []


async def test_a_colleague_neither_reads_nor_writes_in_it(
    worker: Browser, colleague: Browser, lane: str, lanes: LaneStore
) -> None:
    _, claimed = await post(worker, "claim", lane=lane)
    assert await post(colleague, "claim", lane=lane) == (409, {"result": "taken"})
    talk = await shown(colleague, lane)
    assert (talk["lines"], talk["claim"], talk["mine"], talk["worker"]) == ([], None, False, "Maya")
    number = claimed["claim"]
    for path in ("say", "end", "return", "confirm"):
        body = {"text": "hello"} if path == "say" else {}
        status, answer = await post(colleague, path, lane=lane, claim=number, **body)
        assert (status, answer["result"]) == (409, "not_owner"), path
    assert await lanes.outgoing_after(lane, 0) == []


async def test_what_is_typed_after_she_left_is_not_sent(worker: Browser, lane: str, lanes: LaneStore) -> None:
    _, claimed = await post(worker, "claim", lane=lane)
    await lanes.vanish(lane, cover=False)
    status, answer = await post(worker, "say", lane=lane, claim=claimed["claim"], text="wait")
    assert (status, answer) == (409, {"result": "left", "text": "This person has left. Nothing was sent."})
    talk = await shown(worker, lane)
    assert (talk["state"], talk["lines"], talk["mine"]) == ("left", [], False)
    assert talk["banner"] == "This person has left. Nothing more can be sent."
    [item] = (await queue(worker))["items"]
    assert (item["state"], item["danger"], item["mine"]) == ("left", True, True)
    assert await lanes.outgoing_after(lane, 0) == []


async def test_return_and_confirm(worker: Browser, lane: str, desk: HandoffDesk) -> None:
    _, claimed = await post(worker, "claim", lane=lane)
    number = claimed["claim"]
    await desk.maybe_someone_else(lane)
    assert (await shown(worker, lane))["check"]
    status, answer = await post(worker, "say", lane=lane, claim=number, text="hello")
    assert (status, answer["result"]) == (409, "check_first")
    assert await post(worker, "confirm", lane=lane, claim=number) == (200, {"result": "confirmed"})
    assert await post(worker, "return", lane=lane, claim=number) == (200, {"result": "returned"})
    assert (await queue(worker))["items"][0]["state"] == "waiting"


async def test_the_desk_of_a_worker_who_does_not_answer_danger_rings_and_then_all_do(
    worker: Browser, colleague: Browser, lane: str, desk: HandoffDesk, lanes: LaneStore, clock: SettableClock
) -> None:
    await post(worker, "claim", lane=lane)
    clock.advance(timedelta(seconds=1))
    await desk.alarm(lane, 0, ("has_weapon",))
    assert ((await queue(worker))["ring"], (await queue(colleague))["ring"]) == ("danger", "")
    clock.advance(timedelta(minutes=1))
    assert (await queue(colleague))["ring"] == "danger"
    assert (await post(colleague, "claim", lane=lane))[0] == 200


async def test_a_call_back_is_shown_to_the_one_who_takes_it(
    worker: Browser, colleague: Browser, lane: str, desk: HandoffDesk
) -> None:
    answers = {"number": "+447700900123", "when": SCRIPT}
    await desk.keep_callback(lane, 0, answers)
    listed = await worker.get("/api/queue")
    assert "07700900123" not in listed.text
    assert "7700900123" not in listed.text
    assert await post(worker, "callback/take", lane=lane) == (200, {"result": "taken_by_you", "answers": answers})
    assert await post(colleague, "callback/take", lane=lane) == (409, {"result": "taken"})
    assert await post(colleague, "callback/done", lane=lane) == (409, {"result": "not_owner"})
    assert await post(worker, "callback/done", lane=lane) == (200, {"result": "done"})
    assert (await queue(worker))["callbacks"] == []


async def test_who_opened_what_is_noted_once_and_without_content(
    worker: Browser, colleague: Browser, lane: str, redis: Redis
) -> None:
    for _ in range(3):
        await shown(worker, lane)
    await post(worker, "claim", lane=lane)
    await shown(colleague, lane)
    deeds = [
        (row[b"worker"], row[b"deed"], row[b"lane"]) for _, row in await redis.xrange(AUDIT) if row[b"deed"] != b"login"
    ]
    assert deeds == [(b"duty", b"opened", lane.encode()), (b"duty", b"claimed", lane.encode())]
    assert b"knife" not in await redis.dump(AUDIT)
    async for key in redis.scan_iter():
        assert await redis.ttl(key) > 0, key


async def test_her_words_come_as_json_that_no_browser_takes_for_a_page(worker: Browser, lane: str) -> None:
    answer = await worker.get(f"/api/conversation/{lane}")
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize("lane_text", [NOBODY, "web-short", "x", "sms-" + "A" * 26, "%00", "web-" + "a" * 27])
async def test_a_conversation_that_is_not_there(worker: Browser, lane_text: str) -> None:
    assert (await worker.get(f"/api/conversation/{lane_text}")).status_code == 404


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("claim", b"", 400),
        ("claim", b"{}", 400),
        ("claim", b"[]", 400),
        ("claim", b"\xff", 400),
        ("claim", b'{"lane": "x"}', 400),
        ("claim", b'{"lane": "%s", "more": 1}' % NOBODY.encode(), 400),
        ("claim", b'{"lane": "%s"}' % NOBODY.encode(), 409),
        ("say", b'{"lane": "%s", "claim": 0, "text": "hi"}' % NOBODY.encode(), 400),
        ("say", b'{"lane": "%s", "claim": 1, "text": "  "}' % NOBODY.encode(), 422),
        ("say", b'{"lane": "%s", "claim": 1, "text": "%s"}' % (NOBODY.encode(), b"a" * 1001), 422),
        ("say", b'{"lane": "sms-%s", "claim": 1, "text": "%s"}' % (b"a" * 26, b"a" * 307), 422),
        ("say", b'{"lane": "%s", "claim": 1, "text": "hi"}' % NOBODY.encode(), 409),
        ("say", b"a" * 20_000, 413),
        ("end", b'{"lane": "%s"}' % NOBODY.encode(), 400),
        ("unlock", b"{}", 400),
    ],
)
async def test_what_cannot_be_read_is_refused_and_not_repeated(
    worker: Browser, path: str, body: bytes, status: int
) -> None:
    answer = await worker.post(f"/api/{path}", content=body)
    assert answer.status_code == status
    assert NOBODY not in answer.text
    assert "aaaa" not in answer.text


@pytest.mark.parametrize("path", ["/api/claim", "/logout", "/api/unlock"])
async def test_changes_are_never_made_by_looking(worker: Browser, path: str) -> None:
    answer: httpx.Response = await worker.get(path)
    assert answer.status_code == 405
