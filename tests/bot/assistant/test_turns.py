"""Turns over HTTP against the real Rasa: every intent answered, a message answered once, nothing kept in the clear."""

from __future__ import annotations

import json
import signal
from concurrent.futures import ThreadPoolExecutor

import pytest
from redis.asyncio import Redis

from bot.privacy.keys import LIFETIME
from bot.privacy.sealing import Sealer
from bot.recognition.names import INTENTS
from tests.bot.assistant.running import LANE, NOW, Assistant
from tests.conftest import SECRET

WORDS = "zebra crossing canary"
OTHER_LANE = "s" + "b" * 25
KINGSTON = {"id": "kingston-station", "name": "Kingston station", "area": "kingston"}


@pytest.mark.parametrize("channel", ["sms", "whatsapp", "web", "telegram"])
@pytest.mark.parametrize("intent", INTENTS)
def test_every_intent_is_answered_on_every_channel(assistant: Assistant, intent: str, channel: str) -> None:
    replies = assistant.say(intent, "m1", channel=channel)
    assert replies
    assert all(reply["text"].strip() for reply in replies)
    assert all("{" not in reply["text"] for reply in replies), "a name was left unfilled"


def test_the_same_answer_comes_in_any_turn(assistant: Assistant) -> None:
    first = assistant.say("sexual_violence", "m1")
    assistant.say("find_safe_place", "m2", place=KINGSTON)
    assistant.say("deny", "m3")
    assert assistant.say("sexual_violence", "m4") == first


def test_risk_chooses_the_words_of_this_message_only(assistant: Assistant) -> None:
    calm = assistant.say("domestic_abuse", "m1", concern="domestic_abuse", risk="standard")
    urgent = assistant.say("domestic_abuse", "m2", concern="domestic_abuse", risk="high")
    after = assistant.say("domestic_abuse", "m3", concern="domestic_abuse", risk="standard")
    assert "A&E" in urgent[0]["text"]
    assert calm == after != urgent


def test_the_channel_chooses_the_words(assistant: Assistant) -> None:
    said = {
        channel: assistant.say("privacy_question", channel, channel=channel)[0]["text"] for channel in ("sms", "web")
    }
    assert "Texts stay on this phone" in said["sms"]
    assert "browser history" in said["web"]


def test_two_misses_offer_a_person_first(assistant: Assistant) -> None:
    assistant.say("other", "m1", misses=1)
    reply = assistant.say("other", "m2", misses=2)[0]
    assert reply["buttons"][0]["payload"] == "/talk_to_person"
    assert "person" in reply["text"]


def test_choices_are_words_that_stand_for_an_intent(assistant: Assistant) -> None:
    buttons = assistant.say("coercive_control", "m1")[0]["buttons"]
    assert 0 < len(buttons) <= 3
    assert all(button["payload"].removeprefix("/") in INTENTS for button in buttons)


@pytest.mark.parametrize("intent", ["restart", "session_start", "back", "no_such_intent", None])
def test_what_is_no_intent_of_ours_gets_the_plain_answer(assistant: Assistant, intent: str | None) -> None:
    assert assistant.say(intent, "m1") == assistant.say("other", "m2")  # type: ignore[arg-type]


@pytest.mark.parametrize("text", ["/restart", "//restart", ' /greet{"concern":"x"}', "/session_start", ""])
def test_words_are_never_taken_as_commands(assistant: Assistant, text: str) -> None:
    assert assistant.say("unsure", "m1", text=text) == assistant.say("unsure", "m2")


def test_the_same_message_twice_is_one_turn(assistant: Assistant) -> None:
    first = assistant.say("stalking_harassment", "m1")
    events = assistant.redis.llen(assistant.key("tracker"))
    assert assistant.say("greet", "m1") == first
    assert assistant.redis.llen(assistant.key("tracker")) == events


def test_the_same_message_at_the_same_time_is_one_turn(assistant: Assistant) -> None:
    assistant.say("greet", "m0")
    before = assistant.redis.llen(assistant.key("tracker"))
    assistant.say("affirm", "m1")
    one_turn = assistant.redis.llen(assistant.key("tracker")) - before
    with ThreadPoolExecutor(5) as pool:
        answers = list(pool.map(lambda _: assistant.say("affirm", "m2"), range(5)))
    assert all(answer == answers[0] for answer in answers)
    assert assistant.redis.llen(assistant.key("tracker")) - before == 2 * one_turn


