"""Write a BERT encoder as an ONNX graph that multiplies in 8 bits.

Several texts lie one after another in a single row of tokens, without padding; a bias keeps each
from attending to the others, and a matrix pools each by itself. Weights are rounded to 8 bits with
one scale for each output. Activations are rounded with **one scale for each token**, taken from
that token: nothing to calibrate, and a vector does not depend on its neighbours in the batch, as
it does where one scale serves a whole batch. The projection to values stays in single precision,
since it alone made most of the error, and what enters the feed-forward layer is evened out first,
as in SmoothQuant (Xiao et al., 2023), its ranges read off the layer norm's own weights. Measured:
docs/decisions/0020.

Fused operators are used only where they are fast: ONNX Runtime's SkipLayerNormalization takes ten
times as long as an addition and a LayerNormalization.
"""

from __future__ import annotations

from collections.abc import Sequence
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
# GELU is nowhere below -0.16997: lifted by this much it is positive, and 8 bits without a sign
# hold it twice as finely.
LIFT = 0.17
# A layer norm's output mostly stays within this many times its weight, plus its bias.
SPREAD = 3.0


@dataclass(frozen=True)
class _Rounded:
    """Names of an activation in 8 bits, of its scale for each token, and of step and zero."""

    values: str
    scales: str
    step: str
    zero: str


def build_graph(weights: BertWeights) -> bytes:
    """Return the model as serialised ONNX.

    Inputs, for t tokens of n texts: `embedded` float32 [1, t, hidden] (word and position), `bias`
    float32 [1, 1, t, t] added to the attention (0 within a text, very negative across), `pool`
    float32 [1, n, t] (1 / length at the text's own tokens). Output: `pooled` [1, n, hidden].
    """
    writer = _Writer(weights)
    hidden = writer.norm("embedded", "emb.ln")
    for layer in range(weights.sizes.layers):
        hidden = writer.feed_forward(f"l{layer}", writer.attend(f"l{layer}", hidden))
    writer.node("MatMul", ["pool", hidden], "pooled")
    return writer.model()


