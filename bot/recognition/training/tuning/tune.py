"""The training loop: the encoder and provisional heads learn every label of a message at once.

Only the encoder is kept; the heads that are served are fitted on what it then says (`fit.py`).
"""

import random
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import jax
import jax.numpy as jnp
import numpy as np
import optax

from bot.recognition.encoder import WIDTH
from bot.recognition.names import INTENTS
from bot.recognition.training.dataset import Example
from bot.recognition.training.graph import LAYERS
from bot.recognition.training.targets import NAMES, WEIGHTS, targets
from bot.recognition.training.tuning.batches import Batch, batches
from bot.recognition.training.tuning.network import Parameters, embed, encode, trainable
from bot.recognition.training.tuning.slips import slipped
from bot.recognition.training.weights import Weights

Progress = Callable[[str, float], None]
Tokens = Callable[[Sequence[str]], list[list[int]]]
"""Texts, as people type them -> the ids of their word pieces."""


@dataclass(frozen=True)
class Recipe:
    """How it is trained. Chosen on batches held out from the training data (docs/recognition.md)."""

    epochs: int = 7
    rate: float = 2e-4
    """Highest step of the last layer; each layer below takes `fading` of the one above, the heads ten times as much."""
    fading: float = 0.9
    warming: float = 0.06
    decay: float = 0.01
    dropout: float = 0.12
    smoothing: float = 0.02
    first: float = 1.5
    """How much it counts to tell the one intent from the others, beside all heads together."""
    average: float = 0.98
    """What is kept is the running mean of the weights: it generalises better than the last step."""
    seed: int = 1


State = tuple[Parameters, optax.OptState, Parameters]
Step = Callable[[State, jax.Array, jax.Array, jax.Array, jax.Array, jax.Array, float], tuple[State, jax.Array]]


def tune(
    examples: Sequence[Example], published: Weights, tokens: Tokens, recipe: Recipe, progress: Progress
) -> Weights:
    """Return the trained weights of the layers, by their published names; takes minutes an epoch."""
    chance = random.Random(recipe.seed)  # noqa: S311 - nobody guards anything with it
    wanted = targets(examples).astype(np.float32)
    intents = np.asarray([INTENTS.index(example.intent) for example in examples])
    texts = [example.text for example in examples]
    steps = recipe.epochs * sum(1 for _ in batches(tokens(texts), chance))
    slope = optax.warmup_cosine_decay_schedule(0.0, 1.0, int(recipe.warming * steps), steps, 0.02)
    parameters = _start(published, recipe.seed)
    adam = optax.scale_by_adam(b2=0.98, eps=1e-6)
    step = _step(recipe, adam)
    state: State = (parameters, adam.init(parameters), parameters)
    key, done = jax.random.key(recipe.seed), 0
    for epoch in range(recipe.epochs):
        losses = []
        for batch in batches(tokens([slipped(text, chance) for text in texts]), chance):
            key, dropping = jax.random.split(key)
            state, loss = step(state, *_arrays(batch, published, wanted, intents), dropping, float(slope(done)))
            losses.append(loss)
            done += 1
            if done % 20 == 0:
                progress(f"epoch {epoch + 1} of {recipe.epochs}, loss {float(np.mean(losses[-20:])):.2f}", done / steps)
    kept = trainable(published)
    return {name: np.asarray(value) for name, value in state[2].items() if name in kept}


def _start(published: Weights, seed: int) -> Parameters:
    chance = np.random.default_rng(seed)
    parameters = {name: jnp.asarray(value) for name, value in trainable(published).items()}
    for name, size in (("heads", len(NAMES)), ("intent", len(INTENTS))):
        parameters[f"{name}.weight"] = jnp.asarray(chance.normal(scale=0.02, size=(size, WIDTH)), jnp.float32)
        parameters[f"{name}.bias"] = jnp.full(size, -3.0 if name == "heads" else 0.0, jnp.float32)
    return parameters


def _arrays(
    batch: Batch, published: Weights, wanted: np.ndarray, intents: np.ndarray
) -> tuple[jax.Array, jax.Array, jax.Array, jax.Array]:
    hidden = embed(published, batch.ids)
    return hidden, jnp.asarray(batch.mask), jnp.asarray(wanted[batch.rows]), jnp.asarray(intents[batch.rows])


def _step(recipe: Recipe, adam: optax.GradientTransformation) -> Step:
    weigh = jnp.asarray(WEIGHTS, jnp.float32)

    def loss(
        p: Parameters, hidden: jax.Array, mask: jax.Array, wanted: jax.Array, intent: jax.Array, key: jax.Array
    ) -> jax.Array:
        vector = encode(p, hidden, mask, key, recipe.dropout)
        held = vector @ p["heads.weight"].T + p["heads.bias"]
        smooth = wanted * (1 - 2 * recipe.smoothing) + recipe.smoothing
        each = (optax.sigmoid_binary_cross_entropy(held, smooth) * weigh).sum(-1) / 8
        first = vector @ p["intent.weight"].T + p["intent.bias"]
        whole: jax.Array = each + recipe.first * optax.softmax_cross_entropy_with_integer_labels(first, intent)
        return whole.mean()

    @jax.jit
    def step(state: State, hidden, mask, wanted, intent, key, slope):  # type: ignore[no-untyped-def]
        p, moments, mean = state
        value, gradient = jax.value_and_grad(loss)(p, hidden, mask, wanted, intent, key)
        gradient, _ = optax.clip_by_global_norm(1.0).update(gradient, optax.EmptyState())
        change, moments = adam.update(gradient, moments, p)
        p = {name: p[name] - slope * _rate(name, recipe) * (change[name] + _decay(p[name], recipe) * p[name])
             for name in p}  # fmt: skip
        mean = jax.tree.map(lambda a, b: recipe.average * a + (1 - recipe.average) * b, mean, p)
        return (p, moments, mean), value

    return step


def _rate(name: str, recipe: Recipe) -> float:
    if name.startswith(("heads", "intent")):
        return recipe.rate * 10
    layer = re.match(r"encoder\.layer\.(\d)", name)
    return recipe.rate * recipe.fading ** (LAYERS - 1 - int(layer[1]) if layer else LAYERS)


def _decay(value: jax.Array, recipe: Recipe) -> float:
    return recipe.decay if value.ndim > 1 else 0.0
