"""Sealing of everything personal that is kept: AES-256-GCM, the key never in Redis.

The context (the Redis key that the value lies under) is authenticated with it, so that a sealed value
moved to another person's key does not open.
"""

from __future__ import annotations

import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

_NONCE = 12
_VERSION = b"\x01"


class SealBroken(Exception):
    """The value was not sealed with this key for this place, or was changed. Says nothing of its content."""


def derive(secret: bytes, purpose: str) -> bytes:
    """A 32-byte key for one purpose, from the one secret of the installation."""
    return HKDF(algorithm=hashes.SHA256(), length=32, salt=None, info=b"quietword:" + purpose.encode()).derive(secret)


class Sealer:
    """Seals and opens bytes. Takes the installation's secret."""

    def __init__(self, secret: bytes) -> None:
        self._aead = AESGCM(derive(secret, "seal"))

    def seal(self, plain: bytes, context: str) -> bytes:
        """Gives version + nonce + ciphertext, bound to `context`."""
        nonce = os.urandom(_NONCE)
        return _VERSION + nonce + self._aead.encrypt(nonce, plain, context.encode())

    def open(self, sealed: bytes, context: str) -> bytes:
        """Gives the plain bytes back; raises `SealBroken`."""
        if sealed[:1] != _VERSION:
            raise SealBroken("unknown seal version")
        nonce, body = sealed[1 : 1 + _NONCE], sealed[1 + _NONCE :]
        try:
            return self._aead.decrypt(nonce, body, context.encode())
        except (InvalidTag, ValueError):
            raise SealBroken("seal does not open") from None
