"""The encoder as an ONNX graph, written out from its weights: embeddings, six BERT layers, the mean of the last.

One message at a time and so without padding: the graph takes `input_ids` [1, tokens] and gives `vector` [1, WIDTH].
"""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from bot.recognition.encoder import WIDTH
from bot.recognition.training.weights import Weights

LAYERS = 6
HEADS = 12
EPSILON = 1e-12
_OPSET = 17
_IR_VERSION = 8


@dataclass
class _Graph:
    nodes: list[onnx.NodeProto] = field(default_factory=list)
    constants: list[onnx.TensorProto] = field(default_factory=list)

    def add(self, kind: str, *inputs: str, **attributes: Any) -> str:
        """Append a node and return the name of its one output."""
        name = f"{kind.lower()}_{len(self.nodes)}"
        self.nodes.append(helper.make_node(kind, list(inputs), [name], name=name, **attributes))
        return name

    def constant(self, name: str, value: np.ndarray) -> str:
        self.constants.append(numpy_helper.from_array(np.ascontiguousarray(value), name))
        return name


def build(weights: Weights) -> onnx.ModelProto:
    """Return the whole encoder in fp32."""
    graph = _Graph()
    hidden = _embed(graph, weights)
    for layer in range(LAYERS):
        hidden = _layer(graph, weights, f"encoder.layer.{layer}.", hidden)
    graph.nodes.append(helper.make_node("ReduceMean", [hidden], ["vector"], axes=[1], keepdims=0))
    outputs = [helper.make_tensor_value_info("vector", TensorProto.FLOAT, [1, WIDTH])]
    inputs = [helper.make_tensor_value_info("input_ids", TensorProto.INT64, [1, "tokens"])]
    model = helper.make_model(
        helper.make_graph(graph.nodes, "encoder", inputs, outputs, graph.constants),
        opset_imports=[helper.make_opsetid("", _OPSET)],
        ir_version=_IR_VERSION,
    )
    onnx.checker.check_model(model)
    return model


def _embed(graph: _Graph, weights: Weights) -> str:
    words = graph.constant("words", weights["embeddings.word_embeddings.weight"])
    # Every token is of the first sentence: its type is part of the position.
    places = weights["embeddings.position_embeddings.weight"]
    positions = graph.constant("positions", places + weights["embeddings.token_type_embeddings.weight"][0])
    tokens = graph.add("Shape", "input_ids", start=1, end=2)
    start = graph.constant("zero", np.array([0], np.int64))
    used = graph.add("Slice", positions, start, tokens)
    both = graph.add("Add", graph.add("Gather", words, "input_ids"), used)
    return _normalise(graph, weights, "embeddings.LayerNorm", both)


def _layer(graph: _Graph, weights: Weights, prefix: str, hidden: str) -> str:
    attended = _attend(graph, weights, prefix + "attention.", hidden)
    hidden = _normalise(graph, weights, prefix + "attention.output.LayerNorm", graph.add("Add", attended, hidden))
    inner = _gelu(graph, prefix, _linear(graph, weights, prefix + "intermediate.dense", hidden))
    outer = _linear(graph, weights, prefix + "output.dense", inner)
    return _normalise(graph, weights, prefix + "output.LayerNorm", graph.add("Add", outer, hidden))


def _attend(graph: _Graph, weights: Weights, prefix: str, hidden: str) -> str:
    split = graph.constant(prefix + "split", np.array([1, -1, HEADS, WIDTH // HEADS], np.int64))
    merged = graph.constant(prefix + "merged", np.array([1, -1, WIDTH], np.int64))
    scale = graph.constant(prefix + "scale", np.array((WIDTH // HEADS) ** -0.5, np.float32))

    def heads(name: str, order: list[int]) -> str:
        linear = _linear(graph, weights, f"{prefix}self.{name}", hidden)
        return graph.add("Transpose", graph.add("Reshape", linear, split), perm=order)

    query, key, value = heads("query", [0, 2, 1, 3]), heads("key", [0, 2, 3, 1]), heads("value", [0, 2, 1, 3])
    scores = graph.add("Mul", graph.add("MatMul", query, key), scale)
    mixed = graph.add("MatMul", graph.add("Softmax", scores, axis=-1), value)
    flat = graph.add("Reshape", graph.add("Transpose", mixed, perm=[0, 2, 1, 3]), merged)
    return _linear(graph, weights, prefix + "output.dense", flat)


def _linear(graph: _Graph, weights: Weights, name: str, hidden: str) -> str:
    weight = graph.constant(name + ".weight", weights[name + ".weight"].T)
    bias = graph.constant(name + ".bias", weights[name + ".bias"])
    return graph.add("Add", graph.add("MatMul", hidden, weight), bias)


def _normalise(graph: _Graph, weights: Weights, name: str, hidden: str) -> str:
    scale = graph.constant(name + ".weight", weights[name + ".weight"])
    bias = graph.constant(name + ".bias", weights[name + ".bias"])
    return graph.add("LayerNormalization", hidden, scale, bias, axis=-1, epsilon=EPSILON)


def _gelu(graph: _Graph, prefix: str, hidden: str) -> str:
    root = graph.constant(prefix + "root", np.array(2**0.5, np.float32))
    one = graph.constant(prefix + "one", np.array(1.0, np.float32))
    half = graph.constant(prefix + "half", np.array(0.5, np.float32))
    share = graph.add("Add", graph.add("Erf", graph.add("Div", hidden, root)), one)
    return graph.add("Mul", graph.add("Mul", hidden, share), half)
