"""Measures the trained recogniser and its rivals on the held-out messages: `make evaluate`."""

import json
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import numpy.typing as npt
import onnx

from bot.recognition.encoder import Encoder
from bot.recognition.features import Reader
from bot.recognition.heads import DANGER, DISCLOSURE
from bot.recognition.names import CONCERNS, OTHER
from bot.recognition.patterns import load_spellings
from bot.recognition.recogniser import Recogniser
from bot.recognition.training import dataset, graph, weights
from bot.recognition.training.build import copy_tokenizer, read_all
from bot.recognition.training.dataset import Example
from bot.recognition.training.evaluation import page, pictures, rivals
from bot.recognition.training.evaluation.measures import Seen, Share, measure
from bot.recognition.training.fit import FalseAlarms
from bot.recognition.training.targets import NAMES

HELD_OUT = Path("tests/data/heldout.jsonl")
DIET = Path("var/diet.jsonl")
"""What Rasa's default pipeline said, one JSON line a message, if `scripts/diet.py` has been run."""
OURS = "MiniLM trained to the task, with the screen"

Say = Callable[[str], object]


def main(models: Path = Path("models"), data: Path = Path("data"), docs: Path = Path("docs")) -> int:
    """Write the page and its pictures; how far it is goes to stderr."""
    held = dataset.read_held_out(HELD_OUT)
    examples = dataset.read(data)
    train = [example for example in examples if not example.sets_limits]
    limits = [example for example in examples if example.sets_limits]
    tables: dict[str, dict[str, Share]] = {}
    curves: dict[str, rivals.Scores] = {}
    recogniser = Recogniser.load(models, data)
    _say(f"{OURS}: {len(held)} messages")
    found = [recogniser.recognise(example.text) for example in held]
    seen = [Seen.of(one) for one in found]
    tables[OURS] = measure(held, seen)
    confident = [recogniser.confidences(example.text) for example in held]
    curves[OURS] = np.asarray([[one.get(name, 0.0) for name in NAMES] for one in confident])
    for name, rows in _rival_rows(train, [*limits, *held], data):
        _say(name)
        scores = rivals.linear(rows[0], train, rows[1])
        unseen, scores = scores[: len(limits)], scores[len(limits) :]
        tables[name] = measure(held, rivals.seen_with(scores, unseen, limits, FalseAlarms()))
        curves[name] = scores
    if DIET.exists():
        tables["Rasa's default (DIET)"] = measure(held, _diet(DIET, len(held)))
    _draw(held, seen, curves, docs / "img")
    page.write(docs / "recognition.md", page.table(tables))
    sys.stdout.write(page.table({OURS: tables[OURS]}) + "\n")
    return 0


def _rival_rows(
    train: Sequence[Example], others: Sequence[Example], data: Path
) -> "list[tuple[str, tuple[object, object]]]":
    texts, other = [one.text for one in train], [one.text for one in others]
    with TemporaryDirectory() as scratch:
        folder = Path(scratch)
        onnx.save(graph.build(weights.load()), folder / "encoder.onnx")
        copy_tokenizer(folder)
        reader = Reader(Encoder(folder), load_spellings(data).words)
        vectors = np.stack(
            list(read_all(reader, [*texts, *other], lambda what, share: _say(f"published encoder {share:.0%}")))
        )
    frozen = vectors[: len(texts)], vectors[len(texts) :]
    return [("n-grams, linear", rivals.n_grams(texts, other)), ("MiniLM as published, linear", frozen)]


def _draw(held: Sequence[Example], seen: Sequence[Seen], curves: dict[str, rivals.Scores], folder: Path) -> None:
    pairs = [(e.intent, (*s.concerns, "")[0]) for e, s in zip(held, seen, strict=True) if e.intent in CONCERNS]
    pictures.confusion(pairs, folder / "recognition-confusion.png")
    everyday = np.asarray([example.intent == OTHER for example in held], bool)
    truth: dict[str, npt.NDArray[np.bool_]] = {
        DISCLOSURE: np.asarray([example.discloses for example in held], bool),
        DANGER: np.asarray([example.danger is not None for example in held], bool),
    }
    for name, title in ((DISCLOSURE, "Disclosures"), (DANGER, "Danger now, without the screen")):
        at = NAMES.index(name)
        lines = {model: (scores[truth[name], at], scores[everyday, at]) for model, scores in curves.items()}
        pictures.recall(lines, title, folder / f"recognition-recall-{name}.png")
    ours = {name: (curves[OURS][:, NAMES.index(name)], truth[name]) for name in (DISCLOSURE, DANGER)}
    pictures.calibration(ours, folder / "recognition-calibration.png")


def _diet(path: Path, messages: int) -> list[Seen]:
    ranked = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    if len(ranked) != messages:
        raise ValueError(f"{path}: {len(ranked)} lines for {messages} messages: run scripts/diet.py again")
    return [Seen.of_intents(names) for names in ranked]


def _say(what: str) -> None:
    sys.stderr.write(f"evaluate: {what}\n")


if __name__ == "__main__":
    sys.exit(main())
