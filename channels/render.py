"""A reply as each channel shows it."""

from __future__ import annotations

from dataclasses import replace

from bot.conversation.messages import Channel, Outbound
from channels import gsm7
from channels.contract import Rendered
from channels.text import cut_at_word, numbered

LONGEST_WHATSAPP = 1600
"""Characters that Twilio takes in one message (https://www.twilio.com/docs/errors/21617)."""


def render(channel: Channel, message: Outbound) -> Rendered:
    """SMS: one message of at most two segments. WhatsApp: numbered words. Telegram and web: choices of their own.

    What a choice means to us (`intent`) never leaves.
    """
    if channel is Channel.SMS:
        return Rendered(gsm7.fit(message.text, message.choices))
    if channel is Channel.WHATSAPP:
        tail = "".join(f"\n{line}" for line in numbered(message.choices))
        return Rendered(cut_at_word(message.text, max(0, LONGEST_WHATSAPP - len(tail))) + tail)
    return Rendered(message.text, tuple(replace(choice, intent=None) for choice in message.choices))
