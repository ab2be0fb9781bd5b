"""`quietword recognise`: lines in, lines out, in order, whatever they hold."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from bot.recognition.command import LONGEST_LINE, BadLine, answers, message
from bot.recognition.recogniser import Recogniser
from tests.bot.recognition.conftest import DATA, ROOT


def test_bad_lines_answer_in_their_place_and_the_rest_follow(recogniser: Recogniser) -> None:
    lines = [
        b'{"text": "hes here"}\n',
        b"\n",
        b"\xff\xfe\n",
        b"not json\n",
        b'[{"text": "hello"}]\n',
        b'{"text": 5}\n',
        b'{"message": "hello"}\n',
        b"[" * 100_000 + b"\n",
        json.dumps({"text": "la " * 33_000}).encode() + b"\n",
        b"x" * (LONGEST_LINE + 1),
        json.dumps({"text": "la " * 10_000}).encode() + b"\n",
        b'{"text": "\\ud83d half a smile", "more": true}',
    ]
    got = list(answers(recogniser, lines))
    assert [one.get("line") for one in got] == [None, 2, 3, 4, 5, 6, 7, 8, 9, 10, None, None]
    assert got[0]["risk"] == "immediate"
    assert "longer than" in got[8]["error"]
    assert got[10]["risk"] == "high"
    assert got[11]["text"].endswith("half a smile")


@pytest.mark.parametrize("line", [b"", b'{"text": null}', b"{", b"\xc3\x28", b"null"])
def test_a_reason_never_quotes_the_line(line: bytes) -> None:
    with pytest.raises(BadLine, match=r"^the line is (empty|no object with a \"text\"|not JSON|not UTF-8)$"):
        message(line)


def run(models: Path, stdin: bytes) -> subprocess.CompletedProcess[bytes]:
    code = "import sys; from pathlib import Path; from bot.recognition.command import recognise_command as r; "
    code += "sys.exit(r(Path(sys.argv[1]), Path(sys.argv[2])))"
    command = [sys.executable, "-c", code, str(models), str(DATA)]
    return subprocess.run(command, input=stdin, capture_output=True, cwd=ROOT, timeout=60, check=False)


def test_bytes_go_in_and_json_comes_out(models: Path) -> None:
    done = run(models, b'{"text": "caf\xc3\xa9 \xf0\x9f\x99\x82"}\n\xff\n{"text": "gtg"}')
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert done.returncode == 1
    assert [line.get("text") for line in lines] == ["café 🙂", None, "gtg"]
    assert lines[1] == {"line": 2, "error": "the line is not UTF-8"}
    assert not done.stderr


def test_a_stream_without_line_ends_is_one_bad_line(models: Path) -> None:
    done = run(models, b"x" * (3 * LONGEST_LINE) + b'\n{"text": "hello"}\n')
    assert [json.loads(line).get("line") for line in done.stdout.splitlines()] == [1, None]


def test_good_lines_end_well(models: Path) -> None:
    assert run(models, b'{"text": "hello"}\n').returncode == 0
