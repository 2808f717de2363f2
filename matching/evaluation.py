"""Evaluate an encoder on a folder of judged pairs, through the public face of the product."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path

from matching.documents import NeedsInMemory, PeopleInMemory
from matching.encoder import Encoder
from matching.evaluation_data import EvaluationData, EvaluationError, read_folder
from matching.index import VectorIndex
from matching.matcher import Matcher
from matching.metrics import (
    average_precision,
    ndcg_at,
    pairwise_loss,
    recall_at,
    reciprocal_rank,
)
from matching.plan import Role, encode_documents
from matching.vectors import ItemVectors

__all__ = ["EvaluationError", "evaluate", "evaluate_data", "format_table"]

DECIMALS = 4
CUT = 10
# A binary grade: these and no others. With more values pairs can be ordered by degree.
MAX_BINARY = 2

Result = dict[str, object]
Vectors = Mapping[str, ItemVectors]


def evaluate(folder: Path | str, encoder: Encoder) -> Result:
    """Return named metrics of *encoder* on *folder*, as a dict that JSON can hold.

    `primary` names the metric to compare by: `pairwise_loss` (lower is better) where grades have
    more than two values, else `mrr`. `mrr`, `ndcg@10`, `recall@10` and `map` are means over the
    needs that have a relevant expert; a grade above the middle of a graded scale, or above 0 of a
    binary one, is relevant, and an unjudged pair is not. EvaluationError on malformed files.
    """
    return evaluate_data(read_folder(Path(folder)), encoder)


def evaluate_data(data: EvaluationData, encoder: Encoder) -> Result:
    """Return what `evaluate` does, of *data* that need not come from a folder."""
    people = encode_documents(encoder, list(data.experts.values()), [Role.PASSAGE])
    needs = encode_documents(encoder, list(data.needs.values()), [Role.PASSAGE])
    grades = {judgement.grade for judgement in data.judgements}
    is_graded = len(grades) > MAX_BINARY
    result: Result = {
        "primary": "pairwise_loss" if is_graded else "mrr",
        "encoder": encoder.name,
        "encoder_revision": encoder.revision,
        "experts": len(data.experts),
        "needs": len(data.needs),
        "judgements": len(data.judgements),
    }
    if is_graded:
        result["pairwise_loss"] = round(_loss(data, people, needs, encoder), DECIMALS)
    threshold = (min(grades) + max(grades)) / 2 if is_graded else 0.0
    result.update(_retrieval(data, people, needs, encoder, threshold))
    return result


def format_table(result: Mapping[str, object]) -> str:
    """Return *result* as lines of name and value, the primary metric marked."""
    primary = result.get("primary")
    width = max(len(name) for name in result) + 2
    lines = []
    for name, value in result.items():
        if name == "primary":
            continue
        shown = f"{value:.4f}" if isinstance(value, float) else str(value)
        mark = "  <- primary" if name == primary else ""
        lines.append(f"{name:<{width}}{shown}{mark}")
    return "\n".join(lines)


def _loss(data: EvaluationData, people: Vectors, needs: Vectors, encoder: Encoder) -> float:
    """Rank all needs for each judged expert and sum what is in the wrong order."""
    index = _index(encoder, needs)
    pool = NeedsInMemory(data.needs)
    matcher = Matcher(explains=False)
    graded: dict[str, dict[str, float]] = defaultdict(dict)
    for judgement in data.judgements:
        graded[judgement.expert][judgement.need] = judgement.grade
    lost = possible = 0.0
    for expert, grades in graded.items():
        ranked = matcher.rank_needs(data.experts[expert], people[expert], index, pool, limit=None)
        scores = {match.id: match.score for match in ranked.matches}
        of_one = pairwise_loss([(scores.get(n, 0.0), grade) for n, grade in grades.items()])
        lost, possible = lost + of_one[0], possible + of_one[1]
    return lost / possible if possible else 0.0


def _retrieval(
    data: EvaluationData, people: Vectors, needs: Vectors, encoder: Encoder, threshold: float
) -> dict[str, float]:
    """Rank all experts for each need that has a relevant one."""
    index = _index(encoder, people)
    pool = PeopleInMemory(data.experts)
    matcher = Matcher(explains=False)
    relevant: dict[str, dict[str, float]] = defaultdict(dict)
    for judgement in data.judgements:
        if judgement.grade > threshold:
            relevant[judgement.need][judgement.expert] = judgement.grade
    rows = []
    for need, gains in relevant.items():
        ranked = matcher.rank_people(data.needs[need], needs[need], index, pool, limit=None)
        order = [match.id for match in ranked.matches]
        rows.append(
            {
                "mrr": reciprocal_rank(order, gains),
                f"ndcg@{CUT}": ndcg_at(order, gains, CUT),
                f"recall@{CUT}": recall_at(order, gains, CUT),
                "map": average_precision(order, gains),
            }
        )
    return _means(rows)


def _means(rows: list[dict[str, float]]) -> dict[str, float]:
    names: Iterable[str] = rows[0] if rows else ("mrr", f"ndcg@{CUT}", f"recall@{CUT}", "map")
    return {
        name: round(sum(row[name] for row in rows) / len(rows), DECIMALS) if rows else 0.0
        for name in names
    }


def _index(encoder: Encoder, vectors: Vectors) -> VectorIndex:
    index = VectorIndex(encoder.similarity, encoder.name, encoder.revision, encoder.dimension)
    return index.build(vectors)
