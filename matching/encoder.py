"""Encoders: texts in, vectors out, chosen by one setting.

Importing this module loads no model; that happens at the first call of `encode`. The default
encoder needs neither torch nor sentence-transformers then; any other model does.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from matching.calibration import unrelated_texts
from matching.fused import FusedEncoder
from matching.hashing import HashingEncoder
from matching.loading import check_lengths, encode_unique, load_model, model_leg
from matching.similarity import PlainSimilarity, Similarity
from matching.vectors import Float32

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

DEFAULT = "default"
HASHING = "hashing"


class Encoder(Protocol):
    """Turns texts into vectors that `similarity` compares.

    `name` and `revision` are kept with every stored vector: vectors of another revision are not
    comparable and are made again. `dimension` is the length of a vector.
    """

    @property
    def name(self) -> str: ...

    @property
    def revision(self) -> str: ...

    @property
    def dimension(self) -> int: ...

    @property
    def similarity(self) -> Similarity: ...

    def encode(self, texts: Sequence[str], languages: Sequence[str | None]) -> Float32:
        """Return float32 [len(texts), dimension]; *languages* are ISO 639-1 codes or None.

        ValueError when the two sequences differ in length.
        """
        ...


class SentenceTransformerEncoder:
    """Any sentence-transformers model, by name or by path.

    A name that is not a local folder is looked up in the local cache of Hugging Face; it is
    downloaded only where `HF_HUB_OFFLINE` is set to 0.
    """

    def __init__(
        self,
        model: str,
        prompt: str = "",
        device: str | None = None,
        threads: int | None = None,
    ) -> None:
        self.model = model
        self.prompt = prompt
        self.device = device
        self.threads = threads
        self._loaded: SentenceTransformer | None = None
        self._similarity: Similarity | None = None

    @property
    def name(self) -> str:
        return self.model

    @property
    def revision(self) -> str:
        config = str(self._load()[0])
        return hashlib.sha256(f"{config}\0{self.prompt}".encode()).hexdigest()[:16]

    @property
    def dimension(self) -> int:
        dimension = self._load().get_embedding_dimension()
        if dimension is None:
            raise ValueError(f"The model {self.model} does not say how long its vectors are.")
        return dimension

    @property
    def similarity(self) -> Similarity:
        if self._similarity is None:
            texts, languages = unrelated_texts()
            self._similarity = PlainSimilarity.fitted(self.encode(texts, languages))
        return self._similarity

    def encode(self, texts: Sequence[str], languages: Sequence[str | None]) -> Float32:
        check_lengths(texts, languages)
        prompted = [self.prompt + text for text in texts]
        return encode_unique(model_leg(self._load()), prompted, self.dimension)

    def _load(self) -> SentenceTransformer:
        if self._loaded is None:
            self._loaded = load_model(self.model, self.device, self.threads)
        return self._loaded


def create_encoder(
    name: str = DEFAULT,
    device: str | None = None,
    threads: int = 1,
    folder: Path | None = None,
) -> Encoder:
    """Return the encoder that a setting names; nothing is loaded yet.

    "default" is the fused encoder from installed packages, "hashing" one without any model; all
    else is a sentence-transformers model, written `model` or `model|prompt` where the model
    wants a prompt before each text (for instance `intfloat/multilingual-e5-base|query: `).

    *device* None or "cpu" is the CPU, where the default encoder runs through ONNX Runtime; "auto"
    a GPU where PyTorch sees one; all else a device of PyTorch. *threads* counts those of one call
    of `encode`. *folder* keeps the default encoder's models once they are built (else the user's
    cache folder does). ValueError when *name* is empty.
    """
    if name == DEFAULT:
        return FusedEncoder(device, threads, folder)
    if name == HASHING:
        return HashingEncoder()
    model, _, prompt = name.partition("|")
    if not model.strip():
        raise ValueError('The encoder setting is empty; leave it out or set it to "default".')
    chosen = None if device == "auto" else device or "cpu"
    return SentenceTransformerEncoder(model.strip(), prompt, chosen, threads)
