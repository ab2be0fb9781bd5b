"""`python -m bot.recognition.training.guard`: rewrites `data/screen/common.txt`, the guard list of the safety screen.

The screen mends slips towards its own words. An ordinary word that is one slip from one of them ("therapist",
"cancelled") must stay what it is. Ordinary words are those that the encoder's vocabulary holds whole.
"""

import json
import sys
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from bot.recognition.canonical import Canonical
from bot.recognition.patterns import load_patterns, load_spellings
from bot.recognition.screen import vocabulary
from bot.recognition.training import weights

FILE = "screen/common.txt"
_SHORTEST = 4
_HEADER = "# Ordinary words that the screen would mend into one of its own. Made by bot.recognition.training.guard."


def guarded(data: Path, words: Iterable[str]) -> list[str]:
    """Return those of the words that the screen would change if there were no guard list."""
    spellings = replace(load_spellings(data), common=frozenset())
    patterns = load_patterns(data, Canonical(spellings))
    canonical = Canonical(spellings, vocabulary(patterns, spellings))
    plain = (word for word in words if word not in spellings.words and word not in spellings.fillers)
    return sorted(word for word in plain if canonical.unjoined(word) != [word])


def ordinary_words() -> list[str]:
    """Return the whole words of the encoder's vocabulary."""
    tokenizer = json.loads((weights.folder() / "tokenizer.json").read_text(encoding="utf-8"))
    vocabulary = tokenizer["model"]["vocab"]
    return [word for word in vocabulary if word.isascii() and word.isalpha() and len(word) >= _SHORTEST]


def main(data: Path = Path("data")) -> int:
    """Write the list."""
    words = guarded(data, ordinary_words())
    (data / FILE).write_text("\n".join((_HEADER, *words)) + "\n", encoding="utf-8")
    sys.stderr.write(f"{FILE}: {len(words)} words\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
