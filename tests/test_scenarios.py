"""Whole conversations through the real lane, Rasa and actions: what must be said, and what must never be."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parent.parent
SCENARIOS = [
    json.loads(line)
    for path in sorted((ROOT / "tests/scenarios").glob("*.jsonl"))
    for line in path.read_text().splitlines()
]
QUIETWORD = str(Path(sys.executable).with_name("quietword"))


@pytest.fixture(scope="module")
def transcripts() -> dict[str, Any]:
    """All scenarios in one replay: Rasa starts once."""
    lines = [json.dumps({k: v for k, v in scenario.items() if k != "expect"}) for scenario in SCENARIOS]
    result = subprocess.run(
        [QUIETWORD, "replay"], input="\n".join(lines).encode(), capture_output=True, cwd=ROOT, timeout=400, check=False
    )
    assert result.returncode == 0, result.stderr.decode()[-2000:]
    played = [json.loads(line) for line in result.stdout.splitlines()]
    return {transcript["id"]: transcript for transcript in played}


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: str(scenario["id"]))
def test_a_conversation(transcripts: dict[str, Any], scenario: dict[str, Any]) -> None:
    turns = transcripts[scenario["id"]]["turns"]
    assert len(turns) == len(scenario["expect"]) == len(scenario["turns"])
    for number, (turn, expected) in enumerate(zip(turns, scenario["expect"], strict=True), start=1):
        said = "\n".join(reply["text"] for reply in turn["out"])
        shown = said + "\n".join(choice["title"] for reply in turn["out"] for choice in reply["choices"])
        for part in expected.get("says", []):
            assert part in said, f"turn {number}"
        for part in expected.get("never", []):
            assert part not in shown, f"turn {number}"
        if expected.get("silent"):
            assert turn["out"] == [], f"turn {number}"
        for name in ("handoff", "state"):
            if name in expected:
                assert turn[name] == expected[name], f"turn {number}"
