"""Passwords, sessions, the lock."""

from __future__ import annotations

import asyncio
import stat
from datetime import timedelta
from pathlib import Path

import pytest
from redis.asyncio import Redis

from bot.clock import SettableClock
from bot.console import staff as staff_module
from bot.console.staff import Staff, StaffError, add_staff, mint_demo_login
from bot.settings import Settings
from tests.bot.console.conftest import PASSWORD, Browser

WRONG = "That name and password do not match."


async def test_the_cookie_is_for_this_site_and_no_script(stranger: Browser) -> None:
    answer = await stranger.log_in()
    cookie = answer.headers["set-cookie"]
    assert answer.headers["location"] == "/"
    assert {"HttpOnly", "SameSite=strict", "Path=/"} <= set(cookie.split("; "))
    assert "Secure" not in cookie


async def test_over_https_the_cookie_is_secure(stranger: Browser) -> None:
    answer = await stranger.post("https://desk.test/login", data={"name": "duty", "password": PASSWORD})
    assert "Secure" in answer.headers["set-cookie"].split("; ")


async def test_redis_holds_neither_cookie_nor_password_and_all_of_it_expires(worker: Browser, redis: Redis) -> None:
    cookie = worker.cookies["desk"]
    async for key in redis.scan_iter():
        assert await redis.ttl(key) > 0
        assert cookie.encode() not in key + await redis.dump(key)
        assert PASSWORD.encode() not in await redis.dump(key)


@pytest.mark.parametrize(
    ("name", "password"),
    [
        pytest.param("duty", "wrong", id="wrong password"),
        pytest.param("nobody", PASSWORD, id="unknown name"),
        pytest.param("duty", "", id="no password"),
        pytest.param("", PASSWORD, id="no name"),
        pytest.param("n" * 65, PASSWORD, id="over-long name"),
    ],
)
async def test_every_wrong_login_is_answered_alike(stranger: Browser, name: str, password: str) -> None:
    answer = await stranger.log_in(name, password)
    assert answer.status_code == 401
    assert WRONG in answer.text
    assert "set-cookie" not in answer.headers


class Counting:
    """The real hasher, counting."""

    def __init__(self) -> None:
        self.hasher, self.checked = staff_module._hasher, 0

    def verify(self, hash_: str, password: str) -> bool:
        self.checked += 1
        return self.hasher.verify(hash_, password)