class _Writer:
    """Collects nodes and constants; each method returns the name of what it computes."""

    def __init__(self, weights: BertWeights) -> None:
        self.weights = weights
        self.sizes = weights.sizes
        self.nodes: list[onnx.NodeProto] = []
        self.constants: list[onnx.TensorProto] = []
        self.constant("last_axis", np.array([-1], dtype=np.int64))
        self.constant("lift", np.array(LIFT, dtype=np.float32))
        # Signed: -1 to 1 becomes 1 to 255, about 128. Positive: 0 to 1 becomes 0 to 255.
        self.constant("signed.step", np.array(1 / 127, dtype=np.float32))
        self.constant("signed.zero", np.array(128, dtype=np.uint8))
        self.constant("positive.step", np.array(1 / 255, dtype=np.float32))
        self.constant("positive.zero", np.array(0, dtype=np.uint8))

    def attend(self, layer: str, hidden: str) -> str:
        """Add self-attention, its output projection, the residual and the norm."""
        size = self.sizes.hidden
        rounded = self.round(hidden, f"{layer}.in")
        query = self.multiply(rounded, f"{layer}.q", self.matrix(f"{layer}.q", size))
        key = self.multiply(rounded, f"{layer}.k", self.matrix(f"{layer}.k", size))
        exact = self.constant(f"{layer}.v.w", self.matrix(f"{layer}.v", size).T)
        value = self.node("MatMul", [hidden, exact], f"{layer}.v")
        biases = np.concatenate([self.weights.tensor(f"{layer}.{part}.b") for part in "qkv"])
        attended = self.node(
            "MultiHeadAttention",
            [query, key, value, self.constant(f"{layer}.qkv.b", biases), "", "bias"],
            f"{layer}.attended",
            FUSED,
            num_heads=self.sizes.heads,
        )
        rounded = self.round(attended, f"{layer}.attended")
        out = self.multiply(rounded, f"{layer}.ao", self.matrix(f"{layer}.ao", size))
        bias = self.weights.tensor(f"{layer}.ao.b")
        return self.norm(self.add(out, bias, hidden, f"{layer}.ao"), f"{layer}.aln")

    def feed_forward(self, layer: str, hidden: str) -> str:
        """Add the two feed-forward layers, the residual and the norm."""
        wide = self.matrix(f"{layer}.fi", self.sizes.feed_forward)
        evening = evening_factors(self.weights, f"{layer}.aln", wide)
        factors = self.constant(f"{layer}.even", evening)
        even = self.node("Mul", [hidden, factors], f"{layer}.even.out")
        product = self.multiply(self.round(even, f"{layer}.even"), f"{layer}.fi", wide / evening)
        bias = self.constant(f"{layer}.fi.b", self.weights.tensor(f"{layer}.fi.b"))
        active = self.node("BiasGelu", [product, bias], f"{layer}.active", FUSED)
        narrow = self.matrix(f"{layer}.fo", self.sizes.hidden)
        out = self.multiply(self.round_lifted(active, f"{layer}.active"), f"{layer}.fo", narrow)
        integers, scales = rounded_weights(narrow)
        lifted = LIFT * integers.sum(axis=0, dtype=np.int64) * scales
        settled = self.weights.tensor(f"{layer}.fo.b") - lifted.astype(np.float32)
        return self.norm(self.add(out, settled, hidden, f"{layer}.fo"), f"{layer}.oln")

    def matrix(self, name: str, outputs: int) -> Float32:
        return self.weights.tensor(f"{name}.w").reshape(outputs, -1)

    def round(self, value: str, name: str) -> _Rounded:
        """Round to 8 bits about 128; the largest magnitude in a token is 127."""
        magnitude = self.node("Abs", [value], f"{name}.abs")
        return self._round(value, magnitude, name, "signed")

    def round_lifted(self, value: str, name: str) -> _Rounded:
        """Round GELU's output plus LIFT to 8 bits from 0; the largest in a token is 255."""
        lifted = self.node("Add", [value, "lift"], f"{name}.lifted")
        return self._round(lifted, lifted, name, "positive")

    def _round(self, value: str, magnitude: str, name: str, kind: str) -> _Rounded:
        largest = self.node("ReduceMax", [magnitude, "last_axis"], f"{name}.max", keepdims=1)
        scaled = self.node("Div", [value, largest], f"{name}.scaled")
        step, zero = f"{kind}.step", f"{kind}.zero"
        values = self.node("QuantizeLinear", [scaled, step, zero], f"{name}.rounded")
        return _Rounded(values, largest, step, zero)

    def multiply(self, rounded: _Rounded, name: str, matrix: Float32) -> str:
        """Multiply by the transpose of *matrix* [outputs, inputs] in 8 bits, without its bias."""
        integers, scales = rounded_weights(matrix)
        inputs = [
            rounded.values,
            self.constant(f"{name}.w", integers),
            rounded.step,
            self.constant(f"{name}.scales", scales),
            rounded.zero,
        ]
        product = self.node("MatMulIntegerToFloat", inputs, f"{name}.product", FUSED)
        return self.node("Mul", [product, rounded.scales], f"{name}.out")

    def add(self, value: str, bias: Float32, residual: str, name: str) -> str:
        biased = self.node("Add", [value, self.constant(f"{name}.b", bias)], f"{name}.biased")
        return self.node("Add", [biased, residual], f"{name}.sum")

    def norm(self, value: str, name: str) -> str:
        names = [self.constant(f"{name}.{k}", self.weights.tensor(f"{name}.{k}")) for k in "wb"]
        epsilon = self.sizes.layer_norm_eps
        inputs = [value, *names]
        return self.node("LayerNormalization", inputs, f"{name}.out", axis=-1, epsilon=epsilon)

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


def evening_factors(weights: BertWeights, norm: str, matrix: Float32) -> Float32:
    """Return a factor for each input of *matrix* that evens out activations against weights.

    SmoothQuant's square root of the two ranges, the activations' being estimated from the layer
    norm that makes them. The matrix is divided by what its input is multiplied by.
    """
    reach = SPREAD * np.abs(weights.tensor(f"{norm}.w")) + np.abs(weights.tensor(f"{norm}.b"))
    largest = np.maximum(np.abs(matrix).max(axis=0), 1e-5)
    return np.asarray(np.sqrt(largest / np.maximum(reach, 1e-5)), dtype=np.float32)


def _tensor(name: str, *shape: int | str) -> onnx.ValueInfoProto:
    return helper.make_tensor_value_info(name, TensorProto.FLOAT, shape)
