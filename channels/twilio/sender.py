"""Sending through Twilio's SDK, asynchronously and with a timeout (the SDK's own default is none)."""

from __future__ import annotations

import logging
from typing import Any
from urllib.parse import urlencode

import httpx
from twilio.base.exceptions import TwilioRestException, TwilioServiceException  # type: ignore[import-untyped]
from twilio.http import AsyncHttpClient  # type: ignore[import-untyped]
from twilio.http.response import Response  # type: ignore[import-untyped]
from twilio.rest import Client  # type: ignore[import-untyped]

from bot.conversation.messages import Channel, Outbound
from bot.privacy.masked import Private
from bot.settings import Settings
from channels import render
from channels.contract import Outcome, Reference, Rendered, Result
from channels.twilio.errors import outcome
from channels.twilio.webhook import STATUS_PATH, public_url

TIMEOUT = 8.0
"""Seconds for one attempt; less than the time after which another process may think that this one died."""
VALIDITY = 120
"""Seconds that Twilio may hold a message: the time after which a reply is too late."""


class _SlowDown(Exception):
    """429 with its `Retry-After`, which the SDK's own exception does not carry."""

    def __init__(self, after: float) -> None:
        super().__init__()
        self.after = after


class _Wire(AsyncHttpClient):  # type: ignore[misc]  # the SDK is not typed
    """The SDK's requests over httpx: one pool, a timeout, and `Retry-After` brought back."""

    def __init__(self, timeout: float, trust_env: bool) -> None:
        super().__init__(logging.getLogger(__name__), is_async=True, timeout=timeout)
        self._client = httpx.AsyncClient(timeout=timeout, trust_env=trust_env)

    async def request(self, method: str, url: str, **given: Any) -> Response:
        reply = await self._client.request(
            method,
            url,
            params=given.get("params"),
            data=given.get("data"),
            headers=given.get("headers"),
            auth=given.get("auth"),
        )
        if reply.status_code == 429 and (after := _seconds(reply.headers.get("Retry-After"))) is not None:
            raise _SlowDown(after)
        return Response(reply.status_code, reply.text, reply.headers)

    async def close(self) -> None:
        await self._client.aclose()


def _seconds(header: str | None) -> float | None:
    return float(header) if header and header.isdecimal() else None


class TwilioAccount:
    """One account for all of Twilio's channels."""

    def __init__(self, settings: Settings, timeout: float = TIMEOUT) -> None:
        base = settings.twilio_api_base_url
        token = settings.twilio_auth_token.get_secret_value() if settings.twilio_auth_token else None
        self._wire = _Wire(timeout, trust_env=base is None)  # a stand-in on loopback is not behind the proxy
        self._client = Client(settings.twilio_account_sid, token, http_client=self._wire)
        if base:
            self._client.api.base_url = base.rstrip("/")
        self._callback = public_url(settings) + STATUS_PATH

    async def create(self, reference: Reference, **message: str) -> Outcome:
        """Posts one message and says how it ended. Never raises for what Twilio or the network does."""
        callback = f"{self._callback}?{urlencode({'id': reference.id, 'lane': reference.lane})}"
        try:
            await self._client.messages.create_async(status_callback=callback, validity_period=VALIDITY, **message)
        except _SlowDown as slow:
            return outcome(429, None, slow.after)
        except (TwilioRestException, TwilioServiceException) as refused:
            return outcome(refused.status, refused.code)
        except httpx.HTTPError:
            return Outcome(Result.RETRY, code="no-answer")
        except ValueError:  # a body that is no JSON: whoever answered, it was not Twilio saying yes
            return Outcome(Result.RETRY, code="bad-answer")
        return Outcome(Result.SENT)

    async def close(self) -> None:
        await self._wire.close()


class TwilioSender:
    """SMS or WhatsApp through one account. `sender` says who it comes from, in the SDK's own words."""

    def __init__(self, account: TwilioAccount, channel: Channel, sender: dict[str, str]) -> None:
        self._account = account
        self._channel = channel
        self._sender = sender

    @property
    def channel(self) -> Channel:
        return self._channel

    def render(self, message: Outbound) -> Rendered:
        return render.render(self._channel, message)

    async def send(self, to: Private, message: Rendered, reference: Reference) -> Outcome:
        if not self._sender:
            return Outcome(Result.MISCONFIGURED, code="no-sender")
        address = to.reveal()
        if self._channel is Channel.WHATSAPP:
            address = f"whatsapp:{address}"
        return await self._account.create(reference, to=address, body=message.text, **self._sender)

    async def close(self) -> None:
        await self._account.close()