def test_another_process_answered_the_message_first(assistant: Assistant) -> None:
    """Its answer stands: this turn adds nothing."""
    key = assistant.key("replies")
    theirs = [{"text": "said by the other one"}]

    async def the_other_one_is_first() -> None:
        async with Redis(port=assistant.redis_port) as redis:
            sealed = Sealer(SECRET).seal(json.dumps(theirs).encode(), key)
            await redis.hset(key, "m1", sealed)  # type: ignore[misc]

    assistant.actions.meanwhile = the_other_one_is_first
    assert assistant.say("find_safe_place", "m1", place=KINGSTON) == theirs
    assert not assistant.redis.exists(assistant.key("tracker"))


def test_an_old_epoch_writes_nothing(assistant: Assistant) -> None:
    assistant.redis.set(assistant.key("epoch"), 3)
    assistant.post("domestic_abuse", "m1", conversation=f"{LANE}.2")
    assert assistant.redis.keys() == [assistant.key("epoch").encode()]


def test_leaving_in_the_middle_of_a_turn_leaves_nothing(assistant: Assistant) -> None:
    async def she_leaves() -> None:
        async with Redis(port=assistant.redis_port) as redis:
            await redis.incr(assistant.key("epoch"))
            await redis.delete(assistant.key("tracker"), assistant.key("tracker_base"), assistant.key("replies"))

    assistant.say("domestic_abuse", "m1", concern="domestic_abuse")
    assistant.actions.meanwhile = she_leaves
    assistant.post("find_safe_place", "m2", place=KINGSTON)
    assert assistant.redis.keys() == [assistant.key("epoch").encode()]


def test_an_old_epoch_sees_nothing_of_the_new_one(assistant: Assistant) -> None:
    assistant.redis.set(assistant.key("epoch"), 1)
    assistant.say("domestic_abuse", "m1", concern="domestic_abuse", conversation=f"{LANE}.1")
    new = assistant.say("find_service", "m2", conversation=f"{LANE}.1")
    late = assistant.say("find_service", "m3", conversation=f"{LANE}.0")
    stranger = assistant.say("find_service", "m4", conversation=f"{OTHER_LANE}.0")
    assert late == stranger != new


def test_nothing_in_redis_can_be_read(assistant: Assistant) -> None:
    pin = {"lat": 51.417, "lon": -0.306}
    assistant.say("sexual_violence", "m1", text=WORDS, concern="sexual_violence", place=KINGSTON, location=pin)
    assistant.say("find_safe_place", "m2", text=WORDS, place=KINGSTON, location=pin)
    kept = b"".join(_values(assistant))
    assert kept
    for secret in (WORDS, "zebra", "sexual_violence", "ingston", "51.417", "Thank you", "utter_", "user"):
        assert secret.encode() not in kept, secret


def test_every_key_expires(assistant: Assistant) -> None:
    for number in range(12):
        assistant.say("greet", f"m{number}")
    keys = assistant.redis.keys()
    assert {key.rpartition(b":")[2] for key in keys} == {b"tracker", b"tracker_base", b"replies"}
    assert all(0 < assistant.redis.ttl(key) <= LIFETIME["tracker"] for key in keys)


def test_a_long_conversation_stays_small_and_keeps_what_was_told(assistant: Assistant) -> None:
    told = assistant.say("domestic_abuse", "told", concern="domestic_abuse")
    with_concern = assistant.say("find_service", "asked")
    lengths, answers = [], []
    for number in range(200):
        assistant.say("thanks", f"m{number}")
        lengths.append(assistant.redis.llen(assistant.key("tracker")))
        answers.append(assistant.redis.hlen(assistant.key("replies")))
    assert max(lengths) <= 60
    assert max(answers) <= 64
    assert assistant.say("find_service", "again") == with_concern, "the concern is remembered past the tail"
    assert assistant.say("domestic_abuse", "again2", concern="domestic_abuse") == told


