"""Judgements from what people did with lists: who was shown, opened, invited, accepted.

Nobody judges what they never saw, and whoever stands on top is seen most. So only what was surely
looked at counts as passed over, and too little data is refused rather than averaged.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import IntEnum

from matching.evaluation_data import EvaluationError, Judgement

# Below these a figure says more about chance than about matching.
LEAST_JUDGED = 200
LEAST_NEEDS = 20
LEAST_EXPERTS = 20


class TooFewOutcomes(EvaluationError):
    """The log holds too little to be evaluated; the message says how much, and what is needed."""


class Step(IntEnum):
    """How far a match got, which is its grade. A refusal is no step: it takes nothing away."""

    SHOWN = 0
    OPENED = 1
    INVITED = 2
    ACCEPTED = 3


@dataclass(frozen=True)
class Trace:
    """One pair in one list: the best rank at which it was shown, and how far it got.

    `list_id` tells lists apart: that of a need, or that of a person. `rank` counts from 1 and is
    None where the pair was reached without the list.
    """

    list_id: str
    expert: str
    need: str
    rank: int | None
    step: Step


def judgements_of(traces: Iterable[Trace]) -> tuple[Judgement, ...]:
    """Return a judgement for each pair that was surely looked at, the highest of all its lists.

    Of a list in which something was opened, what stands above the deepest opened one was passed
    over, and so was the next below it; both get grade 0. What stands deeper, and lists in which
    nothing was opened, are not judged. These are "click > skip above" and "click > no-click next"
    of Joachims, Granka, Pan, Hembrooke and Gay, "Accurately Interpreting Clickthrough Data as
    Implicit Feedback", SIGIR 2005, who found them to agree with explicit judgements.
    """
    lists: defaultdict[str, list[Trace]] = defaultdict(list)
    for trace in traces:
        lists[trace.list_id].append(trace)
    grades: dict[tuple[str, str], float] = {}
    for shown in lists.values():
        deepest = _deepest_opened(shown)
        for trace in shown:
            was_seen = trace.rank is not None and trace.rank <= deepest + 1
            if trace.step > Step.SHOWN or (deepest and was_seen):
                pair = trace.expert, trace.need
                grades[pair] = max(grades.get(pair, 0.0), float(trace.step))
    return tuple(Judgement(*pair, grade) for pair, grade in sorted(grades.items()))


def require_enough(judgements: Sequence[Judgement]) -> None:
    """Raise TooFewOutcomes where a figure from these judgements would mean nothing."""
    needs = {one.need for one in judgements if one.grade >= Step.INVITED}
    experts = {one.expert for one in judgements}
    enough = (
        len(judgements) >= LEAST_JUDGED
        and len(needs) >= LEAST_NEEDS
        and len(experts) >= LEAST_EXPERTS
    )
    if not enough:
        raise TooFewOutcomes(
            f"The log tells of {len(judgements)} matches that were looked at, of {len(experts)} "
            f"people and {len(needs)} needs with an invitation. Under {LEAST_JUDGED} matches, "
            f"{LEAST_EXPERTS} people and {LEAST_NEEDS} needs a figure would be chance: wait for "
            "more, or evaluate a folder of judged pairs."
        )


def _deepest_opened(shown: Iterable[Trace]) -> int:
    return max((one.rank or 0 for one in shown if one.step > Step.SHOWN), default=0)
