"""Training the encoder: the same network as is served, slips that stay readable, and a loss that falls."""

from __future__ import annotations

import random
from pathlib import Path

import jax.numpy as jnp
import numpy as np
import onnx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tokenizers import Tokenizer

from bot.recognition.encoder import Encoder
from bot.recognition.training import dataset, graph, kept, weights
from bot.recognition.training.build import copy_tokenizer
from bot.recognition.training.tuning.batches import LENGTHS, TOKENS, batches
from bot.recognition.training.tuning.network import embed, encode, trainable
from bot.recognition.training.tuning.slips import slipped
from bot.recognition.training.tuning.tune import Recipe, tune
from tests.bot.recognition.conftest import DATA

TEXTS = ["hes outside and i cant talk", "is there anywhere safe near kingston station?", "no"]


def tokens(texts: list[str]) -> list[list[int]]:
    tokenizer = Tokenizer.from_file(str(weights.folder() / "tokenizer.json"))
    tokenizer.no_padding()
    return [one.ids for one in tokenizer.encode_batch(texts)]


def test_what_is_trained_is_what_is_served(tmp_path: Path) -> None:
    published = weights.load()
    onnx.save(graph.build(published), tmp_path / "encoder.onnx")
    copy_tokenizer(tmp_path)
    encoder = Encoder(tmp_path)
    (batch,) = batches([*tokens(TEXTS), *[tokens(TEXTS[:1])[0]] * 5], random.Random(0))
    hidden = embed(published, batch.ids)
    parameters = {name: jnp.asarray(value) for name, value in trainable(published).items()}
    said = np.asarray(encode(parameters, hidden, jnp.asarray(batch.mask), None, 0.0))
    for row, vector in zip(batch.rows, said, strict=True):
        if row < len(TEXTS):
            expected = encoder.vector(TEXTS[row])
            np.testing.assert_allclose(vector / np.linalg.norm(vector), expected, atol=1e-4)


@given(st.lists(st.integers(1, 128), min_size=1, max_size=120), st.integers(0, 9))
def test_every_text_is_in_a_batch_and_none_is_cut(lengths: list[int], seed: int) -> None:
    ids = [[7] * length for length in lengths]
    seen: set[int] = set()
    for batch in batches(ids, random.Random(seed)):
        assert batch.ids.shape == batch.mask.shape
        assert batch.ids.shape[1] in LENGTHS
        assert batch.ids.size <= max(TOKENS, 8 * batch.ids.shape[1])
        for row, mask in zip(batch.rows, batch.mask, strict=True):
            assert mask.sum() == lengths[row]
        seen.update(batch.rows.tolist())
    assert seen == set(range(len(lengths)))


@given(st.text(st.characters(categories=["Ll", "Lu", "Zs", "Po"]), min_size=1, max_size=80), st.integers(0, 99))
def test_a_slip_leaves_words_where_there_were_words(text: str, seed: int) -> None:
    again = slipped(text, random.Random(seed))
    assert bool(again.split()) == bool(text.split()) or not text.strip(".,!?;' ’").split()
    assert len(again) <= len(text) + len(text.split())


def test_slips_happen_and_most_messages_stay_readable() -> None:
    chance = random.Random(3)
    text = "He keeps checking my phone and won't let me see my friends."
    shown = [slipped(text, chance) for _ in range(300)]
    assert text in shown
    assert text.lower().replace("'", "") in shown
    assert len(set(shown)) > 40


def test_it_learns_and_keeps_only_the_layers(tmp_path: Path) -> None:
    examples = [e for e in dataset.read(DATA) if e.intent in ("domestic_abuse", "greet")][:80]
    examples += [e for e in dataset.read(DATA) if e.intent == "greet"][:40]
    published = weights.load()
    losses: list[float] = []
    layers = tune(
        examples,
        published,
        lambda texts: tokens(list(texts)),
        Recipe(epochs=9),
        lambda what, share: losses.append(float(what.rsplit(" ", 1)[1])),
    )
    assert losses[-1] < losses[0]
    assert set(layers) == set(trainable(published))
    assert not any(name.startswith("embeddings.word") for name in layers)
    kept.save(tmp_path, layers, {"a", "b"}, len(examples))
    again = kept.load(tmp_path)
    assert set(again) >= set(published) - {name for name in published if name.startswith("pooler")}
    name = "encoder.layer.5.output.dense.weight"
    np.testing.assert_allclose(again[name], layers[name], atol=1e-3)
    assert (again["embeddings.word_embeddings.weight"] == published["embeddings.word_embeddings.weight"]).all()


@pytest.mark.parametrize("share", [0.0, 1.0])
def test_dropout_is_only_for_training(share: float) -> None:
    published = weights.load()
    parameters = {name: jnp.asarray(value) for name, value in trainable(published).items()}
    ids = np.asarray(tokens(["he hits me"]), np.int32)
    first = encode(parameters, embed(published, ids), jnp.ones(ids.shape), None, share)
    second = encode(parameters, embed(published, ids), jnp.ones(ids.shape), None, 1.0 - share)
    assert (first == second).all()
