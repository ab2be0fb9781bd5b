"""`quietword recognise`: JSON lines of messages in, JSON lines of what was recognised out, in the same order."""

import json
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from bot.recognition.recogniser import Recogniser

LONGEST_LINE = 65_536
"""Bytes of one line; a longer one is no message that anybody types, and a stream without line ends would fill the
memory."""


class BadLine(ValueError):
    """A line that holds no message; the reason never quotes it."""


def recognise_command(models: Path, data: Path) -> int:
    """Read stdin to its end and write stdout; returns 1 if any line was bad, else 0."""
    recogniser = Recogniser.load(models, data)
    bad = False
    for answer in answers(recogniser, _lines()):
        bad = bad or "error" in answer
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()
    return int(bad)


def answers(recogniser: Recogniser, lines: Iterable[bytes]) -> Iterator[dict[str, Any]]:
    """Yield one answer for each line: what was recognised, or the line's number (from 1) and what is wrong."""
    for number, line in enumerate(lines, start=1):
        try:
            text = message(line)
        except BadLine as error:
            yield {"line": number, "error": str(error)}
        else:
            yield recogniser.recognise(text).as_json()


def message(line: bytes) -> str:
    """Return the text of one line; raises `BadLine` with what is wrong."""
    if len(line) > LONGEST_LINE:
        raise BadLine(f"the line is longer than {LONGEST_LINE} bytes")
    if not line.strip():
        raise BadLine("the line is empty")
    try:
        content = json.loads(line.decode("utf-8"))
    except UnicodeDecodeError:
        raise BadLine("the line is not UTF-8") from None
    except (json.JSONDecodeError, RecursionError):
        raise BadLine("the line is not JSON") from None
    text = content.get("text") if isinstance(content, dict) else None
    if not isinstance(text, str):
        raise BadLine('the line is no object with a "text"')
    return text


def _lines() -> Iterator[bytes]:
    """Yield stdin's lines; of one that is too long only so much as shows that it is."""
    while line := sys.stdin.buffer.readline(LONGEST_LINE + 1):
        rest = line
        while len(rest) > LONGEST_LINE and not rest.endswith(b"\n"):
            rest = sys.stdin.buffer.readline(LONGEST_LINE + 1)
        yield line
