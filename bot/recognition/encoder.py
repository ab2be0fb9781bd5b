"""The sentence encoder (all-MiniLM-L6-v2, trained to this task, in ONNX Runtime): text in, one vector out.

One message at a time on one thread: an int8 model gives another vector in a batch than alone.
"""

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import onnxruntime
from tokenizers import Tokenizer

WIDTH = 384
"""Numbers in a vector."""
MAX_TOKENS = 128
"""Word pieces that are read at once, ends included; the rest of a longer text is cut off here."""

Vector = npt.NDArray[np.float32]


class Encoder:
    """Loads `encoder.onnx` and `tokenizer.json` of a model folder."""

    def __init__(self, folder: Path) -> None:
        self._tokenizer: Any = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(MAX_TOKENS)
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        options.inter_op_num_threads = 1
        options.log_severity_level = 3
        self._session: Any = onnxruntime.InferenceSession(
            str(folder / "encoder.onnx"), options, providers=["CPUExecutionProvider"]
        )

    def vector(self, text: str) -> Vector:
        """Return what the text means at unit length, (WIDTH,). Safe to call from several threads."""
        ids = np.asarray([self._tokenizer.encode(text).ids], np.int64)
        mean: Vector = self._session.run(["vector"], {"input_ids": ids})[0][0]
        unit: Vector = mean / np.linalg.norm(mean)
        return unit
