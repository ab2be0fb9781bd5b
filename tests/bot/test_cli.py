"""The command as other people's tools call it."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
QUIETWORD = str(Path(sys.executable).with_name("quietword"))


def quietword(*args: str, given: bytes = b"", **environ: str) -> subprocess.CompletedProcess[bytes]:
    import os

    clean = {k: v for k, v in os.environ.items() if not k.startswith(("QUIETWORD_", "REDIS_", "TWILIO_"))}
    return subprocess.run(
        [QUIETWORD, *args], input=given, capture_output=True, cwd=ROOT, env=clean | environ, timeout=120, check=False
    )


def test_the_safe_word_is_printed_alone() -> None:
    assert quietword("safe-word").stdout == b"TULIP\n"
    assert quietword("safe-word", QUIETWORD_SAFE_WORD="maple").stdout == b"MAPLE\n"


def test_a_wrong_setting_is_one_line_and_not_status_0() -> None:
    result = quietword("safe-word", QUIETWORD_SAFE_WORD="STOP")
    assert result.returncode == 2
    assert result.stdout == b""
    assert result.stderr.count(b"\n") == 1


def test_recognise_answers_every_line_in_order() -> None:
    lines = [b'{"text": "hes outside and i cant talk"}', b"nonsense", b"", b'{"text": 3}', b'{"txt": ""}', b"\xff\xfe",
             b'{"text": "my feet are killing me"}', json.dumps({"text": "x " * 50_000}).encode(),
             json.dumps({"text": "x " * 5_000}).encode()]  # fmt: skip
    result = quietword("recognise", given=b"\n".join(lines) + b"\n")
    answers = [json.loads(line) for line in result.stdout.splitlines()]
    assert result.returncode == 1
    assert [answer.get("line") for answer in answers] == [None, 2, 3, 4, 5, 6, None, 8, None]
    assert list(answers[0]) == ["text", "kind", "concerns", "risk", "requests", "social", "place", "language"]
    assert (answers[0]["kind"], answers[0]["risk"]) == ("disclosure", "immediate")
    assert (answers[6]["kind"], answers[6]["risk"], answers[6]["concerns"]) == ("other", "none", [])


def test_good_lines_alone_are_status_0() -> None:
    assert quietword("recognise", given=b'{"text": "hello"}\n').returncode == 0
    assert quietword("recognise").stdout == b""


def test_directory_find() -> None:
    result = quietword(
        "directory", "find", "norbiton stn", "--at", "2026-11-28T23:10", "--need", "safe_place", "--json"
    )
    answer = json.loads(result.stdout)
    assert answer["place"] == {"id": "norbiton-station", "name": "Norbiton station", "area": "kingston"}
    assert set(answer["results"][0]) == {"id", "name", "km", "open", "next_change", "route", "why"}
    assert answer["results"][0]["open"] is True


@pytest.mark.parametrize("args", [[], ["dance"], ["directory", "find"], ["serve", "nothing"]])
def test_wrong_words_are_refused(args: list[str]) -> None:
    assert quietword(*args).returncode == 2


def test_nothing_goes_live_that_nobody_has_signed(tmp_path: Path) -> None:
    live = {"QUIETWORD_MODE": "live", "QUIETWORD_SECRET_KEY": "x" * 32, "QUIETWORD_PUBLIC_URL": "https://line.example",
            "REDIS_URL": "redis://127.0.0.1:1/0", "TWILIO_ACCOUNT_SID": "AC0", "TWILIO_AUTH_TOKEN": "x",
            "QUIETWORD_VAR": str(tmp_path), "QUIETWORD_PORT": "18080", "QUIETWORD_CONSOLE_PORT": "18090",
            "QUIETWORD_INTERNAL_PORT": "19090"}  # fmt: skip
    result = quietword("run", **live)
    assert result.returncode == 1
    assert result.stderr.splitlines()[-1].endswith(b"things are not signed; `quietword launch-check` lists them")
    listed = quietword("launch-check")
    assert listed.returncode == 1
    assert result.stderr.splitlines()[-1].startswith(b"quietword: %d " % len(listed.stdout.splitlines()))
