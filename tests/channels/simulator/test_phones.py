"""The phone simulator: the real way in and out, with both of Twilio's sides played on loopback."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator

import pytest
from redis.asyncio import Redis
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from bot.clock import SettableClock
from bot.conversation.messages import Location, Outbound
from bot.conversation.outbox import Outbox
from channels.courier import Courier, Pace
from channels.senders import senders
from tests.channels.conftest import ACCOUNT, TOKEN, Gateway, Running, make_settings, until

API = "http://127.0.0.1:{port}/simulator/twilio"
MESSAGES = f"/simulator/twilio/2010-04-01/Accounts/{ACCOUNT}/Messages.json"
HER = "+447700900555"


@pytest.fixture
async def simulated(redis: Redis, clock: SettableClock) -> AsyncIterator[Gateway]:
    """A gateway whose provider is its own simulator."""
    async with Running(redis, clock, twilio_api_base_url=API) as gateway:
        yield gateway


async def typed(gateway: Gateway, **wanted: object) -> tuple[int, dict[str, object]]:
    body = json.dumps({"phone": HER, "channel": "sms", **wanted})
    answer = await gateway.client.post("/simulator/inbound", content=body)
    return answer.status_code, answer.json()


async def test_what_is_typed_comes_in_as_a_signed_webhook(simulated: Gateway) -> None:
    status, answer = await typed(simulated, text="is there anywhere safe")
    assert (status, answer["status"], answer["segments"]) == (200, 200, 1)
    (kept,) = await simulated.kept("sms", HER)
    assert kept.text is not None
    assert kept.text.reveal() == "is there anywhere safe"


@pytest.mark.parametrize("text", ["", "x" * 5000, "\U0001f600", "he\x00lp", "half \ud83d", "1+1=2&a=b"])
async def test_odd_texts(simulated: Gateway, text: str) -> None:
    status, answer = await typed(simulated, text=text, channel="whatsapp")
    assert (status, answer["status"]) == (200, 200)
    assert len(await simulated.kept("whatsapp", HER)) == 1


async def test_a_place_and_a_photo(simulated: Gateway) -> None:
    await typed(simulated, lat=51.4127, lon=-0.3012)
    await typed(simulated, media="image")
    place, photo = await simulated.kept("sms", HER)
    assert place.location == Location(51.413, -0.301)
    assert photo.media == "image"


@pytest.mark.parametrize(
    "wanted",
    [
        {"phone": "+447700901555"},
        {"phone": "+447911123456"},
        {"phone": None},
        {"channel": "web"},
        {"channel": "fax"},
        {"lat": "x", "lon": 1},
        {"lat": 1},
        {"media": "hologram"},
    ],
)
async def test_only_numbers_that_nobody_has(simulated: Gateway, wanted: dict[str, object]) -> None:
    assert (await typed(simulated, **wanted))[0] == 400
    assert await simulated.lanes.redis.dbsize() == 0


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"1"])
async def test_malformed(simulated: Gateway, body: bytes) -> None:
    assert (await simulated.client.post("/simulator/inbound", content=body)).status_code == 400


async def test_another_site_cannot_type_here(simulated: Gateway) -> None:
    answer = await simulated.client.post(
        "/simulator/inbound",
        json={"phone": HER, "channel": "sms", "text": "x"},
        headers={"Origin": "https://evil.example.org"},
    )
    assert answer.status_code == 403
    with pytest.raises(InvalidStatus):
        async with connect(
            f"ws://127.0.0.1:{simulated.port}/simulator/phones", proxy=None, origin="https://evil.example"
        ):
            pass


async def test_with_a_real_account_nothing_is_played(gateway: Gateway) -> None:
    status, answer = await typed(gateway, text="hi")
    assert (status, answer) == (409, {"error": "a real provider is set up"})


async def test_a_reply_reaches_the_page_and_its_delivery_is_noted(simulated: Gateway) -> None:
    await typed(simulated, text="hi")
    lane, outbox = simulated.lane("sms", HER), Outbox(simulated.lanes)
    made = senders(make_settings(simulated.port, twilio_api_base_url=API))
    courier = asyncio.create_task(Courier(outbox, made, Pace(poll=0.02)).run())
    try:
        async with connect(f"ws://127.0.0.1:{simulated.port}/simulator/phones", proxy=None) as page:
            text = "It\u2019s open. " * 14
            await simulated.lanes.append_out(lane, 0, [Outbound("r1", text, simulated.clock.now())], [])
            events = [json.loads(await asyncio.wait_for(page.recv(), 5)) for _ in range(3)]
    finally:
        courier.cancel()
        await asyncio.gather(courier, return_exceptions=True)
    message, *states = events
    assert message == {
        "type": "message",
        "sid": message["sid"],
        "phone": HER,
        "channel": "sms",
        "text": ("It's open. " * 14).strip(),
        "segments": 1,
        "encoding": "gsm7",
    }
    assert [state["status"] for state in states] == ["sent", "delivered"]

    async def noted() -> bool:
        return await outbox.delivery(lane, "r1") == "delivered"

    await until(noted)


async def test_the_api_wants_the_token(simulated: Gateway) -> None:
    form = {"To": HER, "Body": "x"}
    assert (await simulated.client.post(MESSAGES, data=form)).status_code == 401
    assert (await simulated.client.post(MESSAGES, data=form, auth=(ACCOUNT, "wrong"))).status_code == 401
    assert (await simulated.client.post(MESSAGES, data=form, auth=(ACCOUNT, TOKEN))).status_code == 201
    assert (await simulated.client.post(MESSAGES, data={"To": HER}, auth=(ACCOUNT, TOKEN))).status_code == 400


async def test_a_status_address_elsewhere_is_not_called(simulated: Gateway) -> None:
    form = {"To": HER, "Body": "x", "StatusCallback": "http://127.0.0.1:1/steal"}
    async with connect(f"ws://127.0.0.1:{simulated.port}/simulator/phones", proxy=None) as page:
        await simulated.client.post(MESSAGES, data=form, auth=(ACCOUNT, TOKEN))
        states = [json.loads(await asyncio.wait_for(page.recv(), 5)) for _ in range(3)]
    assert states[-1]["status"] == "delivered"


async def test_nothing_is_kept_for_a_page_that_is_not_open(simulated: Gateway) -> None:
    await simulated.client.post(MESSAGES, data={"To": HER, "Body": "x"}, auth=(ACCOUNT, TOKEN))
    async with connect(f"ws://127.0.0.1:{simulated.port}/simulator/phones", proxy=None) as page:
        await simulated.client.post(MESSAGES, data={"To": HER, "Body": "y"}, auth=(ACCOUNT, TOKEN))
        assert json.loads(await asyncio.wait_for(page.recv(), 5))["text"] == "y"
