"""What people did with lists becomes judgements only where they surely looked."""

from __future__ import annotations

import pytest

from matching.evaluation_data import Judgement
from matching.outcome_judgements import (
    LEAST_JUDGED,
    LEAST_NEEDS,
    Step,
    TooFewOutcomes,
    Trace,
    judgements_of,
    require_enough,
)


def listed(*steps: Step | None, need: str = "n", list_id: str = "people:n") -> list[Trace]:
    """Return a list of a need, e1 first; None was not shown."""
    return [
        Trace(list_id, f"e{rank}", need, rank, step)
        for rank, step in enumerate(steps, start=1)
        if step is not None
    ]


def grades(traces: list[Trace]) -> dict[str, float]:
    return {one.expert: one.grade for one in judgements_of(traces)}


def test_grades_rise_with_how_far_a_match_got() -> None:
    steps = (Step.SHOWN, Step.OPENED, Step.INVITED, Step.ACCEPTED)

    assert grades(listed(*steps)) == {"e1": 0.0, "e2": 1.0, "e3": 2.0, "e4": 3.0}


def test_what_stands_above_the_deepest_opened_and_one_below_was_passed_over() -> None:
    steps = (Step.SHOWN, Step.SHOWN, Step.OPENED, Step.SHOWN, Step.SHOWN, Step.SHOWN)

    assert grades(listed(*steps)) == {"e1": 0.0, "e2": 0.0, "e3": 1.0, "e4": 0.0}


def test_a_list_in_which_nothing_was_opened_judges_nobody() -> None:
    assert grades(listed(Step.SHOWN, Step.SHOWN)) == {}


def test_a_match_that_was_reached_without_its_list_is_judged_alone() -> None:
    traces = [Trace("people:n", "e9", "n", None, Step.INVITED), *listed(Step.SHOWN, Step.SHOWN)]

    assert grades(traces) == {"e9": 2.0}


def test_one_pair_in_two_lists_counts_once_with_the_higher_grade() -> None:
    mine = [Trace("needs:e1", "e1", "n", 1, Step.INVITED)]

    assert grades(listed(Step.SHOWN, Step.OPENED) + mine) == {"e1": 2.0, "e2": 1.0}


def test_lists_of_others_do_not_matter() -> None:
    other = listed(Step.SHOWN, need="m", list_id="people:m")

    assert {one.need for one in judgements_of(listed(Step.OPENED) + other)} == {"n"}


def enough() -> list[Judgement]:
    per_need = -(-LEAST_JUDGED // LEAST_NEEDS)
    return [
        Judgement(f"e{number}-{need % 5}", f"n{need}", 2.0 if number == 0 else 0.0)
        for need in range(LEAST_NEEDS)
        for number in range(per_need)
    ]


def test_enough_is_enough() -> None:
    require_enough(enough())


@pytest.mark.parametrize(
    "too_few",
    [
        [],
        enough()[:-1],
        [Judgement(one.expert, one.need, min(one.grade, 1.0)) for one in enough()],
        [Judgement(f"e{number % 19}", one.need, one.grade) for number, one in enumerate(enough())],
    ],
    ids=["nothing", "a pair too few", "nobody invited", "too few people"],
)
def test_too_little_is_refused_with_what_is_lacking(too_few: list[Judgement]) -> None:
    with pytest.raises(TooFewOutcomes, match=rf"tells of {len(too_few)} matches .*Under 200 match"):
        require_enough(too_few)
