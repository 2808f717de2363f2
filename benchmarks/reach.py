"""Measure how far the outputs of both models' layer norms reach, for rounding them to 8 bits.

    python -m benchmarks.reach

Reads the calibration texts, one sentence in eighteen more languages, and odd texts, in single
precision. Writes matching/data/reach.npz; that builds the models anew, and their vectors differ
from stored ones by rounding alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext

import numpy as np
import torch
from sentence_transformers import SentenceTransformer

from matching import loading
from matching.calibration import REACH, parallel_texts
from matching.e5_module import load_e5
from matching.e5_tokens import E5Tokens, piece_model
from matching.e5_weights import E5File, installed_minilm, installed_weights
from matching.fused import PROMPT
from matching.legs import MULTILINGUAL_TOKENS
from matching.minilm_weights import LAYER_PARTS
from matching.vectors import Float32

# Scripts and languages that the calibration texts have not.
ELSEWHERE = (
    "Все люди рождаются свободными и равными в своем достоинстве и правах.",
    "人人生而自由，在尊严和权利上一律平等。",
    "すべての人間は、生まれながらにして自由であり、尊厳と権利について平等である。",
    "모든 인간은 태어날 때부터 자유로우며 그 존엄과 권리에 있어 동등하다.",
    "सभी मनुष्यों को गौरव और अधिकारों के मामले में जन्मजात स्वतन्त्रता प्राप्त है।",
    "সমস্ত মানুষ স্বাধীনভাবে সমান মর্যাদা এবং অধিকার নিয়ে জন্মগ্রহণ করে।",
    "Όλοι οι άνθρωποι γεννιούνται ελεύθεροι και ίσοι στην αξιοπρέπεια.",
    "כל בני האדם נולדו בני חורין ושווים בערכם ובזכויותיהם.",
    "มนุษย์ทั้งหลายเกิดมามีอิสระและเสมอภาคกันในเกียรติศักดิ์",
    "Bütün insanlar hür, haysiyet ve haklar bakımından eşit doğarlar.",
    "Tất cả mọi người sinh ra đều được tự do và bình đẳng về nhân phẩm.",
    "Watu wote wamezaliwa huru, hadhi na haki zao ni sawa.",
    "የሰው ልጅ ሁሉ ሲወለድ ነጻና በክብርና በመብትም እኩልነት ያለው ነው።",
    "تمام افراد بشر آزاد به دنیا می‌آیند و از لحاظ حیثیت و حقوق با هم برابرند.",
    "Alle Menschen sind frei und gleich an Würde und Rechten geboren.",
    "Tutti gli esseri umani nascono liberi ed eguali in dignità e diritti.",
    "Wszyscy ludzie rodzą się wolni i równi pod względem swej godności.",
    "Усі люди народжуються вільними і рівними у своїй гідності та правах.",
)
ODD = (
    *("", "x", "и", "ﷺ", "!!!", "- - - -", "12 345", "A. B. C.", "[SEP]", "</s> <pad>", "🙂"),
    *("https://example.org/?a=1&b=2", "name@example.org", "C++, HTML5, ISO 9001", "a " * 300),
)


def main() -> None:
    torch.set_num_threads(1)
    texts = [text for of_one in parallel_texts().values() for text in of_one]
    texts += [" ".join(of_one) for of_one in parallel_texts().values()]
    texts += [*ELSEWHERE, *ODD]
    file = E5File(installed_weights())
    tokens = E5Tokens(file, piece_model(file), MULTILINGUAL_TOKENS)
    found = reach_of("minilm", loading.load_model(str(installed_minilm()), "cpu", 1), texts)
    prompted = [PROMPT + text for text in texts]
    found |= reach_of("e5", load_e5(file, tokens, "cpu", 1), prompted)
    np.savez_compressed(REACH, **{name: row.astype(np.float16) for name, row in found.items()})
    print(f"Wrote {REACH}: {len(found)} layer norms.")


def reach_of(name: str, model: SentenceTransformer, texts: list[str]) -> dict[str, Float32]:
    """Return the largest magnitude of each output of each layer norm, one text at a time."""
    found: dict[str, Float32] = {}
    with single_precision(), watching(model, found, name):
        encode = loading.model_leg(model)
        for text in texts:
            encode([text])
    return found


@contextmanager
def watching(model: SentenceTransformer, found: dict[str, Float32], name: str) -> Iterator[None]:
    """Keep the largest magnitudes that go out of each layer norm of *model* in *found*."""

    def keeper(key: str) -> Callable[..., None]:
        def keep(_module: object, _inputs: object, output: torch.Tensor) -> None:
            seen = output.detach().abs().amax(dim=tuple(range(output.dim() - 1))).numpy()
            found[key] = np.maximum(found.get(key, np.zeros_like(seen)), seen)

        return keep

    norms = {n: m for n, m in model.named_modules() if isinstance(m, torch.nn.LayerNorm)}
    hooks = [m.register_forward_hook(keeper(f"{name}/{_short(n)}")) for n, m in norms.items()]
    yield
    for hook in hooks:
        hook.remove()


@contextmanager
def single_precision() -> Iterator[None]:
    fast = loading._fast_arithmetic  # noqa: SLF001
    loading._fast_arithmetic = lambda _: nullcontext()  # noqa: SLF001
    yield
    loading._fast_arithmetic = fast  # noqa: SLF001


def _short(module: str) -> str:
    """Return our name of a layer norm for PyTorch's: emb.ln, l3.aln, l3.oln."""
    if ".layer." not in module:
        return "emb.ln"
    layer, _, part = module.split(".layer.")[1].partition(".")
    return f"l{layer}.{next(short for short, long in LAYER_PARTS.items() if long == part)}"


if __name__ == "__main__":
    main()
