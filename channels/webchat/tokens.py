"""The address of a person on the web: a token that only the server can make, and that a browser tab keeps."""

from __future__ import annotations

import hmac
import secrets

from bot.privacy.pseudonyms import keyed_hash

_PURPOSE = "web-token"


def mint(secret: bytes) -> str:
    """A new token: 256 random bits and our mark, so that a token can be checked without keeping a list of them."""
    random = secrets.token_urlsafe(32)
    return f"{random}.{keyed_hash(secret, _PURPOSE, random)}"


def is_ours(secret: bytes, token: object) -> bool:
    """Whether we made this token. Nobody can choose the conversation that they write to."""
    if not (isinstance(token, str) and token.isascii() and len(token) < 128):
        return False
    random, _, mark = token.partition(".")
    return hmac.compare_digest(mark, keyed_hash(secret, _PURPOSE, random))
