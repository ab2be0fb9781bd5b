"""Whatever Rasa and its libraries put into logs, warnings and tracebacks, no words come out."""

from __future__ import annotations

import subprocess

from tests.bot.assistant.running import PYTHON, ROOT

PROGRAM = """
import logging, warnings
import structlog
from bot.assistant.logs import quiet_logs

early = structlog.get_logger("rasa.shared")
quiet_logs()
logging.getLogger("rasa.core.agent").error("could not parse %s", "canary")
logging.getLogger("rasa.core.agent").debug("canary")
logging.getLogger("sanic.error").warning("canary")
early.error("message.failed", user_text="canary")
structlog.get_logger().warning("canary", user_text="canary")
warnings.warn("Failed to parse arguments in line canary")
try:
    int("canary")
except ValueError:
    logging.getLogger("rasa.core.processor").exception("canary")
    logging.getLogger("bot.assistant.channel").error("a turn failed (%s)", "ValueError")
raise RuntimeError("canary")
"""


def test_only_the_place_and_the_kind_of_what_happened_are_printed() -> None:
    done = subprocess.run([PYTHON, "-c", PROGRAM], cwd=ROOT, capture_output=True, text=True, timeout=30)
    assert done.returncode == 1
    assert "canary" not in done.stdout + done.stderr
    lines = done.stderr.splitlines()
    assert lines[0].startswith("ERROR rasa.core.agent: line ")
    assert "ERROR rasa.core.processor: line 17 of <string> (ValueError)" in lines
    assert "ERROR bot.assistant.channel: a turn failed (ValueError)" in lines
    assert lines[-1] == "CRITICAL bot.assistant: ended by RuntimeError"
