"""Whether a program answers yet. Each probe gives False, never an error, while it does not."""

from __future__ import annotations

import http.client
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

TIMEOUT = 1.0
"""Seconds for one try."""

Probe = Callable[[Path], bool]


def http_ok(url: str) -> Probe:
    """A GET on loopback that is answered with 200."""
    parts = urlsplit(url)

    def probe(log: Path) -> bool:
        connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=TIMEOUT)
        try:
            connection.request("GET", parts.path)
            return connection.getresponse().status == 200
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()

    return probe


def log_says(words: str) -> Probe:
    """For a program with no address: its own line in its log, which is new with each start."""

    def probe(log: Path) -> bool:
        return log.exists() and words in log.read_text(errors="replace")

    return probe


def redis_answers(url: str) -> Probe:
    """A PING that Redis answers: it is up and has read its file."""

    def probe(log: Path) -> bool:
        # Imported late: the other programs start meanwhile
        from redis import Redis
        from redis.exceptions import RedisError

        with Redis.from_url(url, socket_timeout=TIMEOUT, socket_connect_timeout=TIMEOUT) as client:
            try:
                return bool(client.ping())
            except RedisError:
                return False

    return probe
