from datetime import datetime

import pytest

from bot.clock import LONDON
from bot.replay.scenario import Media, Pin, ScenarioError, UserTurn, WorkerTurn, read, with_word


def test_a_whole_scenario_is_read() -> None:
    line = (
        '{"id": "a1", "channel": "web", "service_hours": false, "turns": [{"user": "hi"}, {"user": {"lat": 51.4, '
        '"lon": -0.3}, "gap_minutes": 5}, {"user": {"media": "voice"}}, {"worker": "Maya", "says": "hello"}]}'
    )
    scenario = read(line)
    kinds = [type(t.user) if isinstance(t, UserTurn) else WorkerTurn for t in scenario.turns]
    assert kinds == [str, Pin, Media, WorkerTurn]
    assert scenario.start() == datetime(2026, 11, 24, 3, tzinfo=LONDON)


@pytest.mark.parametrize(
    ("fields", "start"),
    [
        ("", "2026-11-24T11:00:00+00:00"),
        ('"service_hours": true,', "2026-11-24T11:00:00+00:00"),
        ('"service_hours": false,', "2026-11-24T03:00:00+00:00"),
        ('"service_hours": false, "at": "2026-07-01T10:00",', "2026-07-01T10:00:00+01:00"),
        ('"at": "2026-07-01T10:00:00Z",', "2026-07-01T11:00:00+01:00"),
        ('"at": "2026-03-29T01:30",', "2026-03-29T02:30:00+01:00"),  # does not exist: moves forward
        ('"at": "2026-10-25T01:30",', "2026-10-25T01:30:00+01:00"),  # twice: the first
    ],
)
def test_when_it_starts(fields: str, start: str) -> None:
    assert read(f'{{"id": 1, {fields} "turns": []}}').start().isoformat() == start


@pytest.mark.parametrize(
    "line",
    [
        "", "nonsense", "[]", "{}", '{"id": 1}', '{"id": 1, "turns": [{}]}', '{"id": 1, "turns": [{"user": 3}]}',
        '{"id": 1, "channel": "fax", "turns": []}', '{"id": 1, "turns": [{"user": {"lat": 200, "lon": 0}}]}',
        '{"id": 1, "turns": [{"user": "x", "gap_minutes": -1}]}', '{"id": 1, "at": "noon", "turns": []}',
        '{"id": 1, "turns": [{"worker": "Maya"}]}', '{"id": 1, "turns": [], "extra": 1}',
    ],
)  # fmt: skip
def test_a_bad_line_says_what_is_wrong_and_repeats_nothing(line: str) -> None:
    with pytest.raises(ScenarioError) as error:
        read(line)
    assert str(error.value)
    assert "fax" not in str(error.value)
    assert "noon" not in str(error.value)


@pytest.mark.parametrize(
    ("text", "expected"),
    [("<SAFE_WORD>", "TULIP"), ("<safe_word> now", "tulip now"), ("ok <Safe_Word>", "ok Tulip"), ("word", "word")],
)
def test_the_placeholder_keeps_its_case(text: str, expected: str) -> None:
    assert with_word(text, "TULIP") == expected
