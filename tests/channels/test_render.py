"""A reply as each channel shows it."""

from __future__ import annotations

import pytest

from bot.clock import SettableClock
from bot.conversation.messages import Channel, Choice, Outbound
from channels import gsm7
from channels.render import LONGEST_WHATSAPP, render

CHOICES = (Choice("Yes", "Yes", "affirm"), Choice("No", "No", "deny"))


@pytest.mark.parametrize("channel", [Channel.WEB, Channel.TELEGRAM])
def test_choices_of_their_own_never_say_what_they_mean_to_us(clock: SettableClock, channel: Channel) -> None:
    shown = render(channel, Outbound("1", "Ok?", clock.now(), CHOICES))
    assert shown.text == "Ok?"
    assert shown.choices == (Choice("Yes", "Yes"), Choice("No", "No"))


@pytest.mark.parametrize("channel", [Channel.SMS, Channel.WHATSAPP])
def test_numbered_words(clock: SettableClock, channel: Channel) -> None:
    shown = render(channel, Outbound("1", "Ok?", clock.now(), CHOICES))
    assert (shown.text, shown.choices) == ("Ok?\n1 Yes\n2 No", ())


def test_too_long(clock: SettableClock) -> None:
    long = Outbound("1", "word " * 1000, clock.now(), CHOICES)
    assert len(render(Channel.WHATSAPP, long).text) <= LONGEST_WHATSAPP
    assert gsm7.segments(render(Channel.SMS, long).text) == 2
    assert render(Channel.WEB, long).text == long.text
