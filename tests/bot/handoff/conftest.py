"""People on the desk's test bench: a real Redis, the real rota and words, a clock that stands still."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from bot.clock import SettableClock
from bot.conversation.lane import LaneStore
from bot.conversation.messages import Channel, Inbound, TalkLine
from bot.handoff.desk import HandoffDesk
from bot.privacy.masked import Private
from bot.privacy.pseudonyms import lane_id

DATA = Path(__file__).parents[3] / "data"

Arrive = Callable[..., Awaitable[str]]


@pytest.fixture
def desk(lanes: LaneStore) -> HandoffDesk:
    return HandoffDesk.load(lanes, DATA)


@pytest.fixture
def arrive(lanes: LaneStore, clock: SettableClock) -> Arrive:
    """A person writes; what she wrote stands in the talk. Gives her lane."""

    async def wrote(who: str, *texts: str, channel: Channel = Channel.SMS) -> str:
        lane = lane_id(lanes.secret, channel, who)
        for number, text in enumerate(texts or ("hello",)):
            message = Inbound(channel, Private(who), f"{who}-{number}-{clock.now()}", Private(text), clock.now())
            await lanes.arrive(lane, message)
            line = TalkLine("her", text, clock.now())
            assert await lanes.append_out(lane, await lanes.epoch(lane), [], [line])
        return lane

    return wrote
