"""The pictures of `docs/recognition.md`: what is confused, recall against false alarms, how far a confidence holds."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import matplotlib as mpl
import numpy as np
import numpy.typing as npt

mpl.use("Agg")
import matplotlib.pyplot as plt
from matplotlib.figure import Figure

from bot.recognition.names import CONCERNS

_DPI = 110
_BINS = np.linspace(0, 1, 11)
_SHOWN_FROM = 2

Floats = npt.NDArray[np.float64]


def confusion(pairs: Sequence[tuple[str, str]], path: Path) -> None:
    """Draw which concern (down) was taken for which (across); the last column is "nothing found"."""
    columns = (*CONCERNS, "")
    counts = np.zeros((len(CONCERNS), len(columns)), int)
    for wanted, said in pairs:
        counts[CONCERNS.index(wanted), columns.index(said)] += 1
    figure, axes = plt.subplots(figsize=(9, 7.5))
    axes.imshow(counts / counts.sum(axis=1, keepdims=True).clip(1), cmap="Blues", vmin=0, vmax=1)
    axes.set_xticks(
        range(len(columns)), [name.replace("_", " ") or "nothing" for name in columns], rotation=60, ha="right"
    )
    axes.set_yticks(range(len(CONCERNS)), [name.replace("_", " ") for name in CONCERNS])
    for row, column in np.argwhere(counts).tolist():
        if counts[row, column] >= _SHOWN_FROM:
            dark = counts[row, column] > counts[row].sum() / 2
            axes.text(column, row, counts[row, column], ha="center", va="center", color="white" if dark else "black")
    axes.set_title("Which concern was named first (messages)")
    _save(figure, path)


def recall(curves: Mapping[str, tuple[Floats, Floats]], title: str, path: Path) -> None:
    """Draw recall against false alarms on everyday talk; each curve is (confidences of what is, of everyday)."""
    figure, axes = plt.subplots(figsize=(7, 4.5))
    alarms = np.linspace(0, 0.2, 81)
    for name, (found, everyday) in curves.items():
        axes.plot(alarms, [(found > np.quantile(everyday, 1 - share)).mean() for share in alarms], label=name)
    axes.set_xlabel("false alarms on everyday talk")
    axes.set_ylabel("found")
    axes.set_ylim(0.3, 1.0)
    axes.set_title(title)
    axes.grid(alpha=0.3)
    axes.legend(loc="lower right")
    _save(figure, path)


def calibration(curves: Mapping[str, tuple[Floats, npt.NDArray[np.bool_]]], path: Path) -> None:
    """Draw how often a confidence is right; each curve is (confidences, whether it held)."""
    figure, axes = plt.subplots(figsize=(5.5, 5))
    axes.plot([0, 1], [0, 1], color="grey", linestyle=":")
    for name, (confidences, held) in curves.items():
        at = np.clip(np.digitize(confidences, _BINS) - 1, 0, len(_BINS) - 2)
        filled = [one for one in range(len(_BINS) - 1) if (at == one).any()]
        axes.plot([confidences[at == one].mean() for one in filled], [held[at == one].mean() for one in filled], "o-",
                  label=name)  # fmt: skip
    axes.set_xlabel("confidence")
    axes.set_ylabel("right")
    axes.set_title("How far a confidence can be believed")
    axes.legend(loc="upper left")
    _save(figure, path)


def _save(figure: Figure, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.tight_layout()
    figure.savefig(path, dpi=_DPI, metadata={"Software": None})
    plt.close(figure)
