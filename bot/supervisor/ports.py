"""Loopback ports: the three that are promised, and free ones for what only we talk to."""

from __future__ import annotations

import random
import socket

from bot.settings import Settings
from bot.supervisor.errors import CannotStart

LOOPBACK = "127.0.0.1"


OURS = range(20000, 30000)
"""Below those that Linux gives to outgoing connections: one of them could take the port before Rasa has started."""


def free_ports(count: int) -> list[int]:
    """Different ports, each free a moment ago."""
    found: list[int] = []
    for port in random.sample(OURS, len(OURS)):
        if len(found) == count:
            return found
        if is_free(port):
            found.append(port)
    raise CannotStart(f"there are no {count} free ports between {OURS.start} and {OURS.stop}")


def is_free(port: int) -> bool:
    """Whether it could be bound now."""
    with socket.socket() as s:
        s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # a connection that has ended takes no port
        try:
            s.bind((LOOPBACK, port))
        except OSError:
            return False
        return True


def check_free(settings: Settings) -> None:
    """Raises `CannotStart`, naming the port and the setting that moves it, if one of the promised ports is taken."""
    for port, what, name in (
        (settings.port, "the gateway", "QUIETWORD_PORT"),
        (settings.console_port, "the console", "QUIETWORD_CONSOLE_PORT"),
        (settings.internal_port, "metrics", "QUIETWORD_INTERNAL_PORT"),
    ):
        if not is_free(port):
            raise CannotStart(f"port {port}, for {what}, is taken: end what uses it or set {name}")
