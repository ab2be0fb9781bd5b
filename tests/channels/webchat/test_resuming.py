"""The same tab after a lost connection: nothing lost, nothing doubled, nobody else's."""

from __future__ import annotations

import pytest

from channels.webchat import tokens
from tests.channels.conftest import Gateway
from tests.channels.webchat.browser import lane_of, tab
from tests.channels.webchat.test_chat import replied
from tests.conftest import SECRET


async def test_what_came_meanwhile_comes_now(gateway: Gateway) -> None:
    async with tab(gateway) as first:
        await first.say("hi")
        await replied(gateway, lane_of(gateway, first), "one")
        last = (await first.hear_only("message"))["id"]
    await replied(gateway, lane_of(gateway, first), "two", "three")
    async with tab(gateway) as again:
        await again.send(type="resume", token=first.token, last=last)
        assert await again.hear() == {"type": "session", "token": first.token}
        assert [(await again.hear_only("message"))["text"] for _ in range(2)] == ["two", "three"]


@pytest.mark.parametrize("last", [None, "never heard of", 7, ["x"]])
async def test_without_a_last_one_all_of_it_comes(gateway: Gateway, last: object) -> None:
    async with tab(gateway) as first:
        await first.say("hi")
        await replied(gateway, lane_of(gateway, first), "one", "two")
    async with tab(gateway) as again:
        await again.send(type="resume", token=first.token, last=last)
        assert [(await again.hear_only("message"))["text"] for _ in range(2)] == ["one", "two"]


@pytest.mark.parametrize(
    "token",
    ["", "x" * 43 + "." + "a" * 26, tokens.mint(b"another secret of another line"), None, 5, {}, "\u00e9.\u00e9"],
)
async def test_a_token_that_is_not_ours_changes_nothing(gateway: Gateway, token: object) -> None:
    async with tab(gateway) as opened:
        await opened.send(type="resume", token=token)
        assert await opened.hear() == {"type": "session", "token": opened.token}
        await opened.say("hi")


async def test_a_session_in_use_is_not_left_for_another(gateway: Gateway) -> None:
    async with tab(gateway) as opened:
        await opened.say("hi")
        await opened.send(type="resume", token=tokens.mint(SECRET))
        assert await opened.hear_only("session") == {"type": "session", "token": opened.token}


async def test_a_conversation_has_one_page(gateway: Gateway) -> None:
    async with tab(gateway) as first, tab(gateway) as second:
        await first.say("hi")
        await second.send(type="resume", token=first.token)
        assert (await second.hear())["token"] == first.token
        assert await first.closed() == 4001
        await replied(gateway, lane_of(gateway, first), "one")
        assert (await second.hear_only("message"))["text"] == "one"


async def test_her_place_in_the_queue_is_shown_again(gateway: Gateway) -> None:
    async with tab(gateway) as first:
        await first.say("can i talk to someone")
        await gateway.desk.request(lane_of(gateway, first), 0, "asked", (), None)
        await first.hear_only("handoff")
    async with tab(gateway) as again:
        await again.send(type="resume", token=first.token)
        assert (await again.hear_only("handoff"))["state"] == "waiting"


async def test_cut_ten_times(gateway: Gateway) -> None:
    """Each time with a message that was sent and perhaps not acknowledged, and a reply that was perhaps not seen."""
    heard: list[str] = []
    token, last = "", None
    for cut in range(11):
        async with tab(gateway) as opened:
            if cut:
                await opened.send(type="resume", token=token, last=last)
                assert (await opened.hear())["token"] == token
                opened.token = token
                await opened.say(f"hers {cut - 1}", cut - 1)  # again, as its answer may have been lost
            token = opened.token
            await opened.say(f"hers {cut}", cut)
            await replied(gateway, lane_of(gateway, opened), f"ours {cut}", f"also ours {cut}")
            while not opened.shown or opened.shown[-1]["text"] != f"ours {cut}":
                await opened.hear()
            heard += [frame["text"] for frame in opened.shown]
            last = opened.shown[-1]["id"]
    kept = await gateway.kept("web", token)
    assert [m.text.reveal() for m in kept if m.text] == [f"hers {n}" for n in range(11)]
    assert heard == [text for n in range(11) for text in (f"ours {n}", f"also ours {n}")][:-1]
