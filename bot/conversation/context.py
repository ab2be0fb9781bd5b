"""What one turn has in its hands: the message, what was recognised in it, the state, and what it is about to say."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from bot.conversation.lane import Taken
from bot.conversation.messages import MAX_TEXT, Channel, Choice, Inbound, Location, Outbound, TalkLine
from bot.conversation.state import State
from bot.privacy.pseudonyms import lane_channel
from bot.recognition.recogniser import Recognition
from bot.safety.wording import Said, Wording

ONE_PHONE_MESSAGE = 306
"""Characters of two GSM-7 segments: all that one text message may take."""

ONE_WEB_MESSAGE = 1200

TOGETHER = timedelta(seconds=2)
"""Fragments that came within this time of one another are one message, and get one reply."""


@dataclass(frozen=True)
class Message:
    """One message as it is answered: one or more fragments of the inbox."""

    parts: tuple[Inbound, ...]
    text: str = field(repr=False)

    @property
    def id(self) -> str:
        """The same fragments give the same id, also after a crash."""
        return hashlib.sha256("\n".join(p.provider_id for p in self.parts).encode()).hexdigest()[:32]

    @property
    def at(self) -> datetime:
        return self.parts[-1].at

    @property
    def location(self) -> Location | None:
        return next((p.location for p in reversed(self.parts) if p.location), None)

    @property
    def media(self) -> str | None:
        return next((p.media for p in self.parts if p.media), None)


def first_message(inbox: tuple[Inbound, ...]) -> Message:
    """The message at the head of the inbox with the fragments that belong to it."""
    parts = [inbox[0]]
    length = len(inbox[0].text.reveal()) if inbox[0].text else 0
    for part in inbox[1:]:
        length += len(part.text.reveal()) if part.text else 0
        # Only so much of one message is screened: what comes behind a long one is read for itself.
        if part.at - parts[-1].at > TOGETHER or part.media or part.location or length > MAX_TEXT:
            break
        parts.append(part)
    texts = [p.text.reveal() for p in parts if p.text]
    return Message(tuple(parts), neutralised("\n".join(t for t in texts if t.strip())))


def neutralised(text: str) -> str:
    """Control characters gone, and no leading slash: to Rasa that would be a command."""
    kept = "".join(c for c in text if c.isprintable() or c in "\n\t")
    return kept.strip().lstrip("/\\").strip()


@dataclass
class Turn:
    """One message being answered. Steps add to `out` and `talk`; nothing leaves before the commit."""

    taken: Taken
    message: Message
    state: State
    wording: Wording
    word: str
    now: datetime
    seen: Recognition
    text: str = field(repr=False)
    """What is answered: her message, or with it what she had said before she was asked whether it is OK to text."""
    out: list[Outbound] = field(default_factory=list)
    talk: list[TalkLine] = field(default_factory=list)
    since_last: timedelta | None = None
    """Since her message before this one."""
    rested: bool = False
    """So long that this begins a new session."""
    desk_told: bool = False
    """The desk was asked for something in this turn: the worker's screen changes."""
    gone: bool = False
    """She left in this turn: the lane is wiped, nothing is committed."""
    flagged: tuple[str, ...] = field(init=False)
    """Why her message was flagged; what she had said before it, and is answered with it, has flags of its own."""

    def __post_init__(self) -> None:
        self.flagged = self.seen.why

    @property
    def lane(self) -> str:
        return self.taken.lane

    @property
    def channel(self) -> Channel:
        return Channel(lane_channel(self.taken.lane))

    @property
    def most(self) -> int:
        """Characters that one message may take on this channel."""
        return ONE_PHONE_MESSAGE if self.channel.is_phone else ONE_WEB_MESSAGE

    @property
    def covered(self) -> bool:
        return self.taken.covered_until is not None and self.taken.covered_until > self.now

    def heard(self, text: str | None = None) -> None:
        """Notes her words for the worker, with the names of the cues."""
        said = self.message.text if text is None else text
        if said:
            self.talk.append(TalkLine("her", said, self.message.at, self.flagged))

    def say(self, key: str, *, emergency: bool = False, offer: tuple[Choice, ...] | None = None, **values: str) -> None:
        """Says one of the line's own texts; its choices are remembered as the last offered."""
        values.setdefault("word", self.word)
        said = self.wording.say(key, web=self.channel is Channel.WEB, **values)
        self.reply(said.text, offer if offer is not None else choices_of(said), emergency=emergency)

    def reply(
        self, text: str, choices: tuple[Choice, ...] = (), also: tuple[Choice, ...] = (), *, emergency: bool = False
    ) -> None:
        """Adds one reply, and the worker's copy of it. What is in `also` is understood, but not shown."""
        self.state.offer(choices, also)
        number = len(self.out)
        self.out.append(
            Outbound(
                id=f"{self.message.id[:24]}{number:02d}",
                text=text,
                answers_at=self.message.at,
                choices=choices,
                emergency=emergency,
            )
        )
        self.talk.append(TalkLine("bot", text, self.now))

    def note_above(self, key: str) -> None:
        """Says a short text of its own before the replies of this turn; choices stay with the last one."""
        said = self.wording.say(key, web=self.channel is Channel.WEB)
        first = replace(self.out[0], id=f"{self.message.id[:24]}nn", text=said.text, choices=())
        self.out.insert(0, first)
        self.talk.append(TalkLine("bot", said.text, self.now))

    def add_to_last(self, key: str) -> None:
        """Puts a text under the last reply where both fit into one message, else after it."""
        said = self.wording.say(key, web=self.channel is Channel.WEB, word=self.word)
        last = self.out[-1]
        joined = f"{last.text}\n{said.text}"
        if len(joined) <= self.most:
            self.out[-1] = replace(last, text=joined, choices=choices_of(said))
            self.talk[-1] = replace(self.talk[-1], text=joined)
            self.state.offer(choices_of(said))
        else:
            self.out[-1] = replace(last, choices=())
            self.reply(said.text, choices_of(said))


def choices_of(said: Said) -> tuple[Choice, ...]:
    return tuple(Choice(c.title, c.title, c.intent) for c in said.choices)
