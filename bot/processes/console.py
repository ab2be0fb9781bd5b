"""The console's process: one listener on loopback, no access log."""

from __future__ import annotations

import socket

import uvicorn
from redis.asyncio import Redis
from starlette.applications import Starlette

from bot.clock import SystemClock
from bot.console.app import create_app
from bot.console.staff import mint_demo_login
from bot.settings import Settings, SettingsError

HOST = "127.0.0.1"


class ConsoleServer(uvicorn.Server):
    """Ends the live lines before it waits for open requests: a page's line would never end by itself."""

    def __init__(self, app: Starlette, port: int) -> None:
        self._app = app
        super().__init__(
            uvicorn.Config(
                app,
                host=HOST,
                port=port,
                access_log=False,
                log_config=None,
                log_level="warning",
                server_header=False,
                timeout_graceful_shutdown=5,
            )
        )

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._app.state.closing = True
        await super().shutdown(sockets)


def main(settings: Settings) -> None:
    """Entry of `quietword serve console`: until SIGTERM or SIGINT.

    In demo mode a login is minted on the first start (`var/demo-login.txt`).
    """
    if settings.redis_url is None:
        raise SettingsError("REDIS_URL is not set")
    if settings.mode == "demo":
        mint_demo_login(settings.var)
    redis = Redis.from_url(settings.redis_url.get_secret_value())
    ConsoleServer(create_app(settings, redis, SystemClock()), settings.console_port).run()
