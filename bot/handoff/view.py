"""What a worker's screen shows of one conversation: the console draws it, and `quietword replay` prints it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.conversation.messages import TalkLine
from bot.handoff.records import Handoff, State

OUTCOMES = {
    "sent": "",
    "left": "This person has left. Nothing was sent.",
    "not_owner": "Another worker has this conversation, or nobody has. Nothing was sent.",
    "window_closed": "No message from them for 10 minutes. Nothing was sent: the box opens again when they write.",
    "opted_out": "STOP was sent from this phone: it cannot be answered by text. Nothing was sent.",
    "check_first": "This may be someone else. Nothing was sent: check first, then confirm.",
}
"""What the worker is told of her message, by the result of `HandoffDesk.say`."""


@dataclass(frozen=True)
class WorkerScreen:
    """One conversation on the screen. No lines once she has left or it has ended."""

    state: State
    flags: tuple[str, ...] = ()
    lines: tuple[TalkLine, ...] = ()
    banner: str = ""

    def as_lines(self) -> list[str]:
        """The same as plain lines, top to bottom."""
        shown = [f"state: {self.state}", *(f"flag: {flag}" for flag in self.flags)]
        for line in self.lines:
            why = f" [{', '.join(map(plain, line.cues))}]" if line.cues else ""
            shown.append(f"{line.who}: {line.text}{why}")
        if self.banner:
            shown.append(f"banner: {self.banner}")
        return shown


def plain(name: str) -> str:
    """An id as words: `has_weapon` -> "has weapon"."""
    return name.replace("_", " ")


def place_words(place: str) -> str:
    """A place id as words: `d-kingston-hill` -> "kingston hill"."""
    return re.sub(r"^[a-z]-", "", place).replace("-", " ")


def ago(then: datetime, now: datetime) -> str:
    """ "12 min ago" """
    minutes = max(0, int((now - then).total_seconds() // 60))
    return f"{minutes} min ago" if minutes < 60 else f"{minutes // 60} h ago"


def returned_words(handoff: Handoff, now: datetime) -> str:
    """What may be known of an earlier leaving from the same phone: when, and whether danger was flagged."""
    if not handoff.returned:
        return ""
    when = f"left {ago(handoff.left_at, now)}" if handoff.left_at else "left within the last day"
    return f"from a phone that {when}{', danger flagged' if handoff.left_danger else ''}"


def worker_screen(
    handoff: Handoff,
    talk: Sequence[TalkLine],
    cues: Sequence[str],
    place: str,
    now: datetime,
    *,
    opted_out: bool = False,
) -> WorkerScreen:
    """Draws the record and the talk. `cues` and `place` are what the record holds sealed, opened."""
    if handoff.state in ("none", "ended", "left"):
        was_danger = handoff.state == "left" and handoff.danger
        return WorkerScreen(handoff.state, ("danger was flagged",) if was_danger else (), (), _banner(handoff, now))
    flags = (
        *(["danger now"] if handoff.danger else []),
        *(["may be someone else"] if handoff.someone_else else []),
        *map(plain, cues),
        *(["cannot be answered by text"] if opted_out else []),
        *([f"near {place_words(place)}"] if place else []),
        *([returned_words(handoff, now)] if handoff.returned else []),
        *(["asked to start fresh"] if handoff.fresh_from else []),
    )
    return WorkerScreen(handoff.state, flags, tuple(talk[handoff.fresh_from :]), _banner(handoff, now))


def _banner(handoff: Handoff, now: datetime) -> str:
    window = handoff.window_until()
    if handoff.state == "left":
        why = "" if handoff.reason in ("", "left") else f" ({plain(handoff.reason)})"
        return f"This person has left{why}. Nothing more can be sent."
    if handoff.state == "ended":
        return "Ended. Automated replies are back."
    if handoff.state == "waiting":
        return "Waiting for a worker."
    if handoff.state == "active" and handoff.someone_else:
        return "This may be someone else. Replies wait until you have checked and confirmed."
    if handoff.state == "active" and window and now > window:
        return "No message from them for 10 minutes. The reply box opens again when they write."
    return f"{handoff.name} has this conversation." if handoff.state == "active" else ""
