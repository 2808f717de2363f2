"""XLM-R's pieces for multilingual-e5-small, through sentencepiece.

The vocabulary lies in the weights file; sentencepiece wants its own format, which is written once.
Its trie of a quarter of a million pieces takes 55 MB, where the library `tokenizers` takes 250.
"""

from __future__ import annotations

from collections.abc import Sequence

from sentencepiece import SentencePieceProcessor

from matching.bert import writable
from matching.e5_weights import E5File


def piece_model(file: E5File) -> bytes:
    """Return *file*'s vocabulary as a sentencepiece model that leaves characters as they are."""
    # Brings protobuf, which only building needs.
    from sentencepiece import sentencepiece_model_pb2  # noqa: PLC0415

    vocabulary = file.vocabulary
    model = sentencepiece_model_pb2.ModelProto()  # type: ignore[attr-defined]
    kinds = type(model).SentencePiece
    special = {vocabulary.unknown: kinds.UNKNOWN}
    special |= dict.fromkeys((vocabulary.begin, vocabulary.end, vocabulary.padding), kinds.CONTROL)
    for row, (text, score) in enumerate(vocabulary.pieces):
        kind = special.get(row, kinds.NORMAL)
        model.pieces.add(piece=text, score=score, type=kind)
    model.trainer_spec.model_type = model.trainer_spec.UNIGRAM
    names = {"unk": vocabulary.unknown, "bos": vocabulary.begin}
    names |= {"eos": vocabulary.end, "pad": vocabulary.padding}
    for name, row in names.items():
        setattr(model.trainer_spec, f"{name}_id", row)
        setattr(model.trainer_spec, f"{name}_piece", vocabulary.pieces[row][0])
    model.normalizer_spec.name = "identity"
    return bytes(model.SerializeToString())


class E5Tokens:
    """Cuts texts into ids: begin, at most *most* - 2 pieces, end. A mark-up like `</s>` is text."""

    def __init__(self, file: E5File, model: bytes, most: int) -> None:
        self._normalisation = file.normalisation
        self._pieces = SentencePieceProcessor(model_proto=model)
        self._begin = [self._pieces.bos_id()]
        self._end = [self._pieces.eos_id()]
        self.padding = int(self._pieces.pad_id())
        self._most = most - 2

    def __call__(self, texts: Sequence[str]) -> list[list[int]]:
        normal = [writable(text).translate(self._normalisation) for text in texts]
        # One by one: for a list, sentencepiece starts threads.
        found: list[list[int]] = [self._pieces.encode(text) for text in normal]
        return [self._begin + ids[: self._most] + self._end for ids in found]
