"""One scenario on the stage: a new person, a clock that only the scenario moves, and the real lane behind her."""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import Any

from bot.clock import SettableClock
from bot.conversation.arrival import Arrivals
from bot.conversation.messages import Channel, Inbound, Location, Outbound
from bot.privacy.masked import Private
from bot.processes.conversation import Room, Shared
from bot.replay.scenario import Media, Pin, Scenario, UserTurn, WorkerTurn, with_word
from channels.render import render

A_MOMENT = timedelta(seconds=5)
"""What passes between two turns at the least: nobody reads and answers at once."""


class Stage:
    """Plays one scenario. Takes a room built on this scenario's clock."""

    def __init__(self, scenario: Scenario, room: Room, shared: Shared, clock: SettableClock) -> None:
        self._scenario = scenario
        self._room = room
        self._word = shared.word
        self._clock = clock
        self._arrivals = Arrivals(room.lanes, shared.exits, shared.is_danger)
        self._seen_by_worker: list[str] = []
        self._offered = False
        self._new_person()

    def _new_person(self) -> None:
        self._address = Private(f"replay-{secrets.token_hex(12)}")
        self._sequence = 0
        self._left = False
        self._lane = self._arrivals.lane(self._inbound(""))

    async def play(self) -> dict[str, Any]:
        """Gives the transcript of design 5.1."""
        turns = []
        for number, turn in enumerate(self._scenario.turns):
            self._clock.advance(timedelta(minutes=turn.gap_minutes) + (A_MOMENT if number else timedelta()))
            if isinstance(turn, UserTurn):
                console = await self._she_sends(turn)
            else:
                console = await self._worker_says(turn)
            out = await self._delivered()
            console += await self._newly_shown()
            turns.append(
                {
                    "in": turn.model_dump(exclude_unset=True),
                    "out": out,
                    "handoff": await self._handoff(),
                    "console": console,
                    "state": await self._state(),
                }
            )
        return {"id": self._scenario.id, "turns": turns}

    # -- what goes in ----------------------------------------------------------------------------

    def _inbound(self, said: str | Pin | Media) -> Inbound:
        text = Private(with_word(said, self._word)) if isinstance(said, str) else None
        return Inbound(
            channel=self._scenario.channel,
            address=self._address,
            provider_id=secrets.token_hex(12),
            text=text,
            at=self._clock.now(),
            location=Location.rounded(said.lat, said.lon) if isinstance(said, Pin) else None,
            media=said.media if isinstance(said, Media) else None,
        )

    async def _she_sends(self, turn: UserTurn) -> list[str]:
        if self._left:
            # On the web a reopened tab is a new person.
            self._new_person()
            self._seen_by_worker = []
        epoch = await self._room.lanes.epoch(self._lane)
        await self._arrivals.arrive(self._inbound(turn.user))
        await self._room.runner.see_to(self._lane)
        self._left = self._scenario.channel is Channel.WEB and await self._room.lanes.epoch(self._lane) != epoch
        return []

    async def _worker_says(self, turn: WorkerTurn) -> list[str]:
        desk = self._room.desk
        view = await desk.view(self._lane)
        claim = await desk.claim(self._lane, turn.worker, turn.worker)
        if claim is None:
            return [f"nothing sent: {await self._why_nobody(view.state)}"]
        result = await desk.say(self._lane, claim.number, turn.says)
        return [] if result == "sent" else [f"nothing sent: {result.replace('_', ' ')}"]

    async def _why_nobody(self, state: str) -> str:
        shown = await self._room.desk.screen(self._lane)
        if shown.state == "left":
            return "she has left"
        return "nobody is waiting" if state in ("none", "ended") else "another worker has this conversation"

    # -- what comes out --------------------------------------------------------------------------

    async def _delivered(self) -> list[dict[str, Any]]:
        out = []
        for message in await self._sent():
            shown = render(self._scenario.channel, message)
            choices = [{"title": c.title, "value": c.value} for c in shown.choices]
            out.append({"text": shown.text, "choices": choices, "from": message.sender})
            self._offered = any(c.intent in ("talk_to_person", "lane_callback") for c in message.choices)
        return out

    async def _sent(self) -> list[Outbound]:
        if self._scenario.channel is Channel.WEB:
            numbered = await self._room.lanes.outgoing_after(self._lane, self._sequence)
            self._sequence = max([self._sequence, *(number for number, _ in numbered)])
            return [message for _, message in numbered]
        found = []
        while (sending := await self._room.outbox.next(self._lane)) is not None:
            if not self._room.outbox.is_late(sending.outbound):
                found.append(sending.outbound)
            await self._room.outbox.settle(self._lane, sending.entry, sending.outbound.id, "sent")
        return found

    async def _newly_shown(self) -> list[str]:
        screen = await self._room.desk.screen(self._lane)
        lines = screen.as_lines() if screen.state != "none" else []
        new = [line for line in lines if line not in self._seen_by_worker]
        self._seen_by_worker = lines
        return new

    async def _handoff(self) -> str:
        view = await self._room.desk.view(self._lane)
        if view.state != "none":
            return view.state
        self._offered = self._offered and not self._left and not await self._room.lanes.is_covered(self._lane)
        if (await self._room.desk.screen(self._lane)).state == "left":
            return "ended"
        return "offered" if self._offered else "none"

    async def _state(self) -> str:
        if self._left:
            return "ended"
        return "covered" if await self._room.lanes.is_covered(self._lane) else "open"
