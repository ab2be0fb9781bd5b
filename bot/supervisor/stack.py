"""Starting programs and waiting until they answer; and the back half alone, for a replay or a test."""

from __future__ import annotations

import math
import tempfile
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from types import TracebackType

from bot.settings import Settings
from bot.supervisor import programs
from bot.supervisor.children import Child
from bot.supervisor.crew import Crew
from bot.supervisor.environment import children_environment
from bot.supervisor.errors import CannotStart
from bot.supervisor.minting import mint, private_folder
from bot.supervisor.programs import Places, choose_places
from bot.supervisor.stopping import pause

SLOWEST = 180.0
"""Seconds that a program may take until it answers. Rasa takes 13 to 23, up to 60 on a machine that is busy."""


def wait_ready(
    children: Iterable[Child],
    meanwhile: Callable[[], None],
    told: Callable[[Child], None],
    patience: float = math.inf,
) -> None:
    """Returns when each has answered; calls `told` as each does, and `meanwhile` over and over, which does the waiting.

    Raises `CannotStart` when one of them has not answered after `patience` seconds.
    """
    waiting, until = list(children), time.monotonic() + patience
    while waiting:
        for child in [c for c in waiting if c.is_ready()]:
            waiting.remove(child)
            told(child)
        if waiting and time.monotonic() > until:
            raise CannotStart(f"{waiting[0].program.name} does not answer ({waiting[0].why()})")
        meanwhile()


class BackStack:
    """Context: a Redis of its own, actions and Rasa, on free ports with a temporary folder. Ready on entry.

    What it needs of the settings is mode, data and models; a configured Redis is left alone. Enter it in the main
    thread: children end with the thread that started them. Raises `CannotStart`.
    """

    redis_url: str
    rasa_url: str
    actions_url: str
    secret: bytes
    """What its Rasa seals with: the lanes that use this stack take the same."""
    var: Path

    def __init__(self, settings: Settings) -> None:
        self._given = settings

    def __enter__(self) -> BackStack:
        self._folder = tempfile.TemporaryDirectory(prefix="quietword-")
        self.var = private_folder(Path(self._folder.name))
        settings = self._given.model_copy(
            update={"var": self.var, "redis_url": None, "secret_key": None, "mode": "demo"}
        )
        password = mint(self.var, "redis-password")
        places = choose_places(settings, password)
        environ = children_environment(settings, places)
        self.redis_url, self.rasa_url, self.actions_url = places.redis_url, places.rasa_url, places.actions_url
        self.secret = environ["QUIETWORD_SECRET_KEY"].encode()
        self._crew = Crew(environ, private_folder(self.var / "logs"), say=lambda line: None)
        try:
            self._start(places, password)
        except BaseException:
            self.__exit__(None, None, None)
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._crew.stop()
        self._folder.cleanup()

    def _start(self, places: Places, password: str) -> None:
        self._crew.start(programs.redis(self.var, places, password))
        self._crew.start(programs.actions(places))
        self._crew.start(programs.rasa(places))
        wait_ready(self._crew.children, self._none_has_ended, lambda child: None, SLOWEST)

    def _none_has_ended(self) -> None:
        """A stack that lives for one command is not mended: it fails."""
        for child in self._crew.children:
            if child.ended() is not None:
                raise CannotStart(
                    f"{child.program.name} ended ({child.why()}): is there a model? `make setup` trains it"
                )
        pause()
