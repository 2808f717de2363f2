"""Encoders: texts in, vectors out, chosen by one setting.

Importing this module loads no model and neither torch nor sentence-transformers; that happens at
the first call of `encode`, which only a worker makes.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

from matching.calibration import unrelated_texts
from matching.fused import FusedEncoder
from matching.hashing import HashingEncoder
from matching.loading import check_lengths, encode_unique, load_model
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

    def __init__(self, model: str, prompt: str = "", device: str | None = None) -> None:
        self.model = model
        self.prompt = prompt
        self.device = device
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
        return encode_unique(self._load, prompted, self.dimension)

    def _load(self) -> SentenceTransformer:
        if self._loaded is None:
            self._loaded = load_model(self.model, self.device)
        return self._loaded


def create_encoder(name: str = DEFAULT, device: str | None = None) -> Encoder:
    """Return the encoder that a setting names; nothing is loaded yet.

    "default" is the fused encoder from installed packages, "hashing" one without any model; all
    else is a sentence-transformers model, written `model` or `model|prompt` where the model
    wants a prompt before each text (for instance `intfloat/multilingual-e5-base|query: `).
    ValueError when *name* is empty.
    """
    if name == DEFAULT:
        return FusedEncoder(device)
    if name == HASHING:
        return HashingEncoder()
    model, _, prompt = name.partition("|")
    if not model.strip():
        raise ValueError('The encoder setting is empty; leave it out or set it to "default".')
    return SentenceTransformerEncoder(model.strip(), prompt, device)
