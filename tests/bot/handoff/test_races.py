"""What must hold when two things happen at once."""

from __future__ import annotations

import asyncio

from redis.asyncio import Redis

from bot.conversation.lane import LaneStore
from bot.handoff.desk import HandoffDesk
from bot.privacy.keys import LaneKeys
from tests.bot.handoff.conftest import Arrive


async def waiting(desk: HandoffDesk, lanes: LaneStore, arrive: Arrive, who: str) -> str:
    lane = await arrive(who)
    assert await desk.request(lane, await lanes.epoch(lane), "asked", (), None)
    return lane


async def test_fifty_workers_claim_and_one_has_her(desk: HandoffDesk, lanes: LaneStore, arrive: Arrive) -> None:
    for round_ in range(10):
        lane = await waiting(desk, lanes, arrive, f"person {round_}")
        claims = await asyncio.gather(*(desk.claim(lane, f"worker {n}", "Maya") for n in range(50)))
        [winner] = [claim for claim in claims if claim]
        assert (await desk.record(lane)).worker == winner.worker
        said = await asyncio.gather(*(desk.say(lane, n, "hello") for n in range(winner.number, winner.number + 5)))
        assert sorted(said) == ["not_owner"] * 4 + ["sent"]
        assert len(await lanes.outgoing_after(lane, 0)) == 1


async def test_she_leaves_while_the_worker_presses_send(
    desk: HandoffDesk, lanes: LaneStore, redis: Redis, arrive: Arrive
) -> None:
    for round_ in range(100):
        lane = await waiting(desk, lanes, arrive, f"person {round_}")
        claim = await desk.claim(lane, "duty", "Maya")
        assert claim is not None
        said, _ = await asyncio.gather(desk.say(lane, claim.number, "wait"), lanes.vanish(lane, cover=True))
        assert said in ("sent", "left")
        assert not await redis.exists(*LaneKeys(lane).wiped()), "whatever came first, nothing is left to be sent"
        assert await desk.say(lane, claim.number, "still there?") == "left"
        assert not await redis.exists(*LaneKeys(lane).wiped())


async def test_a_second_request_beside_the_end_is_never_lost(
    desk: HandoffDesk, lanes: LaneStore, arrive: Arrive
) -> None:
    for round_ in range(50):
        lane = await waiting(desk, lanes, arrive, f"person {round_}")
        claim = await desk.claim(lane, "duty", "Maya")
        assert claim is not None
        epoch = await lanes.epoch(lane)
        await asyncio.gather(
            desk.end(lane, claim.number), desk.queue(), desk.request(lane, epoch, "asked", (), None), desk.queue()
        )
        state = (await desk.record(lane)).state
        listed = [h.lane for h in await desk.queue()]
        assert (lane in listed) == (state == "waiting")


async def test_changes_are_told_without_content(
    desk: HandoffDesk, lanes: LaneStore, redis: Redis, arrive: Arrive
) -> None:
    lane = await arrive("one", "words of hers")
    async with redis.pubsub(ignore_subscribe_messages=True) as listener:
        await listener.subscribe("qw:console", LaneKeys(lane).channel)
        for _ in range(2):
            await listener.get_message(timeout=1)
        await desk.request(lane, await lanes.epoch(lane), "asked", (), None)
        claim = await desk.claim(lane, "duty", "Maya")
        assert claim is not None
        await desk.say(lane, claim.number, "words of the worker")
        told = []
        while message := await listener.get_message(timeout=0.2):
            told.append((message["channel"], message["data"]))
    assert {channel for channel, _ in told} == {b"qw:console", LaneKeys(lane).channel.encode()}
    assert {data for _, data in told} <= {lane.encode(), b""}