async def test_an_unknown_name_costs_the_same_and_an_over_long_password_nothing(
    stranger: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    counting = Counting()
    monkeypatch.setattr(staff_module, "_hasher", counting)
    await stranger.log_in("nobody", "wrong")
    await stranger.log_in("duty", "wrong")
    assert counting.checked == 2
    assert (await stranger.log_in("duty", "x" * 257)).status_code == 401
    assert counting.checked == 2


async def test_five_tries_a_minute_for_each_name(stranger: Browser, clock: SettableClock) -> None:
    tries = await asyncio.gather(*(stranger.log_in("duty", "wrong") for _ in range(8)))
    assert sorted(answer.status_code for answer in tries) == [401] * 5 + [429] * 3
    assert (await stranger.log_in()).status_code == 429
    assert (await stranger.log_in("second")).status_code == 303, "another name is not held up"
    clock.advance(timedelta(minutes=1))
    assert (await stranger.log_in()).status_code == 303


async def test_a_new_login_is_a_new_session(stranger: Browser) -> None:
    await stranger.log_in()
    first = stranger.cookies["desk"]
    await stranger.log_in()
    assert stranger.cookies["desk"] != first


async def test_logout_ends_the_session_itself(worker: Browser) -> None:
    cookie = worker.cookies["desk"]
    assert (await worker.post("/logout")).status_code == 200
    worker.cookies.set("desk", cookie)
    assert (await worker.get("/api/queue")).status_code == 401


async def test_ten_idle_minutes_lock_the_desk_but_not_its_bell(worker: Browser, clock: SettableClock) -> None:
    clock.advance(timedelta(minutes=9))
    await worker.get("/api/queue")
    clock.advance(timedelta(minutes=1))
    shown = (await worker.get("/api/queue")).json()
    assert shown["locked"]
    assert "items" not in shown
    assert (shown["waiting"], shown["ring"]) == (0, "")
    assert (await worker.post("/api/here")).status_code == 423, "a press alone does not unlock"
    assert (await worker.post("/api/unlock", json={"password": "wrong"})).status_code == 403
    assert (await worker.post("/api/unlock", json={"password": PASSWORD})).status_code == 200
    assert not (await worker.get("/api/queue")).json()["locked"]


async def test_a_hand_on_the_desk_keeps_it_open_for_eight_hours_and_no_longer(
    worker: Browser, clock: SettableClock
) -> None:
    for _ in range(8 * 60 // 9):
        clock.advance(timedelta(minutes=9))
        assert (await worker.post("/api/here")).status_code == 200
    clock.advance(timedelta(minutes=9))
    assert (await worker.get("/api/queue")).status_code == 401
    assert (await worker.get("/")).headers["location"] == "/login"


async def test_unlocking_is_throttled_too(worker: Browser, clock: SettableClock) -> None:
    clock.advance(timedelta(minutes=10))
    tries = [(await worker.post("/api/unlock", json={"password": "wrong"})).status_code for _ in range(6)]
    assert tries == [403] * 5 + [429]


async def test_a_new_password_ends_old_sessions(worker: Browser, settings: Settings) -> None:
    add_staff(settings.var, "duty", "Maya", "another good password")
    assert (await worker.get("/api/queue")).status_code == 401


async def test_who_is_taken_off_the_list_is_out_at_once(worker: Browser, settings: Settings) -> None:
    (settings.var / "staff.json").write_text('{"staff": []}')
    assert (await worker.get("/api/queue")).status_code == 401


def test_the_staff_file_is_the_owners_alone(tmp_path: Path) -> None:
    add_staff(tmp_path / "var", "duty", "Maya", PASSWORD)
    file = tmp_path / "var" / "staff.json"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert PASSWORD not in file.read_text()
    assert "$argon2id$" in file.read_text()
    assert [path.name for path in file.parent.iterdir()] == ["staff.json"]


@pytest.mark.parametrize(
    ("name", "working_name", "password"),
    [
        ("", "Maya", PASSWORD),
        ("duty", "", PASSWORD),
        ("duty", "Maya", "short"),
        ("duty", "Maya", "x" * 257),
        ("n" * 65, "Maya", PASSWORD),
    ],
)
def test_an_entry_that_cannot_be_added_is_refused(tmp_path: Path, name: str, working_name: str, password: str) -> None:
    with pytest.raises(StaffError):
        add_staff(tmp_path, name, working_name, password)
    assert Staff(tmp_path).get(name) is None


@pytest.mark.parametrize("text", ["", "[]", '{"staff": [{}]}', '{"staff": [{"name": "duty"}]}', "\x00"])
def test_a_broken_staff_file_lets_nobody_in(tmp_path: Path, text: str) -> None:
    (tmp_path / "staff.json").write_text(text)
    with pytest.raises(StaffError, match=r"staff\.json cannot be read"):
        Staff(tmp_path).verify("duty", PASSWORD)


def test_the_demo_login_is_minted_once_and_works(tmp_path: Path) -> None:
    file = mint_demo_login(tmp_path)
    name, password = file.read_text().split()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert mint_demo_login(tmp_path).read_text() == f"{name} {password}\n"
    worker = Staff(tmp_path).verify(name, password)
    assert worker is not None
    assert worker.working_name == "Maya"


def test_a_demo_login_whose_file_is_lost_is_minted_anew(tmp_path: Path) -> None:
    first = mint_demo_login(tmp_path)
    before = first.read_text()
    first.unlink()
    assert mint_demo_login(tmp_path).read_text() != before
