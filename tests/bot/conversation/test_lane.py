"""The lane in a real Redis: once, in order, one handler, and nothing written after she has left."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest
from redis.asyncio import Redis

from bot.clock import SettableClock
from bot.conversation.lane import LaneStore, Taken
from bot.conversation.messages import Channel, Inbound, Outbound, TalkLine
from bot.privacy.keys import LANE_KEYS, LaneKeys
from bot.privacy.masked import Private
from bot.privacy.pseudonyms import lane_id
from tests.conftest import SECRET

ADDRESS = "+447700900123"
LANE = lane_id(SECRET, "sms", ADDRESS)


def message(clock: SettableClock, text: str, provider_id: str) -> Inbound:
    return Inbound(Channel.SMS, Private(ADDRESS), provider_id, Private(text), clock.now())


def reply(clock: SettableClock, text: str) -> Outbound:
    return Outbound("id-1", text, clock.now())


async def taken(lanes: LaneStore) -> Taken:
    found = await lanes.take(LANE, "token")
    assert isinstance(found, Taken)
    return found


async def everything(redis: Redis) -> bytes:
    """All keys and values, as a thief of the whole Redis would read them."""
    dump = b""
    async for key in redis.scan_iter():
        kind = await redis.type(key)
        dump += key
        if kind == b"string":
            dump += await redis.get(key) or b""
        elif kind == b"list":
            dump += b"".join(await redis.lrange(key, 0, -1))
        elif kind == b"hash":
            dump += b"".join(a + b for a, b in (await redis.hgetall(key)).items())
        elif kind == b"zset":
            dump += b"".join(await redis.zrange(key, 0, -1))
    return dump


async def test_messages_wait_in_order_and_the_same_id_is_one_message(lanes: LaneStore, clock: SettableClock) -> None:
    assert await lanes.arrive(LANE, message(clock, "one", "a")) == "queued"
    assert await lanes.arrive(LANE, message(clock, "two", "b")) == "queued"
    assert await lanes.arrive(LANE, message(clock, "one", "a")) == "duplicate"
    inbox = (await taken(lanes)).inbox
    assert [m.text.reveal() for m in inbox if m.text] == ["one", "two"]
    assert inbox[0].at == clock.now()


async def test_one_handler_at_a_time(lanes: LaneStore, clock: SettableClock) -> None:
    await lanes.arrive(LANE, message(clock, "one", "a"))
    results = await asyncio.gather(*(lanes.take(LANE, f"t{i}") for i in range(20)))
    assert sum(isinstance(r, Taken) for r in results) == 1
    assert results.count("busy") == 19


async def test_a_handler_that_died_leaves_the_message_to_the_next(
    lanes: LaneStore, redis: Redis, clock: SettableClock
) -> None:
    await lanes.arrive(LANE, message(clock, "one", "a"))
    first = await taken(lanes)
    await redis.delete(LaneKeys(LANE)["lease"])  # what its expiry does five seconds later
    second = await lanes.take(LANE, "another")
    assert isinstance(second, Taken)
    assert second.inbox == first.inbox
    assert await lanes.commit(second, 1, b"{}", [], [reply(clock, "hi")]) == "done"
    assert await lanes.commit(first, 1, b"{}", [], [reply(clock, "hi again")]) == "lost"
    assert len(await lanes.outgoing_after(LANE, 0)) == 1


async def test_a_commit_takes_the_message_and_writes_everything(lanes: LaneStore, clock: SettableClock) -> None:
    await lanes.arrive(LANE, message(clock, "one", "a"))
    turn = await taken(lanes)
    line = TalkLine("her", "one", clock.now(), ("cue",))
    assert await lanes.commit(turn, 1, b'{"phase":"open"}', [line], [reply(clock, "hi"), reply(clock, "two")]) == "done"
    assert await lanes.take(LANE, "next") == "empty"
    assert await lanes.talk(LANE) == [line]
    assert [(seq, out.text) for seq, out in await lanes.outgoing_after(LANE, 0)] == [(1, "hi"), (2, "two")]
    assert [out.text for _, out in await lanes.outgoing_after(LANE, 1)] == ["two"]
    await lanes.arrive(LANE, message(clock, "more", "b"))
    assert (await taken(lanes)).state == b'{"phase":"open"}'


async def test_nothing_that_a_running_turn_writes_survives_the_safe_word(
    lanes: LaneStore, redis: Redis, clock: SettableClock
) -> None:
    await lanes.arrive(LANE, message(clock, "canary-words", "a"))
    turn = await taken(lanes)
    await lanes.vanish(LANE, cover=True)
    assert await lanes.commit(turn, 1, b"canary-state", [], [reply(clock, "canary-reply")]) == "left"
    assert not await lanes.append_out(LANE, turn.epoch, [reply(clock, "canary-worker")], [])
    assert await lanes.outgoing_after(LANE, 0) == []
    left = {key.decode().rsplit(":", 1)[-1] async for key in redis.scan_iter(match="qw:{*")}
    assert {k for k in left if k in LANE_KEYS} == {"epoch", "cover"}


async def test_nothing_personal_is_readable_and_every_key_expires(
    lanes: LaneStore, redis: Redis, clock: SettableClock
) -> None:
    await lanes.arrive(LANE, message(clock, "canary-words", "SM-canary-id"))
    turn = await taken(lanes)
    line = TalkLine("her", "canary-words", clock.now())
    await lanes.commit(turn, 0, b"canary-state", [line], [reply(clock, "canary-reply")])
    await lanes.append_out(LANE, 0, [reply(clock, "canary-express")], [], express=message(clock, "canary", "b"))
    dump = await everything(redis)
    assert b"canary" not in dump
    assert b"7700900" not in dump
    for key in [k async for k in redis.scan_iter()]:
        assert await redis.ttl(key) > 0, key


async def test_a_message_that_came_after_she_left_is_hers_to_be_answered(
    lanes: LaneStore, clock: SettableClock
) -> None:
    await lanes.arrive(LANE, message(clock, "gtg", "a"))
    turn = await taken(lanes)
    await lanes.arrive(LANE, message(clock, "help", "b"))
    await lanes.vanish(LANE, cover=True, handled=1)
    await lanes.commit(turn, 1, b"{}", [], [])
    following = await taken(lanes)
    assert [m.text.reveal() for m in following.inbox if m.text] == ["help"]
    assert following.covered_until == clock.now() + timedelta(hours=24)
    assert following.epoch == turn.epoch + 1


async def test_the_safe_word_on_arrival_counts_once_for_each_message(lanes: LaneStore, clock: SettableClock) -> None:
    word = message(clock, "tulip", "w")
    assert await lanes.vanish(LANE, cover=True, message=word) == "none"
    assert await lanes.vanish(LANE, cover=True, message=word) == "duplicate"
    assert await lanes.vanish(LANE, cover=True, message=replace(word, provider_id="w2")) == "none"
    assert await lanes.epoch(LANE) == 2


async def test_an_emergency_line_overtakes_the_running_turn(lanes: LaneStore, clock: SettableClock) -> None:
    await lanes.arrive(LANE, message(clock, "one", "a"))
    turn = await taken(lanes)
    behind = message(clock, "hes got a knife", "b")
    await lanes.arrive(LANE, behind)
    assert await lanes.append_out(LANE, turn.epoch, [reply(clock, "999")], [], express=behind)
    assert await lanes.commit(turn, 1, b"{}", [], [reply(clock, "late chat")]) == "overtaken"
    assert [out.text for _, out in await lanes.outgoing_after(LANE, 0)] == ["999"]
    following = await taken(lanes)
    assert lanes.was_answered(following, behind)
    assert following.emergency_at == clock.now()


@pytest.mark.parametrize("name", sorted(LANE_KEYS))
def test_every_key_name_carries_the_lane_as_its_hash_tag(name: str) -> None:
    assert LaneKeys(LANE)[name] == f"qw:{{{LANE}}}:{name}"
