"""Read the outcome log as judged data, for `virtual-return evaluate --from-outcomes` alone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from matching.documents import NeedDocument, PersonDocument
from matching.evaluation_data import EvaluationData, Judgement
from matching.outcome_judgements import Step, Trace, judgements_of, require_enough
from models import Outcome
from models.choices import OutcomeKind, OutcomeList, OwnerKind
from virtual_return.matches import queries
from virtual_return.matches.documents import need_document, person_document

# A refusal, by whichever side, says nothing about the fit: it is left out.
STEPS = {
    OutcomeKind.SHOWN: Step.SHOWN,
    OutcomeKind.OPENED: Step.OPENED,
    OutcomeKind.INVITED: Step.INVITED,
    OutcomeKind.ACCEPTED: Step.ACCEPTED,
}
# What one statement asks for at most: SQLite bounds the values in a statement.
AT_ONCE = 500


def read(session: Session) -> EvaluationData:
    """Return people, needs and judgements of the log; TooFewOutcomes where it holds too little.

    Only people who can be found today take part: who hid or paused is not evaluated with. Texts are
    those of today, and hard facts are left out, since both have changed since the lists were shown.
    """
    judged = judgements_of(_traces(session))
    people = _people(session, {int(one.expert) for one in judged})
    needs = _needs(session, {int(one.need) for one in judged})
    kept = [one for one in judged if one.expert in people and one.need in needs]
    require_enough(kept)
    return _data(people, needs, kept)


def _traces(session: Session) -> Iterable[Trace]:
    """Yield each pair of each list with its best rank, and the furthest that it got."""
    columns = Outcome.list, Outcome.need_id, Outcome.expert_id
    rows = session.execute(
        select(*columns, Outcome.kind, func.min(Outcome.rank))
        .where(Outcome.kind.in_(STEPS))
        .group_by(*columns, Outcome.kind)
    )
    best: dict[tuple[OutcomeList, int, int], tuple[Step, int | None]] = {}
    for which, need_id, expert_id, kind, rank in rows:
        key = which, need_id, expert_id
        step, known = best.get(key, (Step.SHOWN, None))
        ranks = [one for one in (rank, known) if one is not None]
        best[key] = max(step, STEPS[kind]), min(ranks, default=None)
    for (which, need_id, expert_id), (step, rank) in best.items():
        owner = need_id if which is OutcomeList.PEOPLE else expert_id
        yield Trace(f"{which.value}:{owner}", str(expert_id), str(need_id), rank, step)


def _people(session: Session, ids: set[int]) -> dict[str, PersonDocument]:
    found: dict[str, PersonDocument] = {}
    for part in _parts(ids):
        findable = queries.among(session, queries.indexable(OwnerKind.EXPERT), part)
        rows = queries.experts(session, findable, *queries.EXPERT_TEXTS)
        found |= {str(id): person_document(expert) for id, expert in rows.items()}
    return {id: document for id, document in found.items() if document.passages}


def _needs(session: Session, ids: set[int]) -> dict[str, NeedDocument]:
    """Return needs in whatever state: those that found somebody are not open any more."""
    found: dict[str, NeedDocument] = {}
    for part in _parts(ids):
        rows = queries.needs(session, part, *queries.NEED_TEXTS)
        found |= {str(id): _without_facts(need_document(need)) for id, need in rows.items()}
    return {id: document for id, document in found.items() if document.passages}


def _without_facts(need: NeedDocument) -> NeedDocument:
    return NeedDocument(
        need.id, need.passages, need.must_have, need.useful, known_names=need.known_names
    )


def _parts(ids: set[int]) -> Iterable[list[int]]:
    ordered = sorted(ids)
    return (ordered[start : start + AT_ONCE] for start in range(0, len(ordered), AT_ONCE))


def _data(
    people: Mapping[str, PersonDocument], needs: Mapping[str, NeedDocument], kept: list[Judgement]
) -> EvaluationData:
    experts = {one.expert for one in kept}
    asked = {one.need for one in kept}
    return EvaluationData(
        {id: document for id, document in people.items() if id in experts},
        {id: document for id, document in needs.items() if id in asked},
        tuple(kept),
    )
