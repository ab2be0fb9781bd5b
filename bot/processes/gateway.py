"""The gateway process: the listener that faces the internet, and a second one on loopback with `/metrics`.

It imports little, so that it takes and keeps messages a second or two after the start; the safety screen comes later.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from pathlib import Path

import uvicorn
from prometheus_client import start_http_server
from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from starlette.applications import Starlette

from bot.clock import Clock, SystemClock
from bot.conversation.arrival import Arrivals, never
from bot.conversation.exits import Exits
from bot.conversation.lane import LaneStore
from bot.conversation.outbox import Outbox
from bot.handoff.desk import HandoffDesk
from bot.safety.wording import Wording
from bot.settings import Settings, SettingsError
from channels.gateway import Parts, build
from channels.metrics import registry
from channels.webchat.frames import Words
from channels.webchat.session import Window

log = logging.getLogger(__name__)

HOST = "127.0.0.1"
MOST_FRAME = 1024 * 1024
"""Bytes of one websocket frame. What is longer than a message may be still gets an answer in words up to here."""
REDIS_PATIENCE = 2.0
"""Seconds for one answer of Redis; then the provider gets a 503 and tries again."""


class LateScreen:
    """The safety screen as soon as it is there; until then nothing is danger. Only for words beside the safe word."""

    def __init__(self) -> None:
        self._reads: Callable[[str], bool] = never

    def __call__(self, text: str) -> bool:
        return self._reads(text)

    def load(self, data: Path) -> None:
        from bot.recognition.screen import Screen

        screen = Screen.load(data)
        self._reads = lambda text: screen.read(text).danger is not None


def create_app(
    settings: Settings,
    redis: Redis,
    clock: Clock,
    desk: Window | None = None,
    is_danger: Callable[[str], bool] = never,
) -> Starlette:
    """The gateway's app on one Redis and one clock. Reads the wording and the rota; raises their errors."""
    lanes = LaneStore(redis, settings.secret, clock)
    wording = Wording.load(settings.data, "web")

    def words(key: str) -> str:
        return wording.say(f"error.{key}", web=True).text

    return build(
        Parts(
            settings=settings,
            redis=redis,
            clock=clock,
            lanes=lanes,
            arrivals=Arrivals(lanes, Exits(settings.safe_word), is_danger),
            outbox=Outbox(lanes),
            desk=desk or HandoffDesk.load(lanes, settings.data, demo=settings.mode == "demo"),
            words=Words(words("unreadable"), words("too_long"), words("not_sent"), words("place")),
        )
    )


def server(app: Starlette, port: int) -> uvicorn.Server:
    """A server on loopback that writes nobody's address into a log."""
    return uvicorn.Server(
        uvicorn.Config(
            app,
            host=HOST,
            port=port,
            access_log=False,
            log_config=None,
            log_level="warning",  # at "info" each websocket is logged with the address that it came from
            server_header=False,
            proxy_headers=False,
            ws="websockets-sansio",
            ws_max_size=MOST_FRAME,
            timeout_graceful_shutdown=5,
        )
    )


def main(settings: Settings) -> None:
    """Entry of `quietword serve gateway`: until SIGTERM or SIGINT."""
    if settings.redis_url is None:
        raise SettingsError("REDIS_URL is not set")
    redis = Redis.from_url(
        settings.redis_url.get_secret_value(),
        socket_timeout=REDIS_PATIENCE,
        socket_connect_timeout=REDIS_PATIENCE,
        retry=Retry(NoBackoff(), 1),
    )
    screen = LateScreen()
    listener = server(create_app(settings, redis, SystemClock(), is_danger=screen), settings.port)

    def load_screen() -> None:
        while not listener.started:
            time.sleep(0.05)
        try:
            screen.load(settings.data)
        except Exception as error:  # messages are taken all the same; `quietword check` names the file
            log.error("gateway: no safety screen (%s)", type(error).__name__)

    threading.Thread(target=load_screen, daemon=True).start()
    start_http_server(settings.internal_port, HOST, registry())
    listener.run()
