"""A value that never shows itself by accident: in a log line, a traceback, an f-string, a test report."""

from __future__ import annotations

MASK = "•••"


class Private:
    """Holds one personal text (words, a number, an address of a chat). `reveal()` is the only way to read it."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        """The value itself. Call it at the last moment, where it is used."""
        return self._value

    def __repr__(self) -> str:
        return f"Private({MASK})"

    def __str__(self) -> str:
        return MASK

    def __format__(self, spec: str) -> str:
        return MASK

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Private) and other._value == self._value

    def __hash__(self) -> int:
        return hash((Private, self._value))

    def __bool__(self) -> bool:
        return bool(self._value)
