import logging

import pytest

from bot.logs import Scrubber, scrubbed


@pytest.mark.parametrize(
    "personal",
    [
        "+447700900123", "07700 900123", "07700-900-123", "whatsapp:+447700900123", "whatsapp%3A%2B447700900123",
        "%2B447700900123", "0044 7700 900123", "(01622) 602440", "KT1 1EU", "kt11eu", "me14 1ly", "a.b@example.org",
        "51.41223, -0.30182", "020 8547 5000",
    ],
)  # fmt: skip
def test_what_must_never_be_written_is_taken_out(personal: str) -> None:
    assert personal not in scrubbed(f"failed for {personal} now")
    assert scrubbed(f"failed for {personal} now").endswith("now")


@pytest.mark.parametrize("kept", ["turn put off: ConnectionError", "lane sms-abcdefghijkl done in 12 ms", "status 503"])
def test_ids_and_outcomes_stay(kept: str) -> None:
    assert scrubbed(kept) == kept


def test_a_line_break_cannot_forge_a_line() -> None:
    assert "\n" not in scrubbed("one\ntwo\r\x1b[31m")


def test_an_exception_is_told_by_its_type_alone() -> None:
    try:
        raise ValueError("hes outside")
    except ValueError:
        import sys

        record = logging.LogRecord("x", logging.ERROR, "", 0, "failed", (), sys.exc_info())
    Scrubber().filter(record)
    text = logging.Formatter().format(record)
    assert text == "failed (ValueError)"
