"""What Rasa's side keeps in Redis for one conversation: its newest events, the slots before them, answers given.

All of it is sealed, all of it expires, and a turn is written by one script: only while her epoch still stands, and
only if its message was not answered already. So two processes that work on the same message cannot both be kept.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from redis.asyncio import Redis

from bot.assistant.environment import Environment
from bot.privacy.keys import LIFETIME, LaneKeys
from bot.privacy.sealing import Sealer

MOST_EVENTS = 60
"""Events read for a turn, and kept at all."""
MOST_ANSWERS = 64
"""Answers kept for a message that is sent again. A retry comes within seconds."""
REDIS_TIMEOUT = 2.0
"""Seconds. The lane waits five for the whole turn."""

_CONVERSATION = re.compile(r"([a-z0-9_-]{8,64})\.(\d{1,9})")

JsonList = list[dict[str, Any]]


@dataclass(frozen=True)
class Conversation:
    """Whose turn it is: a lane, and the epoch in which the lane began the turn."""

    lane: str
    epoch: int

    @classmethod
    def parse(cls, name: str) -> Conversation:
        """Reads "<lane>.<epoch>". Raises ValueError, which does not repeat the name."""
        match = _CONVERSATION.fullmatch(name)
        if match is None:
            raise ValueError("not a conversation name")
        return cls(match.group(1), int(match.group(2)))


@dataclass(frozen=True)
class Memory:
    """The newest events, oldest first, and the values that slots had before them."""

    slots: dict[str, Any] = field(default_factory=dict)
    events: JsonList = field(default_factory=list)


@dataclass(frozen=True)
class Addition:
    """New events of a turn. With `slots`, only the newest `keep` events stay and `slots` stands for the rest."""

    events: JsonList
    slots: dict[str, Any] | None = None
    keep: int = 0


class Ledger:
    """Reads and writes those keys. Raises redis' errors and `SealBroken`."""

    def __init__(self, redis: Redis[bytes], secret: bytes) -> None:
        self._redis = redis
        self._sealer = Sealer(secret)
        self._recall = redis.register_script(_script("recall"))
        self._remember = redis.register_script(_script("remember"))

    @classmethod
    def connect(cls, environment: Environment) -> Ledger:
        """Connects at the first use, not here."""
        redis = Redis.from_url(
            environment.redis_url, socket_timeout=REDIS_TIMEOUT, socket_connect_timeout=REDIS_TIMEOUT
        )
        return cls(redis, environment.secret)

    async def ping(self) -> None:
        """Raises when Redis does not answer."""
        await self._redis.ping()

    async def recall(self, conversation: Conversation) -> Memory:
        """What the next turn starts from; empty for a new conversation."""
        keys = LaneKeys(conversation.lane)
        base, events = await self._recall(
            keys=[keys["epoch"], keys["tracker"], keys["tracker_base"]],
            args=[conversation.epoch, MOST_EVENTS],
        )
        return Memory(
            slots=self._open(base, keys["tracker_base"]) if base else {},
            events=[self._open(event, keys["tracker"]) for event in events],
        )

    async def answered(self, conversation: Conversation, message_id: str) -> JsonList | None:
        """The answer that this message got, or None."""
        key = LaneKeys(conversation.lane)["replies"]
        sealed = await self._redis.hget(key, message_id)
        return self._open(sealed, key) if sealed else None

    async def remember(
        self, conversation: Conversation, message_id: str, answer: JsonList, addition: Addition
    ) -> JsonList:
        """Keeps a turn, and gives the answer that stands: this one, or the one that was kept before it.

        When she has left since the turn began, nothing is kept and nobody is told: the lane drops the answer.
        """
        keys = LaneKeys(conversation.lane)
        base = "" if addition.slots is None else self._seal(addition.slots, keys["tracker_base"])
        before = await self._remember(
            keys=[keys["epoch"], keys["replies"], keys["tracker"], keys["tracker_base"]],
            args=[
                conversation.epoch,
                LIFETIME["tracker"],
                message_id,
                self._seal(answer, keys["replies"]),
                MOST_ANSWERS,
                base,
                addition.keep,
                *(self._seal(event, keys["tracker"]) for event in addition.events),
            ],
        )
        return self._open(before, keys["replies"]) if before else answer

    async def delete(self, lane: str) -> None:
        """Forgets the lane."""
        keys = LaneKeys(lane)
        await self._redis.delete(keys["tracker"], keys["tracker_base"], keys["replies"])

    def _seal(self, value: Any, key: str) -> bytes:
        return self._sealer.seal(json.dumps(value).encode(), key)

    def _open(self, sealed: bytes, key: str) -> Any:
        return json.loads(self._sealer.open(sealed, key))


def _script(name: str) -> str:
    return Path(__file__).with_name(f"{name}.lua").read_text(encoding="utf-8")
