"""The ways out that the settings give: one sender for each phone channel in use."""

from __future__ import annotations

from bot.conversation.messages import Channel
from bot.settings import Settings
from channels.contract import Sender
from channels.twilio.sender import TwilioAccount, TwilioSender


def senders(settings: Settings) -> dict[Channel, Sender]:
    """A sender by channel; empty without a provider's account."""
    if not (settings.twilio_account_sid and settings.twilio_auth_token):
        return {}
    account = TwilioAccount(settings)
    return {
        Channel.SMS: TwilioSender(account, Channel.SMS, _sms(settings)),
        Channel.WHATSAPP: TwilioSender(account, Channel.WHATSAPP, _whatsapp(settings)),
    }


def _sms(settings: Settings) -> dict[str, str]:
    """Who an SMS comes from: the Messaging Service where there is one, else the number."""
    if settings.twilio_messaging_service_sid:
        return {"messaging_service_sid": settings.twilio_messaging_service_sid}
    return {"from_": settings.twilio_sms_from.get_secret_value()} if settings.twilio_sms_from else {}


def _whatsapp(settings: Settings) -> dict[str, str]:
    if not settings.twilio_whatsapp_from:
        return {}
    number = settings.twilio_whatsapp_from.get_secret_value().removeprefix("whatsapp:")
    return {"from_": f"whatsapp:{number}"}
