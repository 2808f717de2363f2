"""Write a BERT encoder as an ONNX graph that multiplies in 8 bits.

Several texts lie one after another in a single row of tokens, without padding; a bias keeps each
from attending to the others, and a matrix pools each by itself. A vector does not depend on its
neighbours in the batch, as it does where one scale, taken from a batch, serves all of it:

- What a layer norm gives is rounded with a fixed scale for each of its outputs, read off how far
  that output reaches (`calibration.activation_reach`). The scales are shared out between it and
  the weights that it meets, as in SmoothQuant (Xiao et al., 2023), and so cost one multiplication.
- What attention and GELU give is rounded with **one scale for each token**, taken from that token.
- Weights have one scale for each output.

At twenty tokens, a query, most of the time is spent on fetching weights and on starting operators,
so biases are moved to where they cost nothing. Measured: docs/decisions/0020 and 0070. Fused
operators are used only where they are fast: ONNX Runtime's SkipLayerNormalization takes ten times
as long as an addition and a LayerNormalization.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from matching.bert import BertWeights
from matching.vectors import Float32

FUSED = "com.microsoft"
OPSET = 18
IR_VERSION = 8
# How much of the unevenness of a layer norm's outputs goes into the weights, 0 to 1.
EVENNESS = 0.75
# GELU is nowhere below -0.16997. With 20 of 255 steps below zero that is held wherever the largest
# of a token is at least 2; below, the scale is that of 2.
BELOW = 20
LEAST_LARGEST = 2.0


@dataclass(frozen=True)
class _Hidden:
    """What a layer norm gives: its name, how far it reaches, and a later bias held in it."""

    name: str
    reach: Float32
    held: Float32


@dataclass(frozen=True)
class _Rounded:
    """An activation in 8 bits: its name, its step and zero, and what else it was divided by.

    Either *scales* names a number for each token, or *factors* has one for each column.
    """

    name: str
    step: str
    zero: str
    scales: str | None = None
    factors: Float32 | None = None


def build_graph(weights: BertWeights, reach: Mapping[str, Float32]) -> bytes:
    """Return the model as serialised ONNX.

    *reach* has the largest magnitude of each output of each layer norm, by its short name.
    Inputs, for t tokens of n texts: `embedded` float32 [1, t, hidden] (word and position), `bias`
    float32 [1, 1, t, t] added to the attention (0 within a text, very negative across), `pool`
    float32 [1, n, t] (1 / length at the text's own tokens). Output: `pooled` [1, n, hidden].
    """
    writer = _Writer(weights, reach)
    hidden = writer.norm("embedded", "emb.ln", held=weights.tensor("l0.ao.b"))
    for layer in range(weights.sizes.layers):
        hidden = writer.feed_forward(layer, writer.attend(layer, hidden))
    writer.node("MatMul", ["pool", hidden.name], "pooled")
    return writer.model()


class _Writer:
    """Collects nodes and constants; each method returns what it computes."""

    def __init__(self, weights: BertWeights, reach: Mapping[str, Float32]) -> None:
        self.weights = weights
        self.sizes = weights.sizes
        self.reach = reach
        self.nodes: list[onnx.NodeProto] = []
        self.constants: list[onnx.TensorProto] = []
        self.constant("last_axis", np.array([-1], dtype=np.int64))
        self.constant("one", np.array(1, dtype=np.float32))
        self.constant("least", np.array(LEAST_LARGEST, dtype=np.float32))
        # About 128: -1 to 1 becomes 1 to 255.
        self.constant("even.step", np.array(1 / 127, dtype=np.float32))
        self.constant("even.zero", np.array(128, dtype=np.uint8))
        self.constant("gelu.step", np.array(1 / (255 - BELOW), dtype=np.float32))
        self.constant("gelu.zero", np.array(BELOW, dtype=np.uint8))

    def attend(self, layer: int, hidden: _Hidden) -> _Hidden:
        """Add self-attention, its output projection, the residual and the norm."""
        at = f"l{layer}"
        matrices = {part: self.matrix(f"{at}.{part}", self.sizes.hidden) for part in "qkv"}
        rounded = self.round_norm(hidden, list(matrices.values()), f"{at}.in")
        products = [self.multiply(rounded, f"{at}.{p}", m) for p, m in matrices.items()]
        biases = [self.bias(f"{at}.{p}", m, hidden) for p, m in matrices.items()]
        attended = self.node(
            "MultiHeadAttention",
            [*products, self.constant(f"{at}.qkv.b", np.concatenate(biases)), "", "bias"],
            f"{at}.attended",
            FUSED,
            num_heads=self.sizes.heads,
        )
        matrix = self.matrix(f"{at}.ao", self.sizes.hidden)
        out = self.multiply(self.round_token(attended), f"{at}.ao", matrix)
        total = self.node("Add", [out, hidden.name], f"{at}.ao.sum")
        return self.norm(total, f"{at}.aln", held=self.weights.tensor(f"{at}.fo.b"))

    def feed_forward(self, layer: int, hidden: _Hidden) -> _Hidden:
        """Add the two feed-forward layers, the residual and the norm."""
        at = f"l{layer}"
        wide = self.matrix(f"{at}.fi", self.sizes.feed_forward)
        product = self.multiply(self.round_norm(hidden, [wide], f"{at}.even"), f"{at}.fi", wide)
        bias = self.constant(f"{at}.fi.b", self.bias(f"{at}.fi", wide, hidden))
        active = self.node("BiasGelu", [product, bias], f"{at}.active", FUSED)
        narrow = self.matrix(f"{at}.fo", self.sizes.hidden)
        out = self.multiply(self.round_gelu(active), f"{at}.fo", narrow)
        total = self.node("Add", [out, hidden.name], f"{at}.fo.sum")
        is_last = layer + 1 == self.sizes.layers
        held = None if is_last else self.weights.tensor(f"l{layer + 1}.ao.b")
        return self.norm(total, f"{at}.oln", held)

    def matrix(self, name: str, outputs: int) -> Float32:
        return self.weights.tensor(f"{name}.w").reshape(outputs, -1)

    def bias(self, name: str, matrix: Float32, hidden: _Hidden) -> Float32:
        """Return the bias less what the one that *hidden* holds already adds to the product."""
        return np.asarray(self.weights.tensor(f"{name}.b") - matrix @ hidden.held, np.float32)

    def norm(self, value: str, name: str, held: Float32 | None) -> _Hidden:
        """Add a layer norm that also adds *held*, the bias of what is added to its output next."""
        held = np.zeros(self.sizes.hidden, np.float32) if held is None else held
        weight = self.constant(f"{name}.w", self.weights.tensor(f"{name}.w"))
        bias = self.constant(f"{name}.b", self.weights.tensor(f"{name}.b") + held)
        epsilon = self.sizes.layer_norm_eps
        out = f"{name}.out"
        self.node("LayerNormalization", [value, weight, bias], out, axis=-1, epsilon=epsilon)
        return _Hidden(out, np.asarray(self.reach[name] + np.abs(held), np.float32), held)

    def round_norm(self, hidden: _Hidden, matrices: Sequence[Float32], name: str) -> _Rounded:
        """Round what a layer norm gives with fixed scales that suit the *matrices* it meets."""
        factors = evening_factors(hidden.reach, matrices)
        even = self.node("Mul", [hidden.name, self.constant(f"{name}.by", factors)], f"{name}.out")
        values = self.node("QuantizeLinear", [even, "one", "even.zero"], f"{name}.rounded")
        return _Rounded(values, "one", "even.zero", factors=factors)

    def round_token(self, value: str) -> _Rounded:
        """Round to 8 bits about 128; the largest magnitude in a token is 127."""
        magnitude = self.node("Abs", [value], f"{value}.abs")
        largest = self.node("ReduceMax", [magnitude, "last_axis"], f"{value}.max", keepdims=1)
        return self._round(value, largest, "even")

    def round_gelu(self, value: str) -> _Rounded:
        """Round GELU's output to 8 bits of which few lie below zero."""
        largest = self.node("ReduceMax", [value, "last_axis"], f"{value}.max", keepdims=1)
        enough = self.node("Max", [largest, "least"], f"{value}.enough")
        return self._round(value, enough, "gelu")

    def _round(self, value: str, scales: str, kind: str) -> _Rounded:
        scaled = self.node("Div", [value, scales], f"{value}.scaled")
        step, zero = f"{kind}.step", f"{kind}.zero"
        values = self.node("QuantizeLinear", [scaled, step, zero], f"{value}.rounded")
        return _Rounded(values, step, zero, scales=scales)

    def multiply(self, rounded: _Rounded, name: str, matrix: Float32) -> str:
        """Multiply by the transpose of *matrix* [outputs, inputs] in 8 bits, without its bias."""
        even = matrix if rounded.factors is None else matrix / rounded.factors
        integers, scales = rounded_weights(np.asarray(even, dtype=np.float32))
        inputs = [
            rounded.name,
            self.constant(f"{name}.w", integers),
            rounded.step,
            self.constant(f"{name}.scales", scales),
            rounded.zero,
        ]
        product = self.node("MatMulIntegerToFloat", inputs, f"{name}.product", FUSED)
        if rounded.scales is None:
            return product
        return self.node("Mul", [product, rounded.scales], f"{name}.out")

    def constant(self, name: str, value: NDArray[np.generic]) -> str:
        self.constants.append(numpy_helper.from_array(np.ascontiguousarray(value), name))
        return name

    def node(
        self,
        operator: str,
        inputs: Sequence[str],
        output: str,
        domain: str = "",
        **attributes: Any,
    ) -> str:
        self.nodes.append(helper.make_node(operator, inputs, [output], domain=domain, **attributes))
        return output

    def model(self) -> bytes:
        size = self.sizes.hidden
        inputs = [_tensor("embedded", 1, "t", size), _tensor("bias", 1, 1, "t", "t")]
        inputs.append(_tensor("pool", 1, "n", "t"))
        outputs = [_tensor("pooled", 1, "n", size)]
        graph = helper.make_graph(self.nodes, "encoder", inputs, outputs, self.constants)
        domains = [helper.make_opsetid("", OPSET), helper.make_opsetid(FUSED, 1)]
        model = helper.make_model(graph, opset_imports=domains, ir_version=IR_VERSION)
        return bytes(model.SerializeToString())


def rounded_weights(matrix: Float32) -> tuple[NDArray[np.int8], Float32]:
    """Return int8 [inputs, outputs] and a scale for each output of *matrix* [outputs, inputs]."""
    scales = np.abs(matrix).max(axis=1) / 127
    scales[scales == 0] = 1.0
    integers = np.clip(np.rint(matrix.T / scales), -127, 127).astype(np.int8)
    return integers, scales.astype(np.float32)


def evening_factors(reach: Float32, matrices: Sequence[Float32]) -> Float32:
    """Return a factor for each column of an activation, so that it fills -127 to 127.

    SmoothQuant's, with the exponent EVENNESS on the activation's side. The *matrices*
    [outputs, inputs] are divided by what their input is multiplied by.
    """
    far = np.maximum(reach, 1e-3)
    largest = np.maximum(np.max([np.abs(matrix).max(axis=0) for matrix in matrices], axis=0), 1e-5)
    factors = largest ** (1 - EVENNESS) / far**EVENNESS
    return np.asarray(factors * 127 / (far * factors).max(), dtype=np.float32)


def _tensor(name: str, *shape: int | str) -> onnx.ValueInfoProto:
    return helper.make_tensor_value_info(name, TensorProto.FLOAT, shape)
