"""`python -m bot.recognition.training.evaluate [held-out.jsonl]`: what is found in messages never trained on."""

import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from bot.recognition.names import CONCERNS, OTHER, REQUESTS, SOCIAL
from bot.recognition.recogniser import Recogniser
from bot.recognition.result import Recognition
from bot.recognition.training.dataset import Example, read_held_out

HELD_OUT = Path("tests/data/heldout.jsonl")

Pair = tuple[Example, Recognition]
Measure = tuple[str, Callable[[Example], bool], Callable[[Example, Recognition], bool]]

MEASURES: tuple[Measure, ...] = (
    ("disclosure found", lambda e: e.discloses, lambda e, r: r.kind == "disclosure"),
    ("danger now found", lambda e: e.danger is not None, lambda e, r: r.risk == "immediate"),
    ("right kind of danger", lambda e: e.danger is not None, lambda e, r: r.danger == e.danger),
    ("high risk or more found", lambda e: e.risk == "high", lambda e, r: r.risk in ("high", "immediate")),
    ("false disclosure, everyday talk", lambda e: e.intent == OTHER, lambda e, r: r.kind == "disclosure"),
    ("false danger, everyday talk", lambda e: e.intent == OTHER, lambda e, r: r.risk == "immediate"),
    ("false request, everyday talk", lambda e: e.intent == OTHER, lambda e, r: r.kind == "request"),
    ("false exit, all but exits", lambda e: "stop_or_exit" not in e.labels, lambda e, r: r.leaving),
    ("false disclosure, requests", lambda e: _only(e, REQUESTS), lambda e, r: r.kind == "disclosure"),
    ("false disclosure, small talk", lambda e: _only(e, SOCIAL), lambda e, r: r.kind == "disclosure"),
    ("false danger, all without danger", lambda e: e.danger is None, lambda e, r: r.risk == "immediate"),
    ("right concern first", lambda e: e.intent in CONCERNS, lambda e, r: _rank(e, r.concerns) == 0),
    ("a right concern first", lambda e: e.intent in CONCERNS, lambda e, r: _any_first(e, r)),
    ("right concern in first three", lambda e: e.intent in CONCERNS, lambda e, r: _rank(e, r.concerns) < 3),
    ("right request first", lambda e: e.intent in REQUESTS, lambda e, r: _rank(e, r.requests) == 0),
    ("right social act", lambda e: e.intent in SOCIAL, lambda e, r: r.social == e.intent),
)


def measure(pairs: Sequence[Pair]) -> dict[str, tuple[int, int]]:
    """Return for each measure how many of its messages it holds for, and of how many."""
    results = {}
    for name, applies, holds in MEASURES:
        chosen = [pair for pair in pairs if applies(pair[0])]
        results[name] = sum(holds(example, seen) for example, seen in chosen), len(chosen)
    return results


def evaluate(models: Path, data: Path, held_out: Path) -> dict[str, tuple[int, int]]:
    """Recognise every held-out message and measure the results."""
    recogniser = Recogniser.load(models, data)
    return measure([(example, recogniser.recognise(example.text)) for example in read_held_out(held_out)])


def _only(example: Example, names: Sequence[str]) -> bool:
    return example.intent in names and not example.discloses


def _rank(example: Example, ranked: Sequence[object]) -> int:
    names = [getattr(one, "name", None) for one in ranked]
    return names.index(example.intent) if example.intent in names else len(names) + 99


def _any_first(example: Example, seen: Recognition) -> bool:
    return bool(seen.concerns) and seen.concerns[0].name in example.labels


def main(arguments: Sequence[str]) -> int:
    """Print the table."""
    path = Path(arguments[0]) if arguments else HELD_OUT
    for name, (held, of) in evaluate(Path("models"), Path("data"), path).items():
        sys.stdout.write(f"{name:34} {held / max(of, 1):6.3f}  ({held}/{of})\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
