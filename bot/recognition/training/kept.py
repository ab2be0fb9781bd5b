"""The trained layers as they are kept in the tree: `models/encoder/`, half precision, without code."""

import json
from collections.abc import Iterable
from pathlib import Path

import numpy as np
from safetensors.numpy import load_file, save_file

from bot.recognition.training import weights
from bot.recognition.training.weights import Weights, WeightsError

FOLDER = "encoder"
_LAYERS = "layers.safetensors"
_MADE_FROM = "made-from.json"


def save(models: Path, layers: Weights, batches: Iterable[str], messages: int) -> None:
    """Write the layers and what they were made from; 21 MB."""
    folder = models / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    save_file({name: value.astype(np.float16) for name, value in layers.items()}, folder / _LAYERS)
    made_from = {"weights_sha256": weights.SHA256, "messages": messages, "batches": sorted(batches)}
    (folder / _MADE_FROM).write_text(json.dumps(made_from, indent=1) + "\n", encoding="utf-8")


def load(models: Path) -> Weights:
    """Return the whole encoder: the published weights with the trained layers in place.

    Raises:
        WeightsError: the layers are missing, or were trained from other published weights.
    """
    folder = models / FOLDER
    try:
        made_from = json.loads((folder / _MADE_FROM).read_text(encoding="utf-8"))
        layers = load_file(folder / _LAYERS)
    except (OSError, ValueError) as error:
        raise WeightsError(
            f"{folder}: no trained encoder ({type(error).__name__}); make it by `make encoder`"
        ) from None
    if made_from.get("weights_sha256") != weights.SHA256:
        raise WeightsError(f"{folder}: trained from other published weights; make it again by `make encoder`")
    return {**weights.load(), **{name: np.asarray(value, np.float32) for name, value in layers.items()}}
