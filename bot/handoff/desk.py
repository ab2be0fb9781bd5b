"""The duty desk: the person's side (`bot.conversation.ports.Desk`) and the worker's side of a handoff.

One worker has a conversation at a time, and only that worker's words go out: owner, safe window and epoch are checked
in the script that writes them, so that nothing is sent to somebody who has just left.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from secrets import token_hex
from typing import Literal, cast

from bot.conversation.lane import LaneStore
from bot.conversation.messages import Channel, Outbound, Sender, TalkLine
from bot.conversation.ports import DeskView, Reason
from bot.handoff.callbacks import Callbacks
from bot.handoff.records import ALARM_UNANSWERED, SAFE_WINDOW, Handoff, stamp
from bot.handoff.rota import Rota
from bot.handoff.store import LIFE, HandoffStore
from bot.handoff.view import WorkerScreen, worker_screen
from bot.privacy.keys import LIFETIME
from bot.privacy.pseudonyms import lane_channel
from bot.safety.wording import Wording

Said = Literal["sent", "left", "not_owner", "window_closed", "check_first", "opted_out"]
Ended = Literal["ended", "left", "not_owner"]

_SPOKEN = ("epoch", "handoff", "talk", "out", "outseq", "optout")


@dataclass(frozen=True)
class Claim:
    """A conversation that a worker has. `number` is shown with every word of hers; a later claim makes it void."""

    lane: str
    number: int
    worker: str
    name: str


class HandoffDesk:
    """One instance a process. Raises redis errors, and `SealBroken` where a record does not open."""

    def __init__(self, lanes: LaneStore, rota: Rota, wording: Wording) -> None:
        self._lanes = lanes
        self._rota = rota
        self._wording = wording
        self._store = HandoffStore(lanes)
        self.callbacks = Callbacks(lanes)

    @classmethod
    def load(cls, lanes: LaneStore, data: Path, *, demo: bool = False) -> HandoffDesk:
        """With the rota (in demo mode its demo hours) and the words of `data`. Raises `RotaError`, `WordingError`."""
        return cls(lanes, Rota.load(data, demo=demo), Wording.load(data, "worker"))

    # -- the person's side -----------------------------------------------------------------------

    async def view(self, lane: str) -> DeskView:
        """Where she stands. After leaving she is nobody's."""
        handoff = await self._store.read(lane)
        if handoff.state == "active":
            return DeskView("active", worker=handoff.name)
        if handoff.state == "waiting":
            waiting = [h.lane for h in await self._store.shown() if h.state == "waiting"]
            return DeskView("waiting", position=waiting.index(lane) + 1 if lane in waiting else len(waiting) + 1)
        return DeskView("ended" if handoff.state == "ended" else "none")

    async def request(self, lane: str, epoch: int, reason: Reason, cues: tuple[str, ...], place: str | None) -> bool:
        """Puts her in the queue, or adds to what the queue knows of her. False: she has left meanwhile."""
        before = await self._store.read(lane)
        if before.state in ("waiting", "active"):
            cues = tuple(dict.fromkeys((*self._store.cues(before), *cues)))
        await self._store.enlist(lane)
        done = await self._store.run(
            "request",
            lane,
            ("epoch", "handoff", "talk", "cover"),
            epoch,
            self._store.stamp(),
            LIFE,
            reason,
            "1" if reason == "danger" else "0",
            lane_channel(lane),
            self._store.seal_cues(lane, cues),
            self._store.seal_place(lane, place),
        )
        if done:
            await self._store.tell(lane, her=True)
            await self._tell_the_others(lane)
        return bool(done)

    async def start_fresh(self, lane: str) -> None:
        """What she wrote before is not shown, nor the cues and the place that were drawn from it."""
        if await self._store.run("fresh", lane, ("handoff", "talk"), LIFE):
            await self._store.tell(lane, her=False)

    async def heard(self, lane: str, at: datetime) -> None:
        """She wrote while she waits or talks to a worker: the safe window starts again."""
        if await self._store.run("note", lane, ("handoff",), LIFE, "heard", stamp(at)):
            await self._store.tell(lane, her=False)

    async def alarm(self, lane: str, epoch: int, cues: tuple[str, ...]) -> None:
        """Danger now. Out of hours nobody is put in the queue; whoever is in it already is flagged at any hour."""
        state = (await self._store.read(lane)).state
        if state in ("waiting", "active") or self.is_open(self._store.now()):
            await self.request(lane, epoch, "danger", cues, None)

    async def maybe_someone_else(self, lane: str) -> None:
        """Somebody else may hold the phone: no worker's words go out until the worker has checked."""
        if await self._store.run("note", lane, ("handoff",), LIFE, "someone_else", "1"):
            if await self._lanes.take_back(lane, "worker"):
                note = TalkLine("note", "your last words were not sent", self._store.now())
                await self._lanes.append_out(lane, await self._lanes.epoch(lane), [], [note])
            await self._store.tell(lane, her=False)

    async def keep_callback(self, lane: str, epoch: int, answers: dict[str, str]) -> None:
        """A call-back that she asked for; nothing is kept once she has left."""
        await self.callbacks.keep(lane, epoch, answers)

    def is_open(self, at: datetime) -> bool:
        return self._rota.is_open(at)

    def hours_words(self) -> str:
        return self._rota.words(self._store.now())

    def opens_words(self, at: datetime) -> str:
        return self._rota.opens_words(at)

    def closes(self, at: datetime) -> datetime | None:
        return self._rota.closes(at)

    # -- the worker's side -----------------------------------------------------------------------

    async def queue(self) -> list[Handoff]:
        """Who waits (danger first, then risk flags, then waiting time), who is with whom, who left lately."""
        return await self._store.shown()

    async def record(self, lane: str) -> Handoff:
        """The record of one lane, without opening what is sealed."""
        return await self._store.read(lane)

    async def screen(self, lane: str) -> WorkerScreen:
        """What a worker's screen shows of this lane now."""
        handoff = await self._store.read(lane)
        live = handoff.state in ("waiting", "active")
        talk = await self._lanes.talk(lane) if live else []
        return worker_screen(
            handoff,
            talk,
            self._store.cues(handoff) if live else (),
            self._store.place(handoff) if live else "",
            self._store.now(),
            opted_out=await self._store.opted_out(lane),
        )

    async def claim(self, lane: str, worker: str, name: str) -> Claim | None:
        """Takes a waiting conversation, or one whose danger alarm its owner left unanswered. None: another has it.

        The owner may ask again and gets the same claim.
        """
        now = self._store.now()
        number = await self._store.run(
            "claim", lane, ("epoch", "handoff"), worker, name, stamp(now), LIFE, stamp(now - ALARM_UNANSWERED)
        )
        if not number:
            return None
        await self._store.tell(lane, her=True)
        await self._tell_the_others(lane)
        return Claim(lane, int(number), worker, name)

    async def say(self, lane: str, claim: int, text: str) -> Said:
        """Sends the owner's words, or nothing. Inside the safe window only, on every channel."""
        result = cast(Said, (await self._speak("say", lane, claim, "worker", text)).decode())
        if result == "sent":
            await self._store.tell(lane, her=True)
        return result

    async def end(self, lane: str, claim: int) -> Ended:
        """Gives her back to the automated replies, and tells her so where that may be said."""
        is_web = not Channel(lane_channel(lane)).is_phone
        goodbye = self._wording.say("ended", web=is_web).text
        result = cast(
            Ended, (await self._speak("finish", lane, claim, "bot", goodbye, "1" if is_web else "0")).decode()
        )
        if result == "ended":
            await self._store.tell(lane, her=True)
        return result

    async def give_back(self, lane: str, claim: int) -> bool:
        """Returns her to the queue, with her waiting time, for another worker. False: not the owner."""
        done = await self._owned(lane, claim, "state", "waiting", "worker", "", "name", "")
        if done:
            await self._store.tell(lane, her=True)
            await self._tell_the_others(lane)
        return done

    async def confirm_same_person(self, lane: str, claim: int) -> bool:
        """The owner has checked who is writing: words go out again. False: not the owner."""
        done = await self._owned(lane, claim, "someone_else", "0")
        if done:
            await self._store.tell(lane, her=False)
        return done

    # -- inside ----------------------------------------------------------------------------------

    async def _speak(self, script: str, lane: str, claim: int, sender: Sender, text: str, *more: str) -> bytes:
        now = self._store.now()
        line = TalkLine(sender, text, now)
        # The two minutes of a late reply run from when the worker wrote; the safe window is what guards hers.
        message = Outbound(id=token_hex(8), text=text, answers_at=now, sender=sender)
        result: bytes = await self._store.run(
            script,
            lane,
            _SPOKEN,
            claim,
            stamp(now - SAFE_WINDOW),
            LIFETIME["out"],
            LIFE,
            self._lanes.seal(lane, "talk", line.dumps()),
            self._lanes.seal(lane, "out", message.dumps()),
            *more,
        )
        return result

    async def _owned(self, lane: str, claim: int, *fields: str) -> bool:
        return bool(await self._store.run("owned", lane, ("handoff",), claim, LIFE, *fields))

    async def _tell_the_others(self, lane: str) -> None:
        """Places in the queue moved: the web pages of those who wait show theirs."""
        for handoff in await self._store.shown():
            if handoff.state == "waiting" and handoff.lane != lane and handoff.channel == Channel.WEB:
                await self._lanes.tell(handoff.lane)
