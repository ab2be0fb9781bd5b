"""The worker's screen as plain lines."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.conversation.messages import TalkLine
from bot.handoff.records import Handoff, instant, stamp
from bot.handoff.view import WorkerScreen, ago, returned_words, worker_screen
from tests.conftest import IN_HOURS as NOW


def test_nobody_is_an_empty_screen() -> None:
    assert worker_screen(Handoff("lane"), (), (), "", NOW) == WorkerScreen("none")


def test_the_lines_from_top_to_bottom() -> None:
    talk = (TalkLine("her", "he has a knife", NOW, ("has_weapon",)), TalkLine("bot", "call 999", NOW))
    handoff = Handoff("lane", "waiting", danger=True, since=NOW)
    assert worker_screen(handoff, talk, ("has_weapon",), "b-royal-borough", NOW).as_lines() == [
        "state: waiting",
        "flag: danger now",
        "flag: has weapon",
        "flag: near royal borough",
        "her: he has a knife [has weapon]",
        "bot: call 999",
        "banner: Waiting for a worker.",
    ]


@pytest.mark.parametrize(
    ("handoff", "banner"),
    [
        (Handoff("lane", "active", name="Maya", heard=NOW), "Maya has this conversation."),
        (Handoff("lane", "active", heard=NOW - timedelta(minutes=11)), "No message from them for 10 minutes."),
        (Handoff("lane", "active", heard=NOW, someone_else=True), "This may be someone else."),
        (Handoff("lane", "ended"), "Ended. Automated replies are back."),
        (Handoff("lane", "left", reason="left"), "This person has left. Nothing more can be sent."),
    ],
)
def test_the_banner_says_how_it_stands(handoff: Handoff, banner: str) -> None:
    assert worker_screen(handoff, (), (), "", NOW).banner.startswith(banner)


@pytest.mark.parametrize(
    ("minutes", "words"), [(0, "0 min ago"), (59, "59 min ago"), (60, "1 h ago"), (150, "2 h ago"), (-1, "0 min ago")]
)
def test_how_long_ago(minutes: int, words: str) -> None:
    assert ago(NOW - timedelta(minutes=minutes), NOW) == words


def test_a_phone_that_left_without_a_handoff_tells_no_more_than_that() -> None:
    assert (
        returned_words(Handoff("lane", "waiting", returned=True), NOW) == "from a phone that left within the last day"
    )


def test_stamps_sort_by_time_and_come_back() -> None:
    summer = NOW.replace(month=7)
    assert stamp(summer) < stamp(summer + timedelta(milliseconds=1))
    assert instant(stamp(summer)) == summer
    assert instant("") is None
