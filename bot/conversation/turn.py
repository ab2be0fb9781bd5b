"""What happens to one message. Read this first.

Each step below either answers the message and ends the turn, or leaves it to the next step. Their order is the
safety of the whole: leaving, then danger, then a covered phone, then whoever has the conversation, then everything
that Rasa says. Nothing leaves before the commit, and the commit checks that she is still here.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from bot.clock import Clock
from bot.conversation import callback, covered, danger, first_words, leaving, person, so_far
from bot.conversation.answers import chosen, plain, yes_or_no
from bot.conversation.context import TOGETHER, Turn, first_message
from bot.conversation.exits import Exits
from bot.conversation.lane import LaneStore, Taken
from bot.conversation.messages import TalkLine
from bot.conversation.ports import Desk, DeskView, Reason
from bot.conversation.probes import Probes
from bot.conversation.reading import read
from bot.conversation.speaking import Speaker
from bot.conversation.state import FORGOTTEN, QUIET, State
from bot.recognition.recogniser import Recogniser
from bot.safety.wording import Wording

Step = Callable[[Turn, DeskView], Awaitable[bool]]


class Turns:
    """Answers messages, one at a time for each lane. One instance a process."""

    def __init__(
        self,
        lanes: LaneStore,
        recogniser: Recogniser,
        wording: Wording,
        probes: Probes,
        exits: Exits,
        speaker: Speaker,
        desk: Desk,
        clock: Clock,
        word: str,
    ) -> None:
        self._lanes = lanes
        self._recogniser = recogniser
        self._wording = wording
        self._probes = probes
        self._exits = exits
        self._speaker = speaker
        self._desk = desk
        self._clock = clock
        self._word = word
        self._steps: tuple[Step, ...] = (
            self._leaving,
            self._opted_out,
            self._answered_already,
            self._danger,
            self._covered,
            self._somebody_asks_who,
            self._worker_has_her,
            self._cannot_be_read,
            self._callback,
            self._first_words,
            self._everything_else,
        )

    async def handle(self, taken: Taken) -> None:
        """Answers the message at the head of the inbox, and commits or drops the turn as a whole."""
        turn = await self._begin(taken)
        # Only a lane that the desk knows costs another look.
        view = await self._desk.view(taken.lane) if taken.handoff != "none" else DeskView("none")
        for step in self._steps:
            if await step(turn, view) or turn.gone:
                break
        turn.state.last = turn.now
        so_far.add(turn)
        if view.state == "active":
            turn.state.hidden = False
        elif turn.state.hidden:
            # She said no: a worker sees that danger was flagged, and none of her words.
            turn.talk.clear()
        await self._lanes.commit(
            taken, len(turn.message.parts), turn.state.model_dump_json().encode(), turn.talk, turn.out
        )
        await self._lanes.tell(taken.lane, console=turn.desk_told or view.state in ("waiting", "active"))

    async def _begin(self, taken: Taken) -> Turn:
        now = self._clock.now()
        message = first_message(taken.inbox)
        state = State.read(taken.state)
        if state.last and now - state.last >= FORGOTTEN:
            await self._lanes.forget_talk(taken.lane)
            state = State()
        since = now - state.last if state.last else None
        quiet = since is not None and since >= QUIET
        seen = await read(self._recogniser, message.text, so_far.context(state, quiet=quiet))
        turn = Turn(taken, message, state, self._wording, self._word, now, seen, message.text)
        if taken.emergency_at and (state.emergency_at is None or taken.emergency_at > state.emergency_at):
            state.emergency_at = taken.emergency_at
        turn.since_last = since
        if quiet and turn.channel.is_phone:
            turn.rested = True
            state.rest()
            await self._lanes.forget_dialogue(taken.lane)
        return turn

    # -- the steps, in order -----------------------------------------------------------------------

    async def _leaving(self, turn: Turn, view: DeskView) -> bool:
        if not leaving.leaves(turn, self._exits):
            return False
        await leaving.leave(turn, self._lanes)
        return True

    async def _opted_out(self, turn: Turn, view: DeskView) -> bool:
        if not turn.taken.opted_out:
            return False
        if plain(turn.text) in ("start", "unstop"):
            await self._lanes.opt_in(turn.lane)
            turn.say("first.neutral")
            turn.state.phase = "checking"
            return True
        # The network blocks every reply to this phone: only a worker can help, and not by text.
        turn.heard()
        turn.talk.append(TalkLine("note", "cannot be answered by text", turn.now))
        # At any hour: nothing else can reach this person.
        reason: Reason = "danger" if turn.seen.risk == "immediate" else "referred"
        turn.desk_told = await self._desk.request(turn.lane, turn.taken.epoch, reason, so_far.reasons(turn), None)
        return True

    async def _answered_already(self, turn: Turn, view: DeskView) -> bool:
        if not any(self._lanes.was_answered(turn.taken, part) for part in turn.message.parts):
            return False
        turn.heard()
        await self._alarm(turn)
        danger.remember(turn)
        return True

    async def _danger(self, turn: Turn, view: DeskView) -> bool:
        if turn.seen.risk != "immediate":
            return False
        await self._alarm(turn)
        if turn.covered:
            return await covered.danger_now(turn, self._lanes)
        if not danger.is_due(turn):
            turn.state.danger = True
            return False
        danger.answer(turn, in_hours=self._desk.is_open(turn.now), worker=view.state == "active")
        if view.state == "active":
            await self._desk.heard(turn.lane, turn.message.at)
        return True

    async def _alarm(self, turn: Turn) -> None:
        turn.desk_told = True
        await self._desk.alarm(turn.lane, turn.taken.epoch, () if turn.state.hidden else so_far.reasons(turn))

    async def _covered(self, turn: Turn, view: DeskView) -> bool:
        return turn.covered and await covered.answer(turn, self._lanes, self._probes)

    async def _somebody_asks_who(self, turn: Turn, view: DeskView) -> bool:
        if first_words.tells(turn) or not self._probes.met(turn.text):
            return False
        if view.state in ("waiting", "active"):
            turn.heard()
            await self._desk.maybe_someone_else(turn.lane)
        turn.say("cover.line")
        turn.state.rest()
        await self._lanes.forget_dialogue(turn.lane)
        return True

    async def _worker_has_her(self, turn: Turn, view: DeskView) -> bool:
        if view.state != "active":
            return False
        turn.heard("(a photo, voice note or file that nobody can open)" if turn.message.media else None)
        await self._desk.heard(turn.lane, turn.message.at)
        if turn.rested and turn.message.text:
            # Somebody else may hold the phone by now, or the worker may be gone: the neutral first words too.
            turn.talk.clear()
            return False
        return True

    async def _cannot_be_read(self, turn: Turn, view: DeskView) -> bool:
        if turn.message.location or any(c.isalnum() or c == "?" for c in turn.text):
            return False
        if turn.message.media:
            turn.say("media.danger" if turn.state.danger else "media")
        elif turn.state.phase == "new":
            first_words.ask(turn)
        else:
            turn.say("unreadable")
        return True

    async def _callback(self, turn: Turn, view: DeskView) -> bool:
        if turn.state.callback is None:
            return False
        if callback.breaks_off(turn):
            turn.state.callback = None
            return False
        await callback.go_on(turn, self._desk)
        return True

    async def _first_words(self, turn: Turn, view: DeskView) -> bool:
        if turn.state.may_hide:
            turn.state.may_hide = False
            if yes_or_no(turn.text) is False:
                await self._desk.start_fresh(turn.lane)
                so_far.forget(turn.state)
                turn.state.held, turn.state.hidden = [], True
                turn.say("hidden")
                return True
        if turn.state.phase == "new":
            if not first_words.goes_first(turn):
                first_words.ask(turn)
                return True
            await self._at_once(turn, view)
            return True
        return turn.state.phase == "checking" and await self._checked(turn, view)

    async def _checked(self, turn: Turn, view: DeskView) -> bool:
        """Her answer to "OK to text now?"."""
        said = first_words.answer(turn)
        if said is False:
            await leaving.leave(turn, self._lanes)
            return True
        if said is None and turn.message.location and not turn.text:
            await self._at_once(turn, view)
            return True
        unread = turn.since_last is not None and turn.since_last < TOGETHER and not first_words.goes_first(turn)
        if said is None and unread:
            # She cannot have read the question yet: this belongs to what she was writing.
            turn.state.held.append(turn.message.text)
        if said is None and (unread or not first_words.goes_on(turn)):
            first_words.ask_again(turn)
            return True
        held, turn.state.held = turn.state.held, []
        turn.state.phase, turn.state.misses = "open", 0
        if turn.covered:
            await self._lanes.uncover(turn.lane)
        if held and said:
            turn.text = "\n".join(held)
            turn.seen = await read(self._recogniser, turn.text)
        elif said and view.state == "waiting" and turn.state.asked_for_person:
            turn.heard()
            await person.ask(turn, self._desk, view)
            return True
        elif said:
            turn.say("first.yes")
            return True
        return False

    async def _at_once(self, turn: Turn, view: DeskView) -> None:
        """What does not wait for the question: a place, a person; the question comes after it."""
        asks_for_a_person = turn.seen.intent == "talk_to_person" and turn.channel.is_phone
        if asks_for_a_person and not self._desk.is_open(turn.now):
            first_words.ask(turn)
        elif asks_for_a_person:
            # A lock screen shows no more than that she is in line; what the worker sees is said after her yes.
            turn.heard()
            turn.desk_told = await self._desk.request(turn.lane, turn.taken.epoch, "asked", so_far.reasons(turn), None)
            turn.state.phase, turn.state.hidden, turn.state.asked_for_person = "checking", False, True
            turn.say("first.person")
        else:
            await self._everything_else(turn, view)
            first_words.ask_after(turn)

    async def _everything_else(self, turn: Turn, view: DeskView) -> bool:
        # "Being followed" asks for no plan: what is told is answered as that. "Pets" tells nothing of its own.
        told = turn.seen.concerns and not turn.seen.carried
        understood = () if told else turn.state.understood()
        picked = chosen(turn.text, turn.state.offered(), understood)
        intent = picked.intent if picked else turn.seen.intent
        turn.heard()
        if view.state == "waiting":
            await self._desk.heard(turn.lane, turn.message.at)
            if person.wants_fresh(turn):
                await person.start_fresh(turn, self._desk)
                return True
        if intent == "lane_callback":
            callback.begin(turn)
        elif intent == "talk_to_person":
            await person.ask(turn, self._desk, view)
        elif view.state == "waiting" and turn.state.queued and not self._asks_something(turn, picked is not None):
            turn.say("person.added", position=str(view.position or 1))
        else:
            await self._speaker.answer(turn, picked.intent if picked else None)
        if turn.message.media:
            turn.note_above("media.with_words")
        return True

    @staticmethod
    def _asks_something(turn: Turn, picked: bool) -> bool:
        """While she waits, information is offered; what she adds goes to the worker with a short word."""
        return picked or bool(turn.seen.requests) or turn.state.then is not None or turn.message.location is not None
