"""Writes the table into `docs/recognition.md`, between two marks; the prose around it is written by hand."""

from collections.abc import Mapping
from pathlib import Path

from bot.recognition.training.evaluation.measures import MEASURES, Share

BEGIN, END = "<!-- measured: begin -->", "<!-- measured: end -->"


def table(models: Mapping[str, Mapping[str, Share]]) -> str:
    """Return one row a measure and one column a model, as Markdown."""
    rows = [f"| | {' | '.join(models)} |", "|---|" + "---|" * len(models)]
    for name in MEASURES:
        cells = " | ".join(_cell(shares.get(name)) for shares in models.values())
        rows.append(f"| {name} | {cells} |")
    return "\n".join(rows)


def write(path: Path, measured: str) -> None:
    """Replace what stands between the marks; raises `ValueError` where they are missing."""
    before, mark, rest = path.read_text(encoding="utf-8").partition(BEGIN)
    _, end, after = rest.partition(END)
    if not (mark and end):
        raise ValueError(f"{path}: the marks for what is measured are missing")
    path.write_text(f"{before}{BEGIN}\n{measured}\n{END}{after}", encoding="utf-8")


def _cell(share: Share | None) -> str:
    if share is None or not share.of:
        return "–"
    return f"{share.value:.3f} ({share.low:.3f}–{share.high:.3f})"
