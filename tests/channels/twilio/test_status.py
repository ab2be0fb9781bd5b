"""Status callbacks: a state only moves forward, and nothing is noted of a person who has left."""

from __future__ import annotations

import pytest

from bot.conversation.messages import Channel, Inbound, Outbound
from bot.conversation.outbox import Outbox
from bot.privacy.masked import Private
from tests.channels.conftest import Gateway

HER = "+447700900555"
STATUS = "/webhooks/twilio/status"


async def with_twilio(edge: Gateway) -> tuple[str, Outbox]:
    """A reply that is with the provider."""
    lane, outbox = edge.lane("sms", HER), Outbox(edge.lanes)
    await edge.lanes.arrive(lane, Inbound(Channel.SMS, Private(HER), "SM1", Private("hi"), edge.clock.now()))
    await edge.lanes.append_out(lane, 0, [Outbound("r1", "words", edge.clock.now())], [])
    assert await outbox.next(lane)
    return lane, outbox


async def told(edge: Gateway, lane: str, state: str, reply: str = "r1") -> int:
    form = {"MessageSid": "SM2", "MessageStatus": state, "To": HER, "ErrorCode": ""}
    return (await edge.webhook(form, path=STATUS, query=f"id={reply}&lane={lane}")).status_code


@pytest.mark.parametrize(
    ("states", "known"),
    [
        (("queued",), "queued"),
        (("queued", "sent", "delivered"), "delivered"),
        (("delivered", "sent", "queued"), "delivered"),
        (("undelivered", "sent"), "undelivered"),
        (("failed", "delivered"), "failed"),
        (("delivered", "undelivered"), "delivered"),
        (("sent", "read", "delivered"), "read"),
        (("delivered", "delivered"), "delivered"),
        (("partially_eaten",), None),
    ],
)
async def test_states_only_move_forward(edge: Gateway, states: tuple[str, ...], known: str | None) -> None:
    lane, outbox = await with_twilio(edge)
    for state in states:
        assert await told(edge, lane, state) == 204
    assert await outbox.delivery(lane, "r1") == known


async def test_a_callback_that_comes_before_our_own_note_stands(edge: Gateway) -> None:
    lane, outbox = await with_twilio(edge)
    await told(edge, lane, "delivered")
    sending = await outbox.next(lane)
    assert sending
    await outbox.settle(lane, sending.entry, "r1", "sent")
    assert await outbox.delivery(lane, "r1") == "delivered"


async def test_nothing_is_noted_after_she_has_left(edge: Gateway) -> None:
    lane, outbox = await with_twilio(edge)
    await edge.lanes.vanish(lane, cover=True)
    assert await told(edge, lane, "delivered") == 204
    assert await outbox.delivery(lane, "r1") is None


@pytest.mark.parametrize(
    "query",
    ["", "id=r1", f"lane=sms-{'a' * 26}", "id=r1&lane=web-" + "a" * 26, "id=r1&lane=*", f"id={{}}&lane=sms-{'a' * 26}"],
)
async def test_a_callback_about_nothing_of_ours(edge: Gateway, query: str) -> None:
    answer = await edge.webhook({"MessageStatus": "sent"}, path=STATUS, query=query)
    assert answer.status_code == 204
    assert await edge.lanes.redis.dbsize() == 0


async def test_forged(edge: Gateway) -> None:
    lane, outbox = await with_twilio(edge)
    answer = await edge.webhook({"MessageStatus": "sent"}, STATUS, "forged", f"id=r1&lane={lane}")
    assert answer.status_code == 403
    assert await outbox.delivery(lane, "r1") is None
