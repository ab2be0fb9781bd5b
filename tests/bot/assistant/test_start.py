"""Rasa starts as it must or not at all: our store, loopback only, no telemetry, findable as `rasa run`."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.bot.assistant.running import READY_WITHIN, ROOT, Assistant, environment, launch
from tests.conftest import free_port

NOWHERE = "http://127.0.0.1:9/webhook"
LISTENING = "0A"
LOOPBACK = "0100007F"


def test_another_tracker_store_stops_the_start(tmp_path: Path, running: Assistant) -> None:
    """Rasa itself only warns about a store that it cannot load, and forgets everything from then on."""
    endpoints = (ROOT / "endpoints.yml").read_text()
    (tmp_path / "endpoints.yml").write_text(endpoints.replace("SealedTrackerStore", "SealdTrackerStore"))
    shutil.copy(ROOT / "credentials.yml", tmp_path)
    log = tmp_path / "log"
    process = launch(environment(running.redis_port, free_port(), NOWHERE), log, folder=tmp_path)
    assert process.wait(timeout=READY_WITHIN) == 1
    last = log.read_text().strip().splitlines()[-1]
    assert last == "rasa: Rasa would keep conversations in InMemoryTrackerStore: see tracker_store in endpoints.yml"


@pytest.mark.parametrize(
    ("change", "line"),
    [
        ({"REDIS_URL": ""}, "rasa: REDIS_URL is not set"),
        ({"QUIETWORD_SECRET_KEY": ""}, "rasa: QUIETWORD_SECRET_KEY is not set"),
        ({"QUIETWORD_ACTIONS_URL": ""}, "rasa: QUIETWORD_ACTIONS_URL is not set"),
        ({"QUIETWORD_RASA_PORT": "http"}, "rasa: QUIETWORD_RASA_PORT is not a port number"),
        ({"QUIETWORD_RASA_MODEL": "models/none"}, "rasa: there is no trained model: run `make train`"),
    ],
)
def test_what_is_missing_is_said_in_one_line(tmp_path: Path, change: dict[str, str], line: str) -> None:
    log = tmp_path / "log"
    process = launch(environment(6379, free_port(), NOWHERE) | change, log)
    assert process.wait(timeout=20) == 1
    assert log.read_text().splitlines() == [line]


def test_it_listens_on_loopback_only(running: Assistant) -> None:
    listening = []
    for table in ("tcp", "tcp6"):
        rows = Path(f"/proc/{running.process.pid}/net/{table}").read_text().splitlines()[1:]
        listening += [row.split()[1] for row in rows if row.split()[3] == LISTENING]
    assert [at for at in listening if at.endswith(f":{running.port:04X}")] == [f"{LOOPBACK}:{running.port:04X}"]


def test_telemetry_is_off(running: Assistant) -> None:
    assert running.http.get("/ready").json() == {"ready": True, "telemetry": False}


def test_its_command_line_says_rasa_run(running: Assistant) -> None:
    command = Path(f"/proc/{running.process.pid}/cmdline").read_bytes().replace(b"\0", b" ")
    assert b"rasa run" in command


def test_the_model_is_current_after_training(running: Assistant) -> None:
    """A second training finds nothing to do. The fixture has trained already."""
    done = subprocess.run(
        [ROOT / ".venv-rasa/bin/python", "-m", "bot.assistant.train"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
        timeout=5,
    )
    assert done.stderr == "rasa: the model is current\n"
