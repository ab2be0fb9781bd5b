"""The web chat over a real socket: what is taken, what is shown, in which order."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from websockets.exceptions import InvalidStatus

from bot.conversation.messages import Choice, Location, Outbound, TalkLine
from channels.webchat import frames
from tests.channels.conftest import Gateway
from tests.channels.webchat.browser import lane_of, tab

UNREADABLE = "That could not be read. Try again in a few words."


async def replied(gateway: Gateway, lane: str, *texts: str, choices: tuple[Choice, ...] = ()) -> None:
    now = gateway.clock.now()
    out = [Outbound(f"id-{text}", text, now, choices) for text in texts]
    talk = [TalkLine("bot", text, now) for text in texts]
    assert await gateway.lanes.append_out(lane, await gateway.lanes.epoch(lane), out, talk)


async def test_every_page_gets_a_token_of_its_own(gateway: Gateway) -> None:
    async with tab(gateway) as one, tab(gateway) as two:
        assert one.token != two.token
        assert len(one.token) > 60


async def test_a_message_is_kept_then_acknowledged(gateway: Gateway) -> None:
    async with tab(gateway) as opened:
        await opened.send(type="message", text="hes outside", id="a-1", unknown={"field": True})
        assert await opened.hear() == {"type": "ack", "id": "a-1"}
        (kept,) = await gateway.kept("web", opened.token)
        assert kept.text is not None
        assert kept.text.reveal() == "hes outside"
        assert await opened.hear() == {"type": "typing", "from": "bot"}


async def test_a_client_that_uses_nothing_optional(gateway: Gateway) -> None:
    async with tab(gateway) as opened:
        await opened.send(type="message", text="one")
        await opened.send(type="message", text="one")
        await replied(gateway, lane_of(gateway, opened), "hello")
        assert (await opened.hear_only("message"))["text"] == "hello"
        await opened.say("two", "its ack comes when all before it is kept")
        assert len(await gateway.kept("web", opened.token)) == 3


async def test_the_same_id_twice_is_one_message(gateway: Gateway) -> None:
    async with tab(gateway) as opened:
        await opened.say("one", "same")
        await opened.say("one", "same")
        assert len(await gateway.kept("web", opened.token)) == 1


async def test_a_place_is_rounded(gateway: Gateway) -> None:
    async with tab(gateway) as opened:
        await opened.send(type="location", lat=51.4127912, lon=-0.3011934, id=7)
        assert await opened.hear_only("ack")
        (kept,) = await gateway.kept("web", opened.token)
        assert kept.location == Location(51.413, -0.301)


@pytest.mark.parametrize(
    ("label", "raw", "words"),
    [
        ("no JSON", "{nope", UNREADABLE),
        ("nothing", "", UNREADABLE),
        ("bytes", b"\x00\x01", UNREADABLE),
        ("a deep nest", "[" * 20_000, UNREADABLE),
        ("no text", '{"type": "message"}', UNREADABLE),
        ("text that is none", '{"type": "message", "text": ["x"]}', UNREADABLE),
        ("no numbers", '{"type": "location", "lat": "51", "lon": null}', "That is not a place"),
        ("no place on earth", '{"type": "location", "lat": 151, "lon": 0}', "That is not a place"),
        ("not a number", '{"type": "location", "lat": NaN, "lon": 0}', "That is not a place"),
        ("a large number", '{"type": "location", "lat": 1e400, "lon": 0}', "That is not a place"),
        ("a larger one", '{"type": "location", "lat": 1%s, "lon": 0}' % ("0" * 400), "That is not a place"),
        ("too long", json.dumps({"type": "message", "text": "x" * 40_000}), "That is too long"),
    ],
)
async def test_what_cannot_be_used_gets_words_and_the_connection_stays(
    gateway: Gateway, label: str, raw: str | bytes, words: str
) -> None:
    async with tab(gateway) as opened:
        await opened.socket.send(raw)
        frame = await opened.hear()
        assert frame["type"] == "error"
        assert frame["text"].startswith(words)
        await opened.say("still here")


@pytest.mark.parametrize(
    "raw", ['{"type": "dance"}', '{"type": ["message"]}', "{}", "[]", "null", '"message"', "1", '{"type": "ping"}']
)
async def test_what_is_not_known_is_ignored(gateway: Gateway, raw: str) -> None:
    async with tab(gateway) as opened:
        await opened.socket.send(raw)
        await opened.send(type="message", text="still here", id=1)
        assert (await opened.hear())["type"] == "ack"


@pytest.mark.parametrize(
    ("text", "kept_text"),
    [
        ("", ""),
        ("help " * 2048, "help " * 2048),
        ("\U0001f600\U0001f198", "\U0001f600\U0001f198"),
        ("he\x00lp\x1b", "help"),
        ("half \ud83d", "half \ufffd"),
        ("/restart", "/restart"),
        ('/intent{"x":"y"}', '/intent{"x":"y"}'),
    ],
)
async def test_odd_texts_are_kept(gateway: Gateway, text: str, kept_text: str) -> None:
    async with tab(gateway) as opened:
        await opened.say(text)
        (kept,) = await gateway.kept("web", opened.token)
        assert (kept.text.reveal() if kept.text else "") == kept_text


async def test_replies_come_in_order_with_choices_that_say_nothing_of_us(gateway: Gateway) -> None:
    async with tab(gateway) as opened:
        await opened.say("hi")
        lane = lane_of(gateway, opened)
        await replied(gateway, lane, "ok?", choices=(Choice("Yes", "Yes", "lane_yes"),))
        assert await opened.hear_only("message") == {
            "type": "message",
            "id": "id-ok?",
            "text": "ok?",
            "choices": [{"title": "Yes", "value": "Yes"}],
            "from": "bot",
        }
        many = [str(number) for number in range(30)]
        await replied(gateway, lane, *many)
        assert [(await opened.hear_only("message"))["text"] for _ in many] == many


async def test_a_workers_words_are_marked(gateway: Gateway) -> None:
    async with tab(gateway) as opened:
        lane = lane_of(gateway, opened)
        await opened.say("hi")
        now = gateway.clock.now()
        await gateway.lanes.append_out(lane, 0, [Outbound("w", "Hello", now, sender="worker")], [])
        assert (await opened.hear_only("message"))["from"] == "worker"


async def test_her_place_in_the_queue_moves_when_others_do(gateway: Gateway) -> None:
    async with tab(gateway) as first, tab(gateway) as second:
        for opened in (first, second):
            await opened.say("can i talk to someone")
            assert await gateway.desk.request(lane_of(gateway, opened), 0, "asked", (), None)
            gateway.clock.advance(timedelta(seconds=1))
        assert await first.hear_only("handoff") == {"type": "handoff", "state": "waiting", "position": 1}
        assert await second.hear_only("handoff") == {"type": "handoff", "state": "waiting", "position": 2}
        assert await gateway.desk.claim(lane_of(gateway, first), "w1", "Maya")
        while (joined := await first.hear_only("handoff"))["state"] != "active":
            pass
        assert joined == {"type": "handoff", "state": "active", "position": None, "worker": "Maya"}
        assert (await second.hear_only("handoff"))["position"] == 1


async def test_with_a_worker_nothing_says_that_a_computer_is_typing(gateway: Gateway) -> None:
    async with tab(gateway) as opened:
        await opened.say("hi")
        lane = lane_of(gateway, opened)
        await gateway.desk.request(lane, 0, "asked", (), None)
        await gateway.desk.claim(lane, "w1", "Maya")
        while (await opened.hear_only("handoff"))["state"] != "active":
            pass
        await opened.say("hello?", 2)
        await replied(gateway, lane, "end")
        assert (await opened.hear())["type"] == "message"


@pytest.mark.parametrize(
    ("origin", "accepted"),
    [
        (None, True),
        ("http://127.0.0.1:{port}", True),
        ("https://127.0.0.1:{port}", True),
        ("http://127.0.0.1:1", False),
        ("http://localhost:{port}", False),
        ("https://evil.example.org", False),
        ("null", False),
    ],
)
async def test_only_our_own_page_may_connect(gateway: Gateway, origin: str | None, accepted: bool) -> None:
    given = origin.format(port=gateway.port) if origin else None
    if accepted:
        async with tab(gateway, origin=given):
            return
    with pytest.raises(InvalidStatus) as refused:
        async with tab(gateway, origin=given):
            pass
    assert refused.value.response.status_code == 403


def test_a_message_of_ten_thousand_fits_however_it_is_escaped() -> None:
    assert len(json.dumps({"type": "message", "text": "\u0645" * 5000})) < frames.LONGEST
    assert len(json.dumps({"type": "message", "text": "\n" * 10_240})) < frames.LONGEST
