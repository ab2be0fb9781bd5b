"""On arrival, before the lane: she can leave in one atomic step, whatever else is going on."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from bot.conversation.exits import Exits
from bot.conversation.lane import LaneStore
from bot.conversation.messages import Inbound
from bot.privacy.pseudonyms import lane_channel, lane_id

Receipt = Literal["queued", "duplicate", "left"]


def never(_: str) -> bool:
    """Until the screen is loaded, a leaving message raises no alarm; the leaving itself waits for nothing."""
    return False


class Arrivals:
    """What a channel calls with a verified message. `is_danger` is the safety screen, once it is loaded."""

    def __init__(self, lanes: LaneStore, exits: Exits, is_danger: Callable[[str], bool] = never) -> None:
        self._lanes = lanes
        self._exits = exits
        self._is_danger = is_danger

    def lane(self, message: Inbound) -> str:
        """The pseudonym of the sender."""
        return lane_id(self._lanes.secret, message.channel.value, message.address.reveal())

    async def arrive(self, message: Inbound) -> Receipt:
        """Keeps the message for the lane, or lets her leave. Raises redis errors: the channel answers 503."""
        lane = self.lane(message)
        text = message.text.reveal() if message.text else ""
        way_out = self._exits.met(text)
        if way_out is None:
            return await self._lanes.arrive(lane, message)
        was = await self._lanes.vanish(
            lane,
            cover=message.channel.is_phone,
            opt_out=way_out == "stop" and message.channel.is_phone,
            danger=not self._exits.alone(text) and self._is_danger(text),
            message=message,
        )
        return "duplicate" if was == "duplicate" else "left"

    async def leave(self, lane: str) -> None:
        """She pressed exit on the web page."""
        await self._lanes.vanish(lane, cover=lane_channel(lane) != "web")
