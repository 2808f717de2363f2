"""An evaluation folder gives named metrics, and a malformed one an error with its line."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from matching import EvaluationError, create_encoder, evaluate, format_table
from matching.evaluation_data import MAX_LINE_BYTES
from matching.metrics import (
    average_precision,
    ndcg_at,
    pairwise_loss,
    recall_at,
    reciprocal_rank,
)

EXPERTS = [
    {
        "id": "e1",
        "evidence": [{"kind": "publication", "title": "Drip irrigation", "text": "Farms"}],
    },
    {"id": "e2", "evidence": [{"kind": "publication", "title": "Tax law", "text": "Customs."}]},
]
NEEDS = [
    {"id": "n1", "title": "Irrigation of farms", "text": "Design drip irrigation."},
    {"id": "n2", "title": "Customs and tax law", "text": ""},
    {"id": "n3", "title": "Irrigation and tax", "text": "Something of both."},
]
JUDGEMENTS = "expert,need,grade\ne1,n1,5\ne1,n2,1\ne1,n3,3\ne2,n2,5\ne2,n1,1\n"


def write(folder: Path) -> Path:
    for name, records in (("experts", EXPERTS), ("needs", NEEDS)):
        lines = "".join(json.dumps(record) + "\n" for record in records)
        (folder / f"{name}.jsonl").write_text(lines, encoding="utf-8")
    (folder / "judgements.csv").write_text(JUDGEMENTS, encoding="utf-8")
    return folder


def test_it_reports_every_metric_and_names_the_primary_one(tmp_path: Path) -> None:
    result = evaluate(write(tmp_path), create_encoder("hashing"))

    assert result["primary"] == "pairwise_loss"
    assert result["pairwise_loss"] == 0.0
    assert result["mrr"] == 1.0
    assert {"ndcg@10", "recall@10", "map", "experts", "needs", "judgements"} <= set(result)
    assert json.loads(json.dumps(result)) == result


def test_binary_grades_make_mrr_primary(tmp_path: Path) -> None:
    write(tmp_path)
    (tmp_path / "judgements.csv").write_text("expert,need,grade\ne1,n2,1\ne2,n1,1\n")

    result = evaluate(tmp_path, create_encoder("hashing"))

    assert result["primary"] == "mrr"
    assert result["mrr"] == 0.5
    assert "pairwise_loss" not in result


def test_the_table_marks_the_primary_metric(tmp_path: Path) -> None:
    table = format_table(evaluate(write(tmp_path), create_encoder("hashing")))

    (line,) = [line for line in table.splitlines() if "primary" in line]
    assert line.startswith("pairwise_loss")
    assert "0.0000" in line


def test_windows_line_ends_a_byte_order_mark_and_blank_lines_are_accepted(tmp_path: Path) -> None:
    write(tmp_path)
    for path in tmp_path.iterdir():
        text = path.read_text(encoding="utf-8").replace("\n", "\r\n\r\n")
        path.write_bytes(b"\xef\xbb\xbf" + text.encode())

    assert evaluate(tmp_path, create_encoder("hashing"))["experts"] == 2


MALFORMED: dict[str, tuple[str, str, str]] = {
    "bad JSON": ("experts.jsonl", '{"id": "e1"', r"experts.jsonl line 1: not valid JSON"),
    "deep JSON": ("experts.jsonl", "[" * 100_000, r"experts.jsonl line 1: not valid JSON"),
    "not an object": ("needs.jsonl", "[1]", r"needs.jsonl line 1: not a JSON object"),
    "no id": ("needs.jsonl", '{"title": "x"}', r'needs.jsonl line 1: "id" is missing'),
    "empty id": ("needs.jsonl", '{"id": " "}', r'needs.jsonl line 1: "id" is missing'),
    "twice": (
        "needs.jsonl",
        '{"id": "n1", "title": "a"}\n\n{"id": "n1", "title": "b"}',
        r"needs.jsonl line 3: the id 'n1' stands in line 1 too",
    ),
    "no evidence": ("experts.jsonl", '{"id": "e1"}', r'line 1: "evidence" is missing'),
    "odd evidence": (
        "experts.jsonl",
        '{"id": "e1", "evidence": ["x"]}',
        "evidence item 1 is not an object",
    ),
    "number as title": (
        "experts.jsonl",
        '{"id": "e1", "evidence": [{"title": 3}]}',
        '"title" is not a text',
    ),
    "empty need": ("needs.jsonl", '{"id": "n1"}', "title and text are both empty"),
    "empty file": ("needs.jsonl", "", "holds no records"),
    "no header": ("judgements.csv", "e1,n1,5\n", "line 1: the header is not expert,need,grade"),
    "unknown expert": (
        "judgements.csv",
        "expert,need,grade\ne9,n1,5\n",
        "judgements.csv line 2: no expert has the id 'e9'",
    ),
    "unknown need": (
        "judgements.csv",
        "expert,need,grade\ne1,n1,5\ne1,n9,5\n",
        "judgements.csv line 3: no need has the id 'n9'",
    ),
    "no grade": ("judgements.csv", "expert,need,grade\ne1,n1,good\n", "'good' is not a number"),
    "not finite": ("judgements.csv", "expert,need,grade\ne1,n1,nan\n", "'nan' is not a number"),
    "fields": ("judgements.csv", "expert,need,grade\ne1,n1\n", "2 fields where 3 belong"),
    "judged twice": (
        "judgements.csv",
        "expert,need,grade\ne1,n1,1\ne1,n1,2\n",
        "line 3: this pair was judged",
    ),
    "nothing judged": ("judgements.csv", "expert,need,grade\n", "holds no judgements"),
}


@pytest.mark.parametrize("name", MALFORMED)
def test_a_malformed_file_is_refused_with_its_line(tmp_path: Path, name: str) -> None:
    write(tmp_path)
    file, content, message = MALFORMED[name]
    (tmp_path / file).write_text(content, encoding="utf-8")

    with pytest.raises(EvaluationError, match=message):
        evaluate(tmp_path, create_encoder("hashing"))


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (lambda folder: (folder / "needs.jsonl").unlink(), "needs.jsonl cannot be read"),
        (lambda folder: (folder / "needs.jsonl").write_bytes(b"\xff\xfe\n"), "line 1: not UTF-8"),
        (
            lambda folder: (folder / "needs.jsonl").write_bytes(b"x" * (MAX_LINE_BYTES + 2)),
            "line 1: longer than 5 MB",
        ),
    ],
)
def test_a_file_that_cannot_be_read_is_named(
    tmp_path: Path, damage: Callable[[Path], object], message: str
) -> None:
    damage(write(tmp_path))

    with pytest.raises(EvaluationError, match=message):
        evaluate(tmp_path, create_encoder("hashing"))


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(EvaluationError, match="is not a folder"):
        evaluate(tmp_path / "gone", create_encoder("hashing"))


def test_a_long_hostile_id_is_shown_short(tmp_path: Path) -> None:
    write(tmp_path)
    (tmp_path / "judgements.csv").write_text(f"expert,need,grade\n{'x' * 9_999},n1,5\n")

    with pytest.raises(EvaluationError) as caught:
        evaluate(tmp_path, create_encoder("hashing"))

    assert len(str(caught.value)) < 200


def test_pairwise_loss_weighs_wrong_pairs_by_their_distance() -> None:
    # Of the pairs (5,1), (5,3), (1,3) with distances 4, 2, 2 the second is wrong, the third tied.
    judged = [(0.5, 5.0), (0.1, 1.0), (0.9, 3.0)]
    assert pairwise_loss(judged) == (2.0, 8.0)
    assert pairwise_loss([(0.5, 5.0), (0.5, 1.0)]) == (2.0, 4.0)
    assert pairwise_loss([(0.5, 2.0), (0.1, 2.0)]) == (0.0, 0.0)


def test_ranking_metrics_by_hand() -> None:
    order = ["a", "b", "c", "d"]
    relevant = {"b": 1.0, "d": 1.0, "gone": 1.0}

    assert reciprocal_rank(order, relevant) == 0.5
    assert reciprocal_rank(order, {"gone": 1.0}) == 0.0
    assert recall_at(order, relevant, 2) == pytest.approx(1 / 3)
    assert average_precision(order, relevant) == pytest.approx((1 / 2 + 2 / 4) / 3)
    assert ndcg_at(order, {"a": 2.0, "b": 1.0}, 10) == 1.0
    assert ndcg_at(order, {"b": 1.0}, 10) == pytest.approx(0.6309, abs=1e-4)
    assert ndcg_at(order, {"gone": 1.0}, 10) == 0.0
