"""What Twilio posts to us: one message, or the delivery state of one of our replies.

The signature is checked against one token and the one configured public address, before anything is looked up: a
lookup by number loses messages that come through a Messaging Service. Of the parameters (city, postcode, profile name
and more, which change without notice) only those named here are read.
Source: https://www.twilio.com/docs/messaging/guides/webhook-request
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from starlette.datastructures import QueryParams
from twilio.request_validator import RequestValidator  # type: ignore[import-untyped]

from bot.conversation.messages import Channel, Inbound, Location, Media
from bot.privacy.masked import Private
from bot.settings import Settings
from channels.contract import Malformed, Reference, Webhook
from channels.text import clean

INBOUND_PATH = "/webhooks/twilio"
STATUS_PATH = "/webhooks/twilio/status"
SIGNATURE = "x-twilio-signature"

_WHATSAPP = "whatsapp:"
_NUMBER = re.compile(r"\+[1-9]\d{6,14}")
_WHATSAPP_NAME = re.compile(r"[+\w.-]{3,128}", re.ASCII)
_OUR_LANE = re.compile(r"(sms|whatsapp)-[a-z2-7]{26}")
_OUR_ID = re.compile(r"[\w.-]{1,80}", re.ASCII)
_NOT_A_MESSAGE = frozenset({"reaction", "system", "unsupported", "unknown"})


@dataclass(frozen=True)
class Delivery:
    """What Twilio says became of a reply."""

    reference: Reference
    state: str


def public_url(settings: Settings) -> str:
    """The address under which Twilio knows us, without a slash at the end; this machine's own where none is set."""
    return (settings.public_url or f"http://127.0.0.1:{settings.port}").rstrip("/")


class TwilioReceiver:
    """Verifies and reads Twilio's webhooks. Takes the account's auth token and our public address."""

    def __init__(self, auth_token: str, address: str) -> None:
        self._validator = RequestValidator(auth_token)
        self._address = address

    def url(self, path: str, query: str = "") -> str:
        """The address that Twilio signs: as configured there, whatever a proxy has made of it."""
        return f"{self._address}{path}" + (f"?{query}" if query else "")

    def sign(self, url: str, form: Mapping[str, str]) -> str:
        """The signature that Twilio would send with this form (the simulator stands in for it)."""
        return str(self._validator.compute_signature(url, form))

    def verify(self, webhook: Webhook) -> bool:
        signature = webhook.headers.get(SIGNATURE)
        if not signature:
            return False
        url = self.url(webhook.path, webhook.query)
        return bool(self._validator.validate(url, _form(webhook), signature))

    def normalise(self, webhook: Webhook, at: datetime) -> list[Inbound]:
        form = _form(webhook)
        sid, sender = form.get("MessageSid"), form.get("From")
        if not sid or not sender:
            raise Malformed("MessageSid or From is missing")
        known = _address(sender)
        if known is None or form.get("MessageType") in _NOT_A_MESSAGE:
            return []
        channel, address = known
        location = _location(form)
        return [
            Inbound(
                channel=channel,
                address=Private(address),
                provider_id=sid,
                text=Private(clean(form.get("Body", ""))),
                at=at,
                location=location,
                media=None if location else _media(form),
            )
        ]

    def delivery(self, webhook: Webhook) -> Delivery | None:
        """The delivery state in a verified status callback; None when it is about no reply of ours."""
        ours = QueryParams(webhook.query)
        lane, reply, state = ours.get("lane", ""), ours.get("id", ""), _form(webhook).get("MessageStatus", "")
        if not (_OUR_LANE.fullmatch(lane) and _OUR_ID.fullmatch(reply) and state):
            return None
        return Delivery(Reference(lane, reply), state)


def _form(webhook: Webhook) -> QueryParams:
    """The form with its empty values, which are signed too. Bytes that are no UTF-8 fail the signature."""
    return QueryParams(webhook.body.decode("utf-8", "replace"))


def _address(sender: str) -> tuple[Channel, str] | None:
    """The channel and address of a sender that can be answered; None for short codes, names and other channels."""
    if sender.startswith(_WHATSAPP):
        name = sender.removeprefix(_WHATSAPP)
        return (Channel.WHATSAPP, name) if _WHATSAPP_NAME.fullmatch(name) else None
    return (Channel.SMS, sender) if _NUMBER.fullmatch(sender) else None


def _location(form: QueryParams) -> Location | None:
    try:
        return Location.rounded(float(form["Latitude"]), float(form["Longitude"]))
    except (KeyError, ValueError):
        return None


def _media(form: QueryParams) -> Media | None:
    """What kind of thing came beside the text. It is never fetched."""
    if form.get("NumMedia", "0").strip() in ("", "0"):
        # A kind of message that we do not know, with nothing to read in it, must still be answered.
        unknown = form.get("MessageType", "text") not in ("", "text", "button", "interactive") and not form.get("Body")
        return "other" if unknown else None
    kind = form.get("MediaContentType0", "").partition("/")[0].lower()
    if kind == "image":
        return "image"
    return "voice" if kind == "audio" else "other"
