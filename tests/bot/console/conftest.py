"""The console's app over a real Redis, and a worker at it."""

from __future__ import annotations

import re
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import httpx
import pytest
from pydantic import SecretStr
from redis.asyncio import Redis
from starlette.applications import Starlette

from bot.clock import SettableClock
from bot.console.app import create_app
from bot.console.sessions import Sessions
from bot.console.staff import Staff, add_staff
from bot.settings import Settings
from tests.bot.handoff.conftest import DATA, arrive, desk
from tests.conftest import SECRET

__all__ = ["arrive", "desk"]

PASSWORD = "correct horse battery"

CookieOf = Callable[[str], Awaitable[str]]


class Browser(httpx.AsyncClient):
    """A client that keeps the session's token, as the page does."""

    async def log_in(self, name: str = "duty", password: str = PASSWORD) -> httpx.Response:
        answer = await self.post("/login", data={"name": name, "password": password})
        if answer.status_code == 303:
            await self.take_token()
        return answer

    async def take_token(self) -> None:
        found = re.search(r'data-token="([^"]+)"', (await self.get("/")).text)
        assert found
        self.headers["x-desk-token"] = found[1]


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """As in a live installation, where the desk keeps its real hours."""
    return Settings.model_validate(
        {
            "mode": "live",
            "var": tmp_path,
            "data": DATA,
            "secret_key": SecretStr(SECRET.decode()),
            "public_url": "https://line.example.org",
            "redis_url": "redis://unused",
            "twilio_account_sid": "AC" + "0" * 32,
            "twilio_auth_token": "0" * 32,
        }
    )


@pytest.fixture(scope="session")
def staff_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two workers; made once, because a password hash takes its time."""
    var = tmp_path_factory.mktemp("staff")
    add_staff(var, "duty", "Maya", PASSWORD)
    add_staff(var, "second", "Ash", PASSWORD)
    return var / "staff.json"


@pytest.fixture
def app(settings: Settings, redis: Redis, clock: SettableClock, staff_file: Path) -> Starlette:
    shutil.copy(staff_file, settings.var)
    return create_app(settings, redis, clock)


@pytest.fixture
async def stranger(app: Starlette) -> AsyncIterator[Browser]:
    """A browser that nobody has logged in."""
    async with Browser(transport=httpx.ASGITransport(app), base_url="http://desk.test") as client:
        yield client


@pytest.fixture
def cookie_of(app: Starlette, settings: Settings, redis: Redis, clock: SettableClock) -> CookieOf:
    """The cookie of a new session, without the time that checking a password takes."""

    async def opened(name: str) -> str:
        staff = Staff(settings.var)
        worker = staff.get(name)
        assert worker
        return await Sessions(redis, clock, staff).open(worker)

    return opened


@pytest.fixture
async def worker(app: Starlette, cookie_of: CookieOf) -> AsyncIterator[Browser]:
    async with Browser(transport=httpx.ASGITransport(app), base_url="http://desk.test") as client:
        client.cookies.set("desk", await cookie_of("duty"), "desk.test")
        await client.take_token()
        yield client


@pytest.fixture
async def colleague(app: Starlette, cookie_of: CookieOf) -> AsyncIterator[Browser]:
    async with Browser(transport=httpx.ASGITransport(app), base_url="http://desk.test") as client:
        client.cookies.set("desk", await cookie_of("second"), "desk.test")
        await client.take_token()
        yield client
