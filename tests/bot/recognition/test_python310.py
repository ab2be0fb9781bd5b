"""Inside Rasa, on Python 3.10 with 2022's libraries, the same model says the same."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

from bot.recognition.recogniser import Recogniser
from tests.bot.recognition.conftest import DATA, ROOT

TEXTS = ["hes outside and i cant talk", "is there anywhere safe near kingston station", "my feet are killing me", "gtg"]
CODE = """
import json, sys
from pathlib import Path
from bot.recognition.recogniser import Recogniser
recogniser = Recogniser.load(Path(sys.argv[1]), Path(sys.argv[2]))
print(json.dumps([recogniser.recognise(text).as_metadata() for text in json.loads(sys.argv[3])]))
print(sys.version_info[:2] == (3, 10), any(name.startswith("tensorflow") for name in sys.modules))
"""


def test_it_runs_beside_rasa(models: Path, recogniser: Recogniser) -> None:
    python = ROOT / ".venv-rasa" / "bin" / "python"
    command = [str(python), "-c", CODE, str(models), str(DATA), json.dumps(TEXTS)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, capture_output=True, text=True, env=environment, cwd=ROOT, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    said, loaded = done.stdout.splitlines()
    there = json.loads(said)
    here = [recogniser.recognise(text).as_metadata() for text in TEXTS]
    for one, other in zip(there, here, strict=True):
        assert one.pop("confidence") - other.pop("confidence") < 0.1
        assert one == other
    assert loaded == "True False"
