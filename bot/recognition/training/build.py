"""Builds `models/recognition/`: encoder, tokenizer, heads, and the manifest that says what they were made from."""

import logging
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import onnx
from onnxruntime.quantization import QuantType, quantize_dynamic

from bot.recognition.encoder import Encoder, Vector
from bot.recognition.features import Reader
from bot.recognition.patterns import load_spellings
from bot.recognition.training import dataset, fit, graph, kept, manifest, weights
from bot.recognition.training.manifest import is_current

__all__ = ["is_current", "read_all", "train", "write_encoder"]

_REPORT_EVERY = 200

Progress = Callable[[str, float], None]
"""Called with what is done now and the share that is done, 0 to 1."""


def train(models: Path, data: Path, progress: Progress) -> Path:
    """Train on `data` and put the result in place at once; returns `models/recognition/`.

    Raises:
        WeightsError: the published weights or the trained layers are missing, or do not belong together.
        NoLimits: there is no batch to set the limits on.
        KeyError: a message has no labels.
    """
    models.mkdir(parents=True, exist_ok=True)
    made_from = manifest.fingerprint(models, data)
    examples = dataset.read(data)
    with tempfile.TemporaryDirectory(dir=models) as scratch:
        folder = Path(scratch) / manifest.FOLDER
        folder.mkdir()
        progress("building the encoder", 0.0)
        write_encoder(folder, kept.load(models))
        reader = Reader(Encoder(folder), load_spellings(data).words)
        read = list(read_all(reader, [example.text for example in examples], progress))
        progress("fitting the heads", 0.7)
        fit.fit(examples, read, fit.FalseAlarms()).save(folder)
        manifest.write(folder, made_from, len(examples))
        final = models / manifest.FOLDER
        if final.exists():
            final.rename(Path(scratch) / "replaced")
        folder.rename(final)
    progress("trained", 1.0)
    return final


def write_encoder(folder: Path, encoder: weights.Weights) -> None:
    """Write the int8 encoder and its tokenizer; int8 finds as many disclosures as fp32, at a third of the time."""
    full = folder / "encoder-fp32.onnx"
    onnx.save(graph.build(encoder), full)
    logging.getLogger().addFilter(_no_advice)
    try:
        quantize_dynamic(full, folder / "encoder.onnx", per_channel=True, weight_type=QuantType.QInt8)
    finally:
        logging.getLogger().removeFilter(_no_advice)
    full.unlink()
    copy_tokenizer(folder)


def copy_tokenizer(folder: Path) -> None:
    """Put the published tokenizer beside an encoder."""
    shutil.copyfile(weights.folder() / "tokenizer.json", folder / "tokenizer.json")


def read_all(reader: Reader, texts: Sequence[str], progress: Progress) -> Iterator[Vector]:
    """Yield the vector of each text's first part, in order."""
    with ThreadPoolExecutor(os.cpu_count()) as threads:
        for done, parts in enumerate(threads.map(reader.read, texts)):
            if done % _REPORT_EVERY == 0:
                progress("reading the messages", 0.1 + 0.6 * done / len(texts))
            yield parts[0]


def _no_advice(record: logging.LogRecord) -> bool:
    # onnxruntime advises on the root logger to optimise the graph first: it was tried and changes nothing here.
    return "pre-processing before quantization" not in record.getMessage()
