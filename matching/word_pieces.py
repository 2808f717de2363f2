"""WordPiece, as all-MiniLM-L6-v2 cuts texts."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from tokenizers import Tokenizer

from matching.bert import writable


class WordPieces:
    """Cuts texts into at most *most* ids, those at both ends included, by a `tokenizer.json`."""

    def __init__(self, tokenizer: Path, most: int) -> None:
        self._tokenizer = Tokenizer.from_file(str(tokenizer))
        self._tokenizer.enable_truncation(most)
        self._tokenizer.no_padding()
        # A mark-up like `[SEP]` in a text is text.
        self._tokenizer.encode_special_tokens = True

    def __call__(self, texts: Sequence[str]) -> list[list[int]]:
        return [coded.ids for coded in self._tokenizer.encode_batch(list(map(writable, texts)))]
