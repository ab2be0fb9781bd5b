"""The routes that providers call: verified, kept, acknowledged at once. The turn runs later and elsewhere."""

from __future__ import annotations

import logging

from redis.exceptions import RedisError
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bot.clock import Clock
from bot.conversation.arrival import Arrivals
from bot.conversation.outbox import Outbox
from channels.contract import Malformed, Webhook
from channels.metrics import DELIVERIES, MESSAGES_IN, REFUSED
from channels.twilio.webhook import INBOUND_PATH, STATUS_PATH, TwilioReceiver

log = logging.getLogger(__name__)

NO_REPLY = '<?xml version="1.0" encoding="UTF-8"?><Response/>'
"""Replies go through the outbox, never in the answer to a webhook."""
STATES = frozenset(
    {"accepted", "scheduled", "queued", "sending", "sent", "delivered", "undelivered", "failed", "canceled", "read"}
)


class TwilioWebhooks:
    """Twilio's two webhooks."""

    def __init__(self, receiver: TwilioReceiver, arrivals: Arrivals, outbox: Outbox, clock: Clock) -> None:
        self._receiver = receiver
        self._arrivals = arrivals
        self._outbox = outbox
        self._clock = clock

    def routes(self) -> list[Route]:
        return [
            Route(INBOUND_PATH, self.message, methods=["POST"]),
            Route(STATUS_PATH, self.status, methods=["POST"]),
        ]

    async def message(self, request: Request) -> Response:
        """Keeps what a person sent. 503 makes Twilio try again: nothing is acknowledged that is not kept."""
        webhook = await self._verified(request, INBOUND_PATH)
        if webhook is None:
            return refuse("signature", 403)
        try:
            messages = self._receiver.normalise(webhook, self._clock.now())
        except Malformed:
            return refuse("malformed", 400)
        try:
            for message in messages:
                receipt = await self._arrivals.arrive(message)
                MESSAGES_IN.labels(message.channel.value, receipt).inc()
        except (RedisError, OSError) as error:
            log.error("webhook: a message could not be kept (%s)", type(error).__name__)
            return refuse("not_kept", 503)
        return Response(NO_REPLY, media_type="text/xml") if messages else Response(status_code=204)

    async def status(self, request: Request) -> Response:
        """Notes what became of a reply."""
        webhook = await self._verified(request, STATUS_PATH)
        if webhook is None:
            return refuse("signature", 403)
        delivery = self._receiver.delivery(webhook)
        if delivery is None or delivery.state not in STATES:
            return Response(status_code=204)
        try:
            await self._outbox.note_delivery(delivery.reference.lane, delivery.reference.id, delivery.state)
        except (RedisError, OSError):
            return refuse("not_kept", 503)
        DELIVERIES.labels(delivery.state).inc()
        return Response(status_code=204)

    async def _verified(self, request: Request, path: str) -> Webhook | None:
        """The request, if it is Twilio's. Nothing in it is looked at before."""
        webhook = Webhook(path, request.url.query, request.headers, await request.body())
        return webhook if self._receiver.verify(webhook) else None


async def not_set_up(_: Request) -> Response:
    """Stands in for a provider that the settings do not name."""
    return refuse("not_set_up", 503)


def refuse(why: str, status: int) -> Response:
    """A refusal that names the reason and nothing else."""
    REFUSED.labels(why).inc()
    return JSONResponse({"error": why.replace("_", " ")}, status)
