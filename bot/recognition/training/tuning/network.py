"""The encoder once more, in JAX, so that it can be trained. `tests` hold it beside the graph that is served."""

from collections.abc import Iterator

import jax
import jax.numpy as jnp
import numpy as np
import numpy.typing as npt

from bot.recognition.encoder import WIDTH
from bot.recognition.training.graph import EPSILON, HEADS, LAYERS
from bot.recognition.training.weights import Weights

Parameters = dict[str, jax.Array]

_FROZEN = (
    "embeddings.word_embeddings.weight",
    "embeddings.position_embeddings.weight",
    "embeddings.token_type_embeddings.weight",
)
"""The published word vectors stay as they are: half of all weights, and most words are too rare here to move well."""


def trainable(weights: Weights) -> Weights:
    """Return what training may change of the published weights: the six layers and the first normalisation."""
    return {name: value for name, value in weights.items() if name not in _FROZEN and not name.startswith("pooler")}


def embed(weights: Weights, ids: npt.NDArray[np.int32]) -> jax.Array:
    """Return the sum of the frozen embeddings: [texts, tokens, WIDTH], from token ids [texts, tokens]."""
    words, places, kinds = (weights[name] for name in _FROZEN)
    return jnp.asarray(words[ids] + places[None, : ids.shape[1]] + kinds[0])


def encode(p: Parameters, hidden: jax.Array, mask: jax.Array, key: jax.Array | None, rate: float) -> jax.Array:
    """Return one vector a text, [texts, WIDTH]: the mean of the last layer over its tokens.

    `mask` [texts, tokens] is 1 for a token and 0 for padding. With a `key`, `rate` of the units are dropped.
    """
    keys: Iterator[jax.Array | None] = iter(jax.random.split(key, 1 + 3 * LAYERS) if key is not None else [None] * 99)
    unseen = jnp.where(mask[:, None, None, :] > 0, 0.0, -1e9)
    hidden = _drop(_normalise(p, "embeddings.LayerNorm", hidden), rate, next(keys))
    for layer in range(LAYERS):
        name = f"encoder.layer.{layer}."
        attended = _attend(p, name + "attention.", hidden, unseen, rate, next(keys))
        hidden = _normalise(p, name + "attention.output.LayerNorm", hidden + _drop(attended, rate, next(keys)))
        inner = jax.nn.gelu(_linear(p, name + "intermediate.dense", hidden), approximate=False)
        outer = _drop(_linear(p, name + "output.dense", inner), rate, next(keys))
        hidden = _normalise(p, name + "output.LayerNorm", hidden + outer)
    return (hidden * mask[:, :, None]).sum(1) / mask.sum(1, keepdims=True)


def _attend(
    p: Parameters, name: str, hidden: jax.Array, unseen: jax.Array, rate: float, key: jax.Array | None
) -> jax.Array:
    texts, tokens, _ = hidden.shape

    def heads(part: str) -> jax.Array:
        split = _linear(p, f"{name}self.{part}", hidden).reshape(texts, tokens, HEADS, WIDTH // HEADS)
        return split.transpose(0, 2, 1, 3)

    scores = heads("query") @ heads("key").transpose(0, 1, 3, 2) / (WIDTH // HEADS) ** 0.5
    shares = _drop(jax.nn.softmax(scores + unseen, axis=-1), rate, key)
    mixed = (shares @ heads("value")).transpose(0, 2, 1, 3).reshape(texts, tokens, WIDTH)
    return _linear(p, f"{name}output.dense", mixed)


def _linear(p: Parameters, name: str, x: jax.Array) -> jax.Array:
    return x @ p[f"{name}.weight"].T + p[f"{name}.bias"]


def _normalise(p: Parameters, name: str, x: jax.Array) -> jax.Array:
    centred = x - x.mean(-1, keepdims=True)
    spread = jax.lax.rsqrt((centred**2).mean(-1, keepdims=True) + EPSILON)
    return centred * spread * p[f"{name}.weight"] + p[f"{name}.bias"]


def _drop(x: jax.Array, rate: float, key: jax.Array | None) -> jax.Array:
    if key is None:
        return x
    return jnp.where(jax.random.bernoulli(key, 1 - rate, x.shape), x / (1 - rate), 0.0)
