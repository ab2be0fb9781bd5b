"""The record of one handoff, as it lies in Redis: content-free but for two sealed fields."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal

from bot.clock import LONDON
from bot.privacy.pseudonyms import lane_channel

State = Literal["none", "waiting", "active", "ended", "left"]

SAFE_WINDOW = timedelta(minutes=10)
"""How long after her last message a worker may write: asking for a person is leave for that, and for no more."""

ALARM_UNANSWERED = timedelta(seconds=60)
"""A danger alarm that the owner has not answered for this long goes back to the top of everybody's queue."""

LEFT_SHOWN = timedelta(minutes=30)
"""How long the queue shows that somebody left."""


def stamp(at: datetime) -> str:
    """An instant as text that sorts by time, so that a script can compare it."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds")


def instant(text: str) -> datetime | None:
    """The instant of a stamp, in Europe/London; None for an empty one."""
    return datetime.fromisoformat(text).astimezone(LONDON) if text else None


@dataclass(frozen=True)
class Handoff:
    """One handoff. `left_at` and `left_danger` tell of an earlier leaving from the same phone, never of its words."""

    lane: str
    state: State = "none"
    worker: str = ""
    name: str = ""
    claim: int = 0
    epoch: int = 0
    since: datetime | None = None
    heard: datetime | None = None
    danger: bool = False
    risk: bool = False
    reason: str = ""
    channel: str = ""
    someone_else: bool = False
    fresh_from: int = 0
    alarm: datetime | None = None
    claimed: datetime | None = None
    returned: bool = False
    left_at: datetime | None = None
    left_danger: bool = False
    cues: bytes = b""
    place: bytes = b""

    @classmethod
    def read(cls, lane: str, row: Mapping[bytes, bytes]) -> Handoff:
        """From the hash's fields; an empty hash is no handoff. In a `left` record `at` is when she left."""

        def text(name: str) -> str:
            return row.get(name.encode(), b"").decode()

        state: State = "none"
        for known in ("waiting", "active", "ended", "left"):
            if text("state") == known:
                state = known
        return cls(
            lane=lane,
            state=state,
            worker=text("worker"),
            name=text("name"),
            claim=int(text("claim") or 0),
            epoch=int(text("epoch") or 0),
            since=instant(text("since")),
            heard=instant(text("heard")),
            danger=text("danger") == "1",
            risk=text("risk") == "1",
            reason=text("reason"),
            channel=text("channel") or lane_channel(lane),
            someone_else=text("someone_else") == "1",
            fresh_from=int(text("fresh_from") or 0),
            alarm=instant(text("alarm")),
            claimed=instant(text("claimed")),
            returned=text("returned") == "1",
            left_at=instant(text("at") if state == "left" else text("left_at")),
            left_danger=text("left_danger") == "1",
            cues=row.get(b"cues", b""),
            place=row.get(b"place", b""),
        )

    def unanswered(self, now: datetime) -> bool:
        """Danger while a worker has her, and no word from the worker since."""
        return self.state == "active" and self.alarm is not None and now - self.alarm >= ALARM_UNANSWERED

    def alarming(self) -> bool:
        """Danger came up after the worker took the conversation, and is not answered."""
        return self.state == "active" and bool(self.alarm and self.claimed and self.alarm > self.claimed)

    def window_until(self) -> datetime | None:
        """When the worker's reply box locks."""
        return self.heard + SAFE_WINDOW if self.state == "active" and self.heard else None

    def is_shown(self, now: datetime) -> bool:
        """Whether the queue lists it."""
        if self.state == "left":
            return self.left_at is not None and now - self.left_at <= LEFT_SHOWN
        return self.state in ("waiting", "active")

    def rank(self, now: datetime) -> tuple[int, bool, bool, bool, datetime]:
        """Its place in the queue: waiting before taken before left; then danger, risk flags, waiting time."""
        unanswered = self.unanswered(now)
        group = 0 if unanswered or self.state == "waiting" else 1 if self.state == "active" else 2
        return group, not unanswered, not self.danger, not self.risk, self.since or self.left_at or now
