"""What a channel is. It verifies a webhook, turns it into `Inbound`, renders an `Outbound` and sends it.

A channel knows its provider and these types; it touches neither Redis nor the dialogue engine.

    Malformed      verified, but what every message of this provider carries is missing: the provider gets a 400
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from bot.conversation.messages import Channel, Choice, Inbound, Outbound
from bot.privacy.masked import Private


class Malformed(Exception):
    """A verified webhook that is no message of this provider. The text names what is missing, never a value."""


@dataclass(frozen=True)
class Webhook:
    """A provider's request as it came, before anything in it is believed."""

    path: str
    query: str
    headers: Mapping[str, str]
    """Names in lower case."""
    body: bytes = field(repr=False)


class Receiver(Protocol):
    """The way in of one provider."""

    def verify(self, webhook: Webhook) -> bool:
        """Whether the provider signed this request for our public address."""
        ...

    def normalise(self, webhook: Webhook, at: datetime) -> list[Inbound]:
        """The messages in a verified request, everything else dropped; empty for what is no message.

        Raises `Malformed`.
        """
        ...


@dataclass(frozen=True)
class Rendered:
    """A reply as a channel shows it. `choices` is empty where the text itself carries numbered words."""

    text: str = field(repr=False)
    choices: tuple[Choice, ...] = ()


@dataclass(frozen=True)
class Reference:
    """Our own name of a reply, which comes back in the provider's status callback."""

    lane: str
    id: str


class Result(StrEnum):
    """Every way in which handing a reply to a provider can end."""

    SENT = "sent"
    """The provider has it."""
    RETRY = "retry"
    """No answer, or one that says "not now": try again soon."""
    RETRY_AFTER = "retry_after"
    """The provider asks for a pause of so many seconds."""
    OPTED_OUT = "opted_out"
    """The person has told the provider to stop: never try again."""
    UNREACHABLE = "unreachable"
    """No phone can be reached at this address."""
    REJECTED = "rejected"
    """The provider will not take this message, now or later."""
    MISCONFIGURED = "misconfigured"
    """Our account, key or sender is wrong: somebody must look."""


@dataclass(frozen=True)
class Outcome:
    """How one attempt ended. `code` is the provider's own error number: safe to log, as it names no person."""

    result: Result
    after: float | None = None
    """Seconds that the provider asks us to wait; only with `RETRY_AFTER`."""
    code: str | None = None


class Sender(Protocol):
    """The way out of one channel."""

    @property
    def channel(self) -> Channel: ...

    def render(self, message: Outbound) -> Rendered:
        """The reply as this channel shows it."""
        ...

    async def send(self, to: Private, message: Rendered, reference: Reference) -> Outcome:
        """Hands one reply to the provider. Never raises for what the provider or the network does."""
        ...

    async def close(self) -> None:
        """Lets go of its connections. May be called more than once."""
        ...
