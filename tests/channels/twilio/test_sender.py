"""The real SDK against a fake of Twilio's API: what is asked, and how each answer ends."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator

import pytest

from bot.clock import SettableClock
from bot.conversation.messages import Channel, Choice, Outbound
from bot.privacy.masked import Private
from channels.contract import Outcome, Reference, Rendered, Result
from channels.senders import senders
from channels.twilio.sender import TwilioAccount, TwilioSender
from tests.channels.conftest import PUBLIC_URL, make_settings
from tests.channels.twilio.fake_api import Answer, FakeTwilio, fake_twilio, nonsense, refused
from tests.conftest import free_port

HER = Private("+447700900555")
REPLY = Reference("sms-" + "a" * 26, "reply-1")
TEXT = Rendered("words")


@pytest.fixture
async def twilio() -> AsyncIterator[FakeTwilio]:
    async with fake_twilio() as fake:
        yield fake


async def send_by(channel: Channel, url: str, **changed: object) -> Outcome:
    """Sends one reply with the senders of these settings."""
    made = senders(make_settings(1, twilio_api_base_url=url, **changed))
    try:
        return await made[channel].send(HER, TEXT, REPLY)
    finally:
        for sender in made.values():
            await sender.close()


async def send_within(seconds: float, url: str) -> Outcome:
    account = TwilioAccount(make_settings(1, twilio_api_base_url=url), seconds)
    try:
        return await TwilioSender(account, Channel.SMS, {"from_": "+447700900001"}).send(HER, TEXT, REPLY)
    finally:
        await account.close()


async def test_an_sms_as_it_is_asked_for(twilio: FakeTwilio) -> None:
    assert await send_by(Channel.SMS, twilio.url) == Outcome(Result.SENT)
    assert twilio.asked == [
        {
            "To": "+447700900555",
            "From": "+447700900001",
            "Body": "words",
            "ValidityPeriod": "120",
            "StatusCallback": f"{PUBLIC_URL}/webhooks/twilio/status?id=reply-1&lane={REPLY.lane}",
        }
    ]


@pytest.mark.parametrize("number", ["+447700900002", "whatsapp:+447700900002"])
async def test_whatsapp(twilio: FakeTwilio, number: str) -> None:
    await send_by(Channel.WHATSAPP, twilio.url, twilio_whatsapp_from=number)
    assert twilio.asked[0]["To"] == "whatsapp:+447700900555"
    assert twilio.asked[0]["From"] == "whatsapp:+447700900002"


async def test_a_messaging_service_goes_before_the_number(twilio: FakeTwilio) -> None:
    await send_by(Channel.SMS, twilio.url, twilio_messaging_service_sid="MG1")
    assert twilio.asked[0]["MessagingServiceSid"] == "MG1"
    assert "From" not in twilio.asked[0]


ANSWERS: list[tuple[str, Answer, Outcome]] = [
    ("asked to slow down", refused(429, 20429, **{"Retry-After": "3"}), Outcome(Result.RETRY_AFTER, 3.0, "429")),
    ("asked to, without saying how long", refused(429, 20429), Outcome(Result.RETRY, None, "20429")),
    ("asked to, until a date", refused(429, 20429, **{"Retry-After": "Tue"}), Outcome(Result.RETRY, None, "20429")),
    ("their trouble", refused(500), Outcome(Result.RETRY, None, "500")),
    ("their trouble with a number", refused(503, 20503), Outcome(Result.RETRY, None, "20503")),
    ("their queue is full", refused(400, 21611), Outcome(Result.RETRY, None, "21611")),
    ("she has texted STOP", refused(400, 21610), Outcome(Result.OPTED_OUT, None, "21610")),
    ("not a mobile", refused(400, 21614), Outcome(Result.UNREACHABLE, None, "21614")),
    ("no such number", refused(400, 21211), Outcome(Result.UNREACHABLE, None, "21211")),
    ("not our sender", refused(400, 21606), Outcome(Result.MISCONFIGURED, None, "21606")),
    ("no such account", refused(404, 20404), Outcome(Result.MISCONFIGURED, None, "20404")),
    ("outside WhatsApp's window", refused(400, 63016), Outcome(Result.REJECTED, None, "63016")),
    ("refused with no reason", refused(400), Outcome(Result.REJECTED, None, "400")),
    ("yes, but not in JSON", nonsense(), Outcome(Result.RETRY, None, "bad-answer")),
    ("no, and not in JSON", nonsense(502), Outcome(Result.RETRY, None, "502")),
]


@pytest.mark.parametrize(("label", "answer", "outcome"), ANSWERS, ids=[row[0] for row in ANSWERS])
async def test_how_an_answer_ends(
    twilio: FakeTwilio, label: str, answer: Answer, outcome: Outcome, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    twilio.answers = [answer]
    assert await send_by(Channel.SMS, twilio.url) == outcome
    assert "0900555" not in caplog.text
    assert "words" not in caplog.text


async def test_a_wrong_token_is_a_matter_for_us(twilio: FakeTwilio) -> None:
    outcome = await send_by(Channel.SMS, twilio.url, twilio_auth_token="wrong")
    assert (outcome.result, outcome.code) == (Result.MISCONFIGURED, "20003")


async def test_no_answer_in_time(twilio: FakeTwilio) -> None:
    twilio.hold.clear()
    outcome = await send_within(0.1, twilio.url)
    assert (outcome.result, outcome.code) == (Result.RETRY, "no-answer")


async def test_nobody_there() -> None:
    outcome = await send_within(1, f"http://127.0.0.1:{free_port()}")
    assert (outcome.result, outcome.code) == (Result.RETRY, "no-answer")


async def test_without_a_number_nothing_is_asked(twilio: FakeTwilio) -> None:
    for channel in (Channel.SMS, Channel.WHATSAPP):
        outcome = await send_by(channel, twilio.url, twilio_sms_from=None, twilio_whatsapp_from=None)
        assert outcome.result is Result.MISCONFIGURED
    assert twilio.asked == []


def test_without_an_account_there_is_no_sender() -> None:
    assert senders(make_settings(1, twilio_auth_token=None)) == {}


def test_rendering(clock: SettableClock) -> None:
    reply = Outbound("1", "It\u2019s ok?", clock.now(), (Choice("Yes", "Yes", "affirm"), Choice("No", "No")))
    made = senders(make_settings(1))
    assert made[Channel.SMS].render(reply) == Rendered("It's ok?\n1 Yes\n2 No")
    assert made[Channel.WHATSAPP].render(reply) == Rendered("It\u2019s ok?\n1 Yes\n2 No")
