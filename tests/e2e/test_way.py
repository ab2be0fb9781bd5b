"""The whole way, on the real stack: she writes, is understood, finds a place, reaches a worker, and vanishes."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import pytest
from redis import Redis
from websockets.sync.client import ClientConnection, connect

from bot.privacy.keys import LANE_KEYS
from channels.gsm7 import encoding, segments
from tests.e2e.conftest import Desk, Phone, Stack, until

DANGER = "hes outside and i cant talk"
SECRET_WORDS = (b"hes outside", b"kingston station", b"7700900", b"talk to someone", b"canary")


class Chat:
    """The web chat as a client that uses none of the optional frames."""

    def __init__(self, socket: ClientConnection) -> None:
        self.socket = socket
        self.other: list[dict[str, Any]] = []

    def frame(self, kind: str, patience: float = 15) -> dict[str, Any]:
        deadline = time.monotonic() + patience
        while True:
            frame: dict[str, Any] = json.loads(self.socket.recv(timeout=max(0.01, deadline - time.monotonic())))
            if frame["type"] == kind:
                return frame
            self.other.append(frame)

    def says(self, text: str) -> dict[str, Any]:
        self.socket.send(json.dumps({"type": "message", "text": text}))
        return self.frame("message")


@contextmanager
def chat(stack: Stack) -> Iterator[Chat]:
    with connect(stack.chat) as socket:
        yield Chat(socket)


def left_in(redis: Redis, *words: bytes) -> list[bytes]:
    """Keys whose name or value holds one of the words, or that belong to no class that may stay."""
    found = []
    for key in redis.scan_iter():
        kind = redis.type(key)
        if kind == b"list":
            value = b"".join(redis.lrange(key, 0, -1))
        elif kind == b"hash":
            value = b"".join(b"".join(pair) for pair in redis.hgetall(key).items())
        elif kind == b"zset":
            value = b"".join(redis.zrange(key, 0, -1))
        else:
            value = redis.get(key) or b"" if kind == b"string" else b""
        if any(word in key + value for word in words):
            found.append(key)
    return found


def names_left(redis: Redis, lane: str) -> set[str]:
    keys = [key.decode().split("}:")[1].split(":")[0] for key in redis.scan_iter(match=f"qw:{{{lane}}}:*")]
    return {name for name in keys if name in LANE_KEYS}


def test_the_way_on_the_web(stack: Stack, desk: Desk, kept: Redis) -> None:
    before = set(desk.waiting())
    with chat(stack) as her:
        first = her.says(DANGER)
        assert first["text"].startswith("In danger now, call 999.")
        assert "press 55" in first["text"]
        assert first["from"] == "bot"

        place = her.says("is there anywhere safe near kingston station")["text"]
        assert "Kingston Hospital" in place
        assert "cannot confirm" in place

        asked = time.monotonic()
        her.says("can i talk to someone")
        until(lambda: set(desk.waiting()) - before, patience=1, why="the console does not show it")
        assert time.monotonic() - asked < 2
        lane = (set(desk.waiting()) - before).pop()
        assert "hes outside" in desk.lines(lane)

        claim = desk.claim(lane)
        assert desk.say(lane, claim, "Hello, I am here with you.") == "sent"
        worker = her.frame("message")
        assert (worker["text"], worker["from"]) == ("Hello, I am here with you.", "worker")
        her.socket.send(json.dumps({"type": "message", "text": "thank you canary"}))
        until(lambda: "canary" in desk.lines(lane))

        her.socket.send(json.dumps({"type": "message", "text": "tulip"}))
        her.frame("cleared")

    until(lambda: desk.conversation(lane)["state"] == "left")
    assert desk.say(lane, claim, "Are you still there?") == "left"
    assert left_in(kept, *SECRET_WORDS) == []
    assert names_left(kept, lane) <= {"epoch", "cover", "seen", "lease", "handoff"}
    assert all(kept.ttl(key) > 0 for key in kept.scan_iter())


@pytest.mark.parametrize("whatsapp", [False, True])
def test_the_way_by_phone(stack: Stack, desk: Desk, kept: Redis, whatsapp: bool) -> None:
    phone = stack.phone(whatsapp)
    before = set(desk.waiting())
    assert phone.texts(DANGER)[0].startswith("In danger now, call 999.")
    place = "\n".join(phone.texts("is there anywhere safe near kingston station"))
    assert "Kingston Hospital" in place
    assert "OK to text now?" in place
    assert phone.texts("can i talk to someone")
    until(lambda: set(desk.waiting()) - before, patience=1)
    lane = (set(desk.waiting()) - before).pop()
    claim = desk.claim(lane)
    assert desk.say(lane, claim, "Hello, I am here.") == "sent"
    until(lambda: "Hello, I am here." in phone.received())
    if not whatsapp:
        for text in phone.received():
            assert encoding(text) == "gsm7"
            assert segments(text) <= 2

    sent = len(phone.received())
    assert stack.post(phone.form("TULIP")).status_code in (200, 204)
    assert desk.say(lane, claim, "Are you still there?") == "left"
    until(lambda: desk.conversation(lane)["state"] == "left")
    # What a covered phone is told proves that the lane has been through everything that came before it.
    assert phone.texts("what is this")[0].startswith("Automated local information line")
    assert len(phone.received()) == sent + 1
    assert left_in(kept, *SECRET_WORDS) == []
    assert all(kept.ttl(key) > 0 for key in kept.scan_iter())


def test_a_first_disclosure_by_text_waits_for_her_yes(stack: Stack) -> None:
    phone = stack.phone()
    assert phone.texts("my husband keeps all my money and checks my phone")[0].startswith("Thank you for telling me.")
    answer = phone.texts("1")[0]
    assert "fault" in answer
    assert "\n1 " in answer


def test_rasa_killed_in_the_middle(stack: Stack) -> None:
    phone = stack.phone()
    phone.texts("hello")
    phone.texts("1")
    stack.kill("rasa run")
    floor = phone.texts("how do i get help with housing")
    assert floor[0].startswith("In danger, call 999.")
    until(lambda: stack.pids("rasa run"), 30)

    def answered() -> bool:
        return not phone.texts("how do i get help with housing")[0].startswith("In danger, call 999.")

    until(answered, 120, "Rasa did not come back")
    for _ in range(3):
        phone.texts("how do i get legal help")
    asked = [form for form in stack.network.asked if form["To"] == phone.number]
    assert len(asked) == len({form["StatusCallback"] for form in asked}), "a reply was sent twice"


@pytest.mark.parametrize("process", ["serve conversation", "serve gateway"])
def test_a_process_killed_in_the_middle_loses_nothing_and_doubles_nothing(stack: Stack, process: str) -> None:
    phone = stack.phone()
    phone.texts("hello")
    stack.kill(process)
    before = len(phone.received())
    if process == "serve gateway":
        until(lambda: _alive(stack), 30)
    form = phone.form("1")
    assert stack.post(form).status_code in (200, 204)
    assert stack.post(form).status_code in (200, 204)
    until(lambda: len(phone.received()) > before, 60)
    assert phone.texts("2")
    assert len(phone.received()) == before + 2


def _alive(stack: Stack) -> bool:
    try:
        return httpx.get(f"{stack.web}/health/live", timeout=1).status_code == 200
    except httpx.HTTPError:
        return False


@pytest.mark.parametrize(
    "text",
    ["", "   ", "x" * 10_000, "😀😀😀", "\x01\x02\x03", "/restart", '/intent{"x":"y"}', "\u200b", "a\x00b", "<script>",
     "%s{}"],
)  # fmt: skip
def test_bad_texts_get_a_safe_reply(stack: Stack, text: str) -> None:
    phone = stack.phone()
    phone.texts("hello")
    phone.texts("1")
    reply = phone.texts(text)[0]
    assert reply
    assert "Traceback" not in reply


def test_bad_webhooks_get_a_clear_4xx_and_change_nothing(stack: Stack) -> None:
    phone = stack.phone()
    for signature in ("", "AAAA", "x" * 5000):
        assert 400 <= stack.post(phone.form("hello"), signature).status_code < 500
    form = phone.form("hello")
    assert stack.post({**form, "From": ""}).status_code in range(200, 500)
    assert phone.texts("hello")
    assert len(phone.received()) == 1


def test_a_photo_without_words(stack: Stack) -> None:
    phone = stack.phone()
    phone.texts("hello")
    phone.texts("1")
    reply = phone.texts("", NumMedia="1", MediaContentType0="image/jpeg", MediaUrl0="http://127.0.0.1:9/x")[0]
    assert reply.startswith("I cannot open these and nobody has seen it.")


def test_the_web_chat_takes_nonsense(stack: Stack) -> None:
    with chat(stack) as her:
        for frame in (
            "nonsense",
            "[]",
            "{}",
            '{"type": "wave"}',
            '{"type": "message"}',
            '{"type": "message", "text": 3}',
        ):
            her.socket.send(frame)
        assert her.says("hello")["text"].startswith("Hi, these are automated replies.")


def test_no_log_holds_a_word_of_hers(stack: Stack) -> None:
    logs = list((stack.var / "logs").iterdir())
    assert logs
    for log in logs:
        text = log.read_bytes()
        for word in (*SECRET_WORDS, b"husband", b"housing", b"TULIP", b"/restart"):
            assert word not in text, log.name


def test_the_replies_are_one_for_each_message(stack: Stack) -> None:
    phone = stack.phone()
    form = phone.form("hello")
    for _ in range(3):
        assert stack.post(form).status_code in (200, 204)
    until(lambda: phone.received())
    assert phone.texts("1")
    assert len(phone.received()) == 2


def test_two_people_at_once(stack: Stack) -> None:
    people: list[Phone] = [stack.phone() for _ in range(10)]
    for person in people:
        assert stack.post(person.form("hello")).status_code in (200, 204)
    until(lambda: all(person.received() for person in people))
    assert [len(person.received()) for person in people] == [1] * 10
