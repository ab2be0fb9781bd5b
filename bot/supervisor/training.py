"""Training what is not trained for the data as it is now: recognition, then the dialogue."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

from bot.settings import Settings
from bot.supervisor.children import Child, Program
from bot.supervisor.errors import CannotStart
from bot.supervisor.minting import private_folder
from bot.supervisor.programs import ASSISTANT_PYTHON, POLITE
from bot.supervisor.progress import Step, say
from bot.supervisor.stopping import pause

AT_ONCE = 1.0
"""Seconds. A training that has ended by then had nothing to do, and nothing is printed."""


def train(settings: Settings) -> int:
    """`quietword train`. Gives the exit status."""
    try:
        train_what_is_not_current(settings, pause)
    except CannotStart as error:
        say(f"quietword: {error}")
        return 1
    return 0


def train_what_is_not_current(settings: Settings, wait: Callable[[], object]) -> None:
    """Trains each model that was not made from its data as they are now; costs little if there is none.

    Each in a process of its own, which steps back for others and ends when `wait` raises. Raises `CannotStart`.
    """
    from bot.recognition.training.manifest import is_current

    models, data = str(settings.models.resolve()), str(settings.data.resolve())
    recognition = (sys.executable, "-m", "bot.supervisor.recognition", models, data)
    dialogue = (str(ASSISTANT_PYTHON), "-m", "bot.assistant.train")  # does nothing if its model is current
    step: Step | None = None
    if not is_current(settings.models, settings.data):
        step = work("train-recognition", recognition, settings.var, wait, step)
    step = work("train-dialogue", dialogue, settings.var, wait, step)
    if step:
        step.done()


def work(name: str, command: tuple[str, ...], var: Path, wait: Callable[[], object], step: Step | None) -> Step | None:
    """Runs one training to its end. Gives the step under which it shows itself, once it has one."""
    environ = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
    child = Child(
        Program(name, command, lambda log: True, POLITE), environ, private_folder(private_folder(var) / "logs")
    )
    began = time.monotonic()
    child.start()
    try:
        while child.ended() is None:
            wait()
            if step is None and time.monotonic() - began > AT_ONCE:
                step = Step(4)
            if step:
                step.tick(child.how_far())
    finally:
        child.stop()
    if child.ended() != 0:
        raise CannotStart(f"training failed: {child.why()}; see {child.log}")
    return step
