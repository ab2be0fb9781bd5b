"""An address (number, chat id, web session) becomes a keyed hash; past the edge nothing else is used."""

from __future__ import annotations

import base64
import hashlib
import hmac

from bot.privacy.sealing import derive

LANE_LENGTH = 26


def keyed_hash(secret: bytes, purpose: str, value: str) -> str:
    """130 bits of HMAC-SHA-256 in base32, lower case. Not reversible without the secret."""
    digest = hmac.new(derive(secret, purpose), value.encode(), hashlib.sha256).digest()
    return base64.b32encode(digest).decode().lower()[:LANE_LENGTH]


def lane_id(secret: bytes, channel: str, address: str) -> str:
    """The lane of one address on one channel, as `channel-hash`. A number on two channels is two people to us."""
    return f"{channel}-{keyed_hash(secret, 'lane', f'{channel}:{address}')}"


def lane_channel(lane: str) -> str:
    """The channel that a lane belongs to."""
    return lane.partition("-")[0]