def test_a_tracker_that_does_not_open_is_never_answered_as_new(assistant: Assistant) -> None:
    assistant.say("domestic_abuse", "m1")
    assistant.redis.rpush(assistant.key("tracker"), b"\x01 not sealed by us")
    assert assistant.post("greet", "m2").status_code == 503
    assert assistant.redis.hlen(assistant.key("replies")) == 1


def test_redis_hangs_then_answers_again(assistant: Assistant) -> None:
    assistant.redis_process.send_signal(signal.SIGSTOP)
    try:
        response = assistant.post("greet", "m1")
    finally:
        assistant.redis_process.send_signal(signal.SIGCONT)
    assert response.status_code == 503
    assert response.json() == {"error": "unavailable"}
    assert assistant.say("greet", "m1")


def test_redis_dies_and_comes_back(assistant: Assistant) -> None:
    assistant.say("domestic_abuse", "m1", concern="domestic_abuse")
    expected = assistant.say("find_service", "m2")
    assistant.redis_process.kill()
    assistant.redis_process.wait(timeout=20)
    assert assistant.post("greet", "m3").status_code == 503
    assert assistant.http.get("/ready").status_code == 503
    assistant.restart_redis()
    assert assistant.say("find_service", "m4") == expected


def test_redis_dies_in_the_middle_of_a_turn(assistant: Assistant) -> None:
    async def redis_dies() -> None:
        assistant.redis_process.kill()
        assistant.redis_process.wait(timeout=20)

    assistant.actions.meanwhile = redis_dies
    assert assistant.post("find_safe_place", "m1", place=KINGSTON).status_code == 503
    assistant.actions.meanwhile = None
    assistant.restart_redis()
    assert assistant.say("find_safe_place", "m1", place=KINGSTON)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b"{}",
        b'{"conversation": 5, "message_id": "m", "channel": "sms", "text": "canary", "metadata": {}}',
        b'{"conversation": "../../canary.0", "message_id": "m", "channel": "sms", "text": "", "metadata": {}}',
        b'{"conversation": "saaaaaaaaaaaa.0", "message_id": "m", "channel": "fax", "text": "canary", "metadata": {}}',
        b'{"conversation": "saaaaaaaaaaaa.0", "message_id": "", "channel": "sms", "text": "canary", "metadata": {}}',
        b'{"conversation": "saaaaaaaaaaaa.0", "message_id": "m", "channel": "sms", "text": null, "metadata": {}}',
        b'{"conversation": "saaaaaaaaaaaa.0", "message_id": "m", "channel": "sms", "text": "canary", "metadata": []}',
    ],
)
def test_what_is_no_turn_is_refused_and_not_repeated(assistant: Assistant, body: bytes) -> None:
    response = assistant.http.post("/turn", content=body)
    assert response.status_code == 400
    assert response.json() == {"error": "bad request"}


def test_too_much_is_refused(assistant: Assistant) -> None:
    response = assistant.http.post("/turn", content=b"x" * 70_000)
    assert (response.status_code, response.json()) == (413, {"error": "bad request"})


def test_other_routes_say_nothing(assistant: Assistant) -> None:
    response = assistant.http.get("/canary")
    assert (response.status_code, response.json()) == (404, {"error": "bad request"})


def test_her_words_and_her_lane_reach_no_log(assistant: Assistant) -> None:
    for number, text in enumerate((WORDS, f"/weird {WORDS}", f'/greet{{"x": "{WORDS}"')):
        assistant.say("other", f"m{number}", text=text, place={**KINGSTON, "id": WORDS, "name": WORDS})
    assistant.redis.rpush(assistant.key("tracker"), WORDS)
    assistant.post("greet", "m9", text=WORDS)
    log = assistant.log.read_text()
    assert "tracker could not be read" in log, "the log is written, and we look at the right one"
    for secret in (WORDS, "zebra", LANE, NOW):
        assert secret not in log, secret


def _values(assistant: Assistant) -> list[bytes]:
    values: list[bytes] = []
    for key in assistant.redis.scan_iter():
        kind = assistant.redis.type(key)
        if kind == b"list":
            values += assistant.redis.lrange(key, 0, -1)
        elif kind == b"hash":
            values += assistant.redis.hvals(key)
        else:
            values.append(assistant.redis.get(key) or b"")
    return values
