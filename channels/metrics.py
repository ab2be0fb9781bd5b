"""Counts without content: how many messages, never whose or what. Read on the internal listener."""

from __future__ import annotations

import os

from prometheus_client import REGISTRY, CollectorRegistry, Counter
from prometheus_client.multiprocess import MultiProcessCollector

MESSAGES_IN = Counter("quietword_messages_in", "Messages that arrived.", ["channel", "receipt"])
MESSAGES_OUT = Counter("quietword_messages_out", "Replies handed over, by how it ended.", ["channel", "outcome"])
DELIVERIES = Counter("quietword_deliveries", "Delivery states that providers reported.", ["state"])
REFUSED = Counter("quietword_refused", "Requests that were refused.", ["why"])


def registry() -> CollectorRegistry:
    """What `/metrics` shows: this process, or all processes where they share `PROMETHEUS_MULTIPROC_DIR`."""
    if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
        return REGISTRY
    shared = CollectorRegistry()
    MultiProcessCollector(shared)  # type: ignore[no-untyped-call]
    return shared
