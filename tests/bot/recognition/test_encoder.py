"""The encoder's graph beside the same network written out in numpy, and the int8 form that is used."""

from __future__ import annotations

from math import erf
from pathlib import Path

import numpy as np
import numpy.typing as npt
import onnx
import pytest
from tokenizers import Tokenizer

from bot.recognition.encoder import MAX_TOKENS, WIDTH, Encoder
from bot.recognition.training import graph, kept, weights
from bot.recognition.training.build import copy_tokenizer
from bot.recognition.training.weights import Weights

TEXTS = ["hes outside and i cant talk", "is there anywhere safe near kingston station?", "", "x " * 300]

Floats = npt.NDArray[np.float64]
gelu = np.vectorize(lambda x: x * 0.5 * (1 + erf(x / 2**0.5)))


def linear(w: Weights, name: str, x: Floats) -> Floats:
    return x @ w[f"{name}.weight"].T.astype(float) + w[f"{name}.bias"]


def normalise(w: Weights, name: str, x: Floats) -> Floats:
    centred = x - x.mean(-1, keepdims=True)
    return centred / np.sqrt((centred**2).mean(-1, keepdims=True) + 1e-12) * w[f"{name}.weight"] + w[f"{name}.bias"]


def attend(w: Weights, name: str, x: Floats) -> Floats:
    def heads(part: str) -> Floats:
        return linear(w, f"{name}.self.{part}", x).reshape(len(x), 12, 32).transpose(1, 0, 2)

    scores = heads("query") @ heads("key").transpose(0, 2, 1) / 32**0.5
    shares = np.exp(scores - scores.max(-1, keepdims=True))
    mixed = (shares / shares.sum(-1, keepdims=True)) @ heads("value")
    return linear(w, f"{name}.output.dense", mixed.transpose(1, 0, 2).reshape(len(x), 384))


def reference(w: Weights, ids: list[int]) -> Floats:
    """BERT as its paper has it, with padding left out: the mean of the last layer, at unit length."""
    x: Floats = w["embeddings.word_embeddings.weight"][ids].astype(float)
    x = x + w["embeddings.position_embeddings.weight"][: len(ids)] + w["embeddings.token_type_embeddings.weight"][0]
    x = normalise(w, "embeddings.LayerNorm", x)
    for layer in range(6):
        name = f"encoder.layer.{layer}"
        x = normalise(w, f"{name}.attention.output.LayerNorm", x + attend(w, f"{name}.attention", x))
        inner = gelu(linear(w, f"{name}.intermediate.dense", x))
        x = normalise(w, f"{name}.output.LayerNorm", x + linear(w, f"{name}.output.dense", inner))
    return x.mean(0) / np.linalg.norm(x.mean(0))


@pytest.fixture(scope="module")
def published() -> Weights:
    return weights.load()


@pytest.fixture(scope="module")
def full(published: Weights, tmp_path_factory: pytest.TempPathFactory) -> Encoder:
    folder = tmp_path_factory.mktemp("encoder")
    onnx.save(graph.build(published), folder / "encoder.onnx")
    (folder / "tokenizer.json").write_bytes((weights.folder() / "tokenizer.json").read_bytes())
    return Encoder(folder)


@pytest.mark.parametrize("text", TEXTS)
def test_the_graph_is_the_network(full: Encoder, published: Weights, text: str) -> None:
    tokenizer = Tokenizer.from_file(str(weights.folder() / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.enable_truncation(MAX_TOKENS)
    expected = reference(published, tokenizer.encode(text).ids)
    np.testing.assert_allclose(full.vector(text), expected, atol=2e-5)


@pytest.mark.parametrize("text", TEXTS)
def test_int8_says_nearly_the_same(models: Path, tmp_path: Path, text: str) -> None:
    onnx.save(graph.build(kept.load(models)), tmp_path / "encoder.onnx")
    copy_tokenizer(tmp_path)
    assert float(Encoder(tmp_path).vector(text) @ Encoder(models / "recognition").vector(text)) > 0.96


def test_like_meanings_are_close(full: Encoder) -> None:
    her, same, other = (
        full.vector(text) for text in ("he takes all my money", "my partner controls my wages", "the bus was late")
    )
    assert len(her) == WIDTH
    assert her @ same > her @ other


def test_other_weights_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "model.safetensors").write_bytes(b"not the published weights")
    monkeypatch.setattr(weights, "folder", lambda: tmp_path)
    with pytest.raises(weights.WeightsError, match="not the published model"):
        weights.load()
