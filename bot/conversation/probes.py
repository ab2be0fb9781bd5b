"""Somebody may have picked up her phone and asks who is there. The answer is innocuous in every state."""

from __future__ import annotations

from pathlib import Path

import yaml

from bot.conversation.answers import plain


class Probes:
    """The phrases of `data/probes.yml`."""

    def __init__(self, contains: list[str], whole: list[str]) -> None:
        self._contains = [f" {phrase} " for phrase in contains]
        self._whole = frozenset(whole)

    @classmethod
    def load(cls, data: Path) -> Probes:
        raw = yaml.safe_load((data / "probes.yml").read_text(encoding="utf-8"))
        return cls(raw["contains"], raw["whole"])

    def met(self, text: str) -> bool:
        """Whether the text asks who is there, or after what she said."""
        said = plain(text)
        words = f" {' '.join(''.join(c if c.isalnum() else ' ' for c in said).split())} "
        return words.strip() in self._whole or any(phrase in words for phrase in self._contains)
