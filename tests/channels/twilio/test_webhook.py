"""Twilio's webhooks: literal payloads in, what is kept and what is answered."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest
from redis.asyncio import Redis
from twilio.request_validator import RequestValidator

from bot.clock import SettableClock
from bot.conversation.messages import Location
from tests.channels.conftest import ACCOUNT, PUBLIC_URL, SAFE_WORD, TOKEN, Gateway, Running

HER = "+447700900555"
SID = "SM00000000000000000000000000000001"

# As Twilio posts an SMS to a British number. What it says of the place is never kept.
SMS = {
    "ToCountry": "GB",
    "ToState": "",
    "SmsMessageSid": SID,
    "NumMedia": "0",
    "ToCity": "",
    "FromZip": "KT1",
    "SmsSid": SID,
    "FromState": "",
    "SmsStatus": "received",
    "FromCity": "Kingston",
    "Body": "is there anywhere safe near kingston station",
    "FromCountry": "GB",
    "To": "+447700900001",
    "ToZip": "",
    "NumSegments": "1",
    "MessageSid": SID,
    "AccountSid": ACCOUNT,
    "From": HER,
    "ApiVersion": "2010-04-01",
}
WHATSAPP = {
    "SmsMessageSid": SID,
    "NumMedia": "0",
    "ProfileName": "Some Name",
    "MessageType": "text",
    "SmsSid": SID,
    "WaId": "447700900555",
    "SmsStatus": "received",
    "Body": "hi",
    "To": "whatsapp:+447700900002",
    "NumSegments": "1",
    "ReferralNumMedia": "0",
    "MessageSid": SID,
    "AccountSid": ACCOUNT,
    "From": f"whatsapp:{HER}",
    "ApiVersion": "2010-04-01",
}
IMAGE = {"Body": "", "NumMedia": "1", "MediaContentType0": "image/jpeg"}
VOICE = {"Body": "", "NumMedia": "1", "MediaContentType0": "audio/ogg", "MessageType": "audio"}
STICKER = {"Body": "", "NumMedia": "1", "MediaContentType0": "image/webp", "MessageType": "sticker"}
PIN = {"Latitude": "51.4127912", "Longitude": "-0.3011934", "Body": ""}
KEPT_PIN = Location(51.413, -0.301)


@dataclass(frozen=True)
class Row:
    """One payload and what becomes of it."""

    label: str
    base: dict[str, str]
    changed: dict[str, str] = field(default_factory=dict)
    without: tuple[str, ...] = ()
    status: int = 200
    channel: str = "sms"
    address: str = HER
    text: str | None = None
    media: str | None = None
    location: Location | None = None


def kept(label: str, base: dict[str, str], changed: dict[str, str], text: str, **more: object) -> Row:
    return Row(label, base, changed, text=text, **more)  # type: ignore[arg-type]


def whatsapp(label: str, changed: dict[str, str], text: str, **more: object) -> Row:
    return kept(label, WHATSAPP, {"MessageType": "text", **changed}, text, channel="whatsapp", **more)


def dropped(label: str, base: dict[str, str], changed: dict[str, str], status: int = 204) -> Row:
    return Row(label, base, changed, status=status)


ROWS = [
    kept("as it comes", SMS, {}, SMS["Body"]),
    kept("through a Messaging Service", SMS, {"MessagingServiceSid": "MG" + "0" * 32}, SMS["Body"]),
    kept("a parameter that nobody knows yet", SMS, {"BrandNew": "x", "Ünïcode": "ÿ"}, SMS["Body"]),
    kept("many empty values", SMS, {f"Empty{n}": "" for n in range(20)}, SMS["Body"]),
    kept("empty body", SMS, {"Body": ""}, ""),
    kept("white space", SMS, {"Body": "  \n "}, "  \n "),
    kept("plus and percent signs", SMS, {"Body": "1+1 = 100% & more; ok?"}, "1+1 = 100% & more; ok?"),
    kept("accents", SMS, {"Body": "café Łódź"}, "café Łódź"),
    kept("another script", SMS, {"Body": "مدد"}, "مدد"),
    kept("emoji only", SMS, {"Body": "😀🆘"}, "😀🆘"),
    kept("control characters", SMS, {"Body": "he\x00lp\x1b[0m\x07"}, "help[0m"),
    kept("several lines", SMS, {"Body": "one\r\ntwo"}, "one\ntwo"),
    kept("ten kilobytes", SMS, {"Body": "help " * 2048}, "help " * 2048),
    kept("a command of the dialogue engine", SMS, {"Body": "/restart"}, "/restart"),
    kept("another such command", SMS, {"Body": '/intent{"x":"y"}'}, '/intent{"x":"y"}'),
    kept("markup", SMS, {"Body": "<script>alert(1)</script>"}, "<script>alert(1)</script>"),
    kept("a carrier's keyword for help", SMS, {"Body": "HELP", "OptOutType": "HELP"}, "HELP"),
    kept("a carrier's keyword to come back", SMS, {"Body": "START", "OptOutType": "START"}, "START"),
    kept("the shortest number", SMS, {"From": "+2905123"}, SMS["Body"], address="+2905123"),
    kept("the longest number", SMS, {"From": "+881612345678901"}, SMS["Body"], address="+881612345678901"),
    kept("a picture", SMS, IMAGE, "", media="image"),
    kept("a picture with words", SMS, {**IMAGE, "Body": "look"}, "look", media="image"),
    kept("a film", SMS, {"Body": "", "NumMedia": "1", "MediaContentType0": "video/mp4"}, "", media="other"),
    kept("a contact card", SMS, {"Body": "", "NumMedia": "1", "MediaContentType0": "text/vcard"}, "", media="other"),
    kept("media of no kind", SMS, {"Body": "", "NumMedia": "2"}, "", media="other"),
    kept("a count that is none", SMS, {"NumMedia": ""}, SMS["Body"]),
    kept("a pin over SMS", SMS, PIN, "", location=KEPT_PIN),
    kept("a pin that is no place", SMS, {**PIN, "Latitude": "95", "Body": "here"}, "here"),
    kept("a pin that is no number", SMS, {**PIN, "Latitude": "nan", "Body": "here"}, "here"),
    kept("half a pin", SMS, {"Latitude": "51.4", "Body": "here"}, "here"),
    whatsapp("as it comes", {}, "hi"),
    whatsapp("a pin", {**PIN, "MessageType": "location", "Label": "home"}, "", location=KEPT_PIN),
    whatsapp("a voice note", VOICE, "", media="voice"),
    whatsapp("a sticker", STICKER, "", media="image"),
    whatsapp("a document", {"Body": "", "NumMedia": "1", "MediaContentType0": "application/pdf"}, "", media="other"),
    whatsapp("a button", {"MessageType": "button", "Body": "Yes", "ButtonText": "Yes", "ButtonPayload": "p"}, "Yes"),
    whatsapp("a list row", {"MessageType": "interactive", "Body": "No", "ListId": "2", "ListTitle": "No"}, "No"),
    whatsapp("a reply to one of ours", {"OriginalRepliedMessageSid": "SM1", "Body": "2"}, "2"),
    whatsapp("forwarded", {"Forwarded": "true", "FrequentlyForwarded": "true", "Body": "read"}, "read"),
    whatsapp("a kind that nobody knows yet", {"MessageType": "hologram", "Body": ""}, "", media="other"),
    whatsapp("such a kind with words", {"MessageType": "hologram", "Body": "hey"}, "hey"),
    whatsapp("a name instead of a number", {"From": "whatsapp:GB.1A2B3C"}, "hi", address="GB.1A2B3C"),
    dropped("a reaction", WHATSAPP, {"MessageType": "reaction", "Body": "👍"}),
    dropped("a sender's name that cannot be answered", SMS, {"From": "MyBank"}),
    dropped("a short code", SMS, {"From": "85258"}),
    dropped("a withheld number", SMS, {"From": "RESTRICTED"}),
    dropped("another of Twilio's channels", SMS, {"From": "messenger:12345"}),
    dropped("a WhatsApp sender that is none", WHATSAPP, {"From": "whatsapp:"}),
    Row("no message id", SMS, without=("MessageSid",), status=400),
    Row("no sender", SMS, without=("From",), status=400),
    dropped("an empty message id", SMS, {"MessageSid": ""}, status=400),
]  # fmt: skip


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.channel}: {row.label}")
async def test_payload(edge: Gateway, row: Row) -> None:
    form = {name: value for name, value in (row.base | row.changed).items() if name not in row.without}
    answer = await edge.webhook(form)
    assert answer.status_code == row.status
    waiting = await edge.kept(row.channel, row.address)
    if row.text is None:
        assert await edge.lanes.redis.dbsize() == 0
        return
    assert answer.text.endswith("<Response/>")
    (message,) = waiting
    assert (message.text.reveal() if message.text else "") == row.text
    assert (message.media, message.location) == (row.media, row.location)
    assert message.provider_id == SID
    assert message.at == edge.clock.now()


BODY = "MessageSid=SM1&From=%2B447700900555&Body=help"
REFUSED = [
    ("no signature", SMS, ""),
    ("a signature of something else", SMS, "0" * 28),
    ("a short signature", SMS, "x"),
    ("not even base64", SMS, "\x7f\xff"),
    ("an empty body", "", ""),
    ("a body that is no form", "\x00\x01{", "0" * 28),
    ("JSON", '{"From": "+447700900555"}', "0" * 28),
    ("half an escape", "Body=%F", "0" * 28),
]


@pytest.mark.parametrize(("label", "form", "signature"), REFUSED, ids=[row[0] for row in REFUSED])
async def test_forged(edge: Gateway, label: str, form: dict[str, str] | str, signature: str) -> None:
    answer = await edge.webhook(form, signature=signature)
    assert answer.status_code == 403
    assert answer.json() == {"error": "signature"}
    assert await edge.lanes.redis.dbsize() == 0


@pytest.mark.parametrize(
    ("token", "url"),
    [
        ("another token", f"{PUBLIC_URL}/webhooks/twilio"),
        (TOKEN, "https://elsewhere.example.org/webhooks/twilio"),
        (TOKEN, f"{PUBLIC_URL}/webhooks/twilio/status"),
        (TOKEN, f"{PUBLIC_URL}/webhooks/twilio?more=1"),
    ],
)
async def test_signed_for_something_else(edge: Gateway, token: str, url: str) -> None:
    signature = RequestValidator(token).compute_signature(url, SMS)
    assert (await edge.webhook(SMS, signature=signature)).status_code == 403


async def test_a_value_changed_after_signing(edge: Gateway) -> None:
    signature = RequestValidator(TOKEN).compute_signature(f"{PUBLIC_URL}/webhooks/twilio", SMS)
    answer = await edge.webhook(SMS | {"From": "+447700900556"}, signature=signature)
    assert answer.status_code == 403


async def test_a_query_is_signed_too(edge: Gateway) -> None:
    assert (await edge.webhook(SMS, query="a=b&c=%20")).status_code == 200


async def test_a_parameter_given_twice(edge: Gateway) -> None:
    form = "MessageSid=SM1&From=%2B447700900555&Body=one&Body=two"
    signed = "https://line.example.org/qw/webhooks/twilioBodyoneBodytwoFrom+447700900555MessageSidSM1"
    validator = RequestValidator(TOKEN)
    signature = validator.compute_signature(signed, {})
    assert (await edge.webhook(form, signature=signature)).status_code == 200


async def test_the_same_id_twice_is_one_message(edge: Gateway) -> None:
    for _ in range(3):
        assert (await edge.webhook(SMS)).status_code == 200
    assert len(await edge.kept("sms", HER)) == 1


async def test_order_is_kept(edge: Gateway) -> None:
    for number in range(10):
        await edge.webhook(SMS | {"MessageSid": f"SM{number}", "Body": str(number)})
    waiting = await edge.kept("sms", HER)
    assert [m.text.reveal() for m in waiting if m.text] == [str(n) for n in range(10)]


async def test_one_number_on_two_channels_is_two_people(edge: Gateway) -> None:
    await edge.webhook(SMS)
    await edge.webhook(WHATSAPP)
    assert len(await edge.kept("sms", HER)) == len(await edge.kept("whatsapp", HER)) == 1


async def test_too_large(edge: Gateway) -> None:
    answer = await edge.webhook(SMS | {"Body": "x" * 70_000})
    assert answer.status_code == 413
    assert answer.json() == {"error": "too large"}


async def test_nothing_readable_is_kept(edge: Gateway) -> None:
    await edge.webhook(SMS)
    redis = edge.lanes.redis
    for key in await redis.keys("*"):
        stored = key + (await redis.dump(key) or b"")
        for secret in (b"7700900555", b"kingston", b"Kingston", b"KT1"):
            assert secret not in stored


@pytest.mark.parametrize("word", [SAFE_WORD, "tulip", "STOP", f"ok {SAFE_WORD}"])
async def test_leaving_is_acknowledged_in_silence_and_leaves_no_words(edge: Gateway, word: str) -> None:
    await edge.webhook(SMS)
    answer = await edge.webhook(SMS | {"MessageSid": "SM2", "Body": word})
    assert (answer.status_code, answer.text[-11:]) == (200, "<Response/>")
    assert await edge.kept("sms", HER) == []
    assert not [key async for key in edge.lanes.redis.scan_iter("*:contact")]


async def test_redis_away_is_a_503_that_twilio_tries_again(clock: SettableClock) -> None:
    nowhere = Redis.from_url("redis://127.0.0.1:1/0", socket_connect_timeout=0.2, retry=None)
    async with Running(nowhere, clock) as gateway:
        for path in ("/webhooks/twilio", "/webhooks/twilio/status"):
            query = "" if path == "/webhooks/twilio" else f"id=x&lane=sms-{'a' * 26}"
            answer = await gateway.webhook(SMS | {"MessageStatus": "sent"}, path=path, query=query)
            assert answer.status_code == 503
            assert answer.json() == {"error": "not kept"}
    await nowhere.aclose()


async def test_without_an_account_the_webhooks_say_so(redis: Redis, clock: SettableClock) -> None:
    async with Running(redis, clock, twilio_auth_token=None) as gateway:
        assert (await gateway.webhook(SMS)).status_code == 503
        assert (await gateway.client.get("/simulator")).status_code == 404
