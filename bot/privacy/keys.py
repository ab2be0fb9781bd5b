"""Every Redis key there is, how long it lives, and which of them the safe word deletes.

All keys of a person carry the hash tag `{lane}`, so that one script can touch them on a Redis Cluster.
Lifetimes are a backstop: the lane decides by its own clock (`bot/conversation/sessions.py`).
"""

from __future__ import annotations

PREFIX = "qw"
HOUR = 3600
DAY = 24 * HOUR

# name -> (seconds it may live, deleted by the safe word, what it holds)
LANE_KEYS = {
    "epoch": (3 * DAY, False, "a counter; raised when she leaves"),
    "cover": (DAY, False, "an instant: until when the phone is covered"),
    "optout": (365 * DAY, False, "a flag: STOP was sent from this phone"),
    "seen": (2 * DAY, False, "a flag for each provider message id, hashed"),
    "lease": (60, False, "who handles the lane now"),
    "inbox": (12 * HOUR, True, "messages not yet handled, sealed"),
    "state": (12 * HOUR, True, "where the conversation is, sealed"),
    "talk": (12 * HOUR, True, "what was said, sealed"),
    "out": (12 * HOUR, True, "replies to send or, on the web, sent, sealed"),
    "outseq": (12 * HOUR, True, "a counter of replies"),
    "sending": (12 * HOUR, True, "the reply that is with the provider now, sealed"),
    "express": (HOUR, True, "a counter: emergency lines sent past a running turn"),
    "contact": (12 * HOUR, True, "the address to reply to, sealed"),
    "delivery": (12 * HOUR, True, "delivery states by our own id"),
    "callback": (3 * DAY, True, "a number to ring that she gave, sealed"),
    "callback_kept": (3 * DAY, False, "the same, where she said to ring even after leaving, sealed"),
    "handoff": (DAY, False, "the queue record; replaced by a content-free one when she leaves"),
    "tracker": (12 * HOUR, True, "Rasa's last events, sealed"),
    "tracker_base": (12 * HOUR, True, "Rasa's slots before those, sealed"),
    "replies": (12 * HOUR, True, "Rasa's answers by message id, sealed"),
}
LIFETIME = {name: row[0] for name, row in LANE_KEYS.items()}
WIPED = tuple(name for name, row in LANE_KEYS.items() if row[1])

# keys of no one person: lane ids at the most, never content
DUE = f"{PREFIX}:due"  # zset: lanes with something to do, by when
WAKE = f"{PREFIX}:wake"  # list: lanes with a message just in
COURIER = f"{PREFIX}:courier"  # list: phone lanes with a reply to send
COURIER_DUE = f"{PREFIX}:courier_due"  # zset: the same as a hint that outlives a crash
QUEUE = f"{PREFIX}:queue"  # zset: lanes waiting for, or with, a worker
SHARED_LIFETIME = DAY
CONSOLE_CHANNEL = f"{PREFIX}:console"  # pub/sub, content-free


class LaneKeys:
    """The key names of one lane: `LaneKeys(lane)["inbox"]` and `.seen(hash)`."""

    def __init__(self, lane: str) -> None:
        self.lane = lane
        self._base = f"{PREFIX}:{{{lane}}}"

    def __getitem__(self, name: str) -> str:
        if name not in LANE_KEYS:
            raise KeyError(name)
        return f"{self._base}:{name}"

    def seen(self, provider_hash: str) -> str:
        """The marker of one provider message id (already hashed)."""
        return f"{self._base}:seen:{provider_hash}"

    def wiped(self) -> list[str]:
        """The keys that leaving deletes."""
        return [self[name] for name in WIPED]

    @property
    def channel(self) -> str:
        """The pub/sub channel on which changes of this lane are told, without content."""
        return f"{PREFIX}:lane:{self.lane}"
