"""Logging for every process: ids and outcomes only. A last filter takes out what must never be written."""

from __future__ import annotations

import logging
import re
import sys

_NUMBER = re.compile(r"(?:whatsapp(?::|%3A))?(?:\+|%2B|00)?\d[\d\s().-]{7,}\d")
_POSTCODE = re.compile(r"\b[A-Za-z]{1,2}\d[A-Za-z\d]?\s*\d[A-Za-z]{2}\b")
_MAIL = re.compile(r"[\w.+-]+@[\w-]+\.[\w.-]+")
_PAIR = re.compile(r"-?\d{1,2}\.\d{3,},\s*-?\d{1,3}\.\d{3,}")
_CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")


def scrubbed(text: str) -> str:
    """The text without numbers, postcodes, coordinates, mail addresses and control characters."""
    for pattern in (_MAIL, _PAIR, _NUMBER, _POSTCODE):
        text = pattern.sub("[hidden]", text)
    return _CONTROL.sub(" ", text)


class Scrubber(logging.Filter):
    """The last filter before a line is written. Exceptions are told by their type alone: their text may hold words."""

    def filter(self, record: logging.LogRecord) -> bool:
        # asyncio tells a lost error with its whole text, from the second line on.
        message = record.getMessage().split("\n", 1)[0] if record.name == "asyncio" else record.getMessage()
        if record.exc_info and record.exc_info[0]:
            message = f"{message} ({record.exc_info[0].__name__})"
        record.msg, record.args, record.exc_info, record.exc_text = scrubbed(message), (), None, None
        return True


def configure(level: int = logging.INFO) -> None:
    """Writes to standard error through the scrubber; quiets libraries that would log addresses or URLs."""
    handler = logging.StreamHandler(sys.stderr)
    handler.addFilter(Scrubber())
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s %(message)s", "%H:%M:%S"))
    logging.basicConfig(level=level, handlers=[handler], force=True)
    logging.captureWarnings(True)
    for noisy in ("httpx", "httpcore", "twilio.http_client", "telegram", "rasa_sdk", "uvicorn.access", "urllib3"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
