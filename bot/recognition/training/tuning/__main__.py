"""`python -m bot.recognition.training.tuning` (`make encoder`): trains the encoder, keeps it in `models/encoder/`."""

import sys
import time
from collections.abc import Sequence
from pathlib import Path

from tokenizers import Tokenizer

from bot.recognition.encoder import MAX_TOKENS
from bot.recognition.features import plain_words
from bot.recognition.patterns import load_spellings
from bot.recognition.training import dataset, kept, weights
from bot.recognition.training.tuning.tune import Recipe, tune


def main(models: Path = Path("models"), data: Path = Path("data")) -> int:
    """Train on every batch but those that set the limits; how far it is goes to stderr."""
    examples = [example for example in dataset.read(data) if not example.sets_limits]
    began, words = time.monotonic(), load_spellings(data).words
    tokenizer = Tokenizer.from_file(str(weights.folder() / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.enable_truncation(MAX_TOKENS)

    def tokens(texts: Sequence[str]) -> list[list[int]]:
        return [one.ids for one in tokenizer.encode_batch([plain_words(text, words) for text in texts])]

    def say(what: str, share: float) -> None:
        sys.stderr.write(f"encoder: {what} ({share:.0%}, {time.monotonic() - began:.0f} s)\n")

    layers = tune(examples, weights.load(), tokens, Recipe(), say)
    kept.save(models, layers, {example.batch for example in examples}, len(examples))
    return 0


if __name__ == "__main__":
    sys.exit(main())
