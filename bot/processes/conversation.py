"""The conversation process: runs the lanes and sends replies to phones. Everything it needs is put together here."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import signal
from pathlib import Path

import httpx
from redis.asyncio import Redis

from bot.clock import Clock, SystemClock
from bot.conversation.dialogue import Dialogue
from bot.conversation.exits import Exits
from bot.conversation.lane import LaneStore
from bot.conversation.outbox import Outbox
from bot.conversation.probes import Probes
from bot.conversation.runner import Runner
from bot.conversation.speaking import Speaker
from bot.conversation.turn import Turns
from bot.directory.directory import Directory
from bot.handoff.desk import HandoffDesk
from bot.handoff.rota import Rota
from bot.processes.places import NearestPlaces
from bot.recognition.recogniser import Recogniser
from bot.safety.wording import Wording
from bot.settings import Settings, SettingsError
from channels.courier import Courier
from channels.senders import senders

log = logging.getLogger(__name__)


class Room:
    """One conversation room: lanes, turns and desk on one Redis and one clock. A replay builds many."""

    def __init__(
        self, redis: Redis, secret: bytes, clock: Clock, shared: Shared, client: httpx.AsyncClient, rasa_url: str
    ) -> None:
        self.lanes = LaneStore(redis, secret, clock)
        self.desk = HandoffDesk(self.lanes, shared.rota, shared.worker_wording)
        self.outbox = Outbox(self.lanes)
        speaker = Speaker(Dialogue(rasa_url, client), shared.places)
        turns = Turns(
            self.lanes,
            shared.recogniser,
            shared.wording,
            shared.probes,
            shared.exits,
            speaker,
            self.desk,
            clock,
            shared.word,
        )
        self.runner = Runner(self.lanes, turns, shared.recogniser, shared.wording, self.desk)


class Shared:
    """What is read from files once: recognition, words, directory, rota. Raises their errors."""

    def __init__(self, data: Path, models: Path, word: str, *, demo: bool = False) -> None:
        self.word = word
        self.recogniser = Recogniser.load(models, data)
        self.wording = Wording.load(data)
        self.worker_wording = Wording.load(data, "worker")
        self.probes = Probes.load(data)
        self.exits = Exits(word)
        self.rota = Rota.load(data, demo=demo)
        self.places = NearestPlaces(Directory.load(data))

    def is_danger(self, text: str) -> bool:
        """Whether a text tells of danger now."""
        return self.recogniser.recognise(text).risk == "immediate"


async def serve(settings: Settings) -> None:
    """Runs until SIGTERM or SIGINT."""
    if settings.redis_url is None:
        raise SettingsError("REDIS_URL is not set")
    shared = Shared(settings.data, settings.models, settings.safe_word, demo=settings.mode == "demo")
    redis = Redis.from_url(settings.redis_url.get_secret_value())
    async with httpx.AsyncClient() as client:
        room = Room(redis, settings.secret, SystemClock(), shared, client, settings.rasa_url)
        courier = Courier(room.outbox, senders(settings))
        tasks = [asyncio.create_task(room.runner.run()), asyncio.create_task(courier.run())]
        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(number, lambda: [t.cancel() for t in tasks])
        log.info("conversation ready")
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.gather(*tasks)
    await redis.aclose()


def main(settings: Settings) -> None:
    """Entry of `quietword serve conversation`."""
    asyncio.run(serve(settings))
