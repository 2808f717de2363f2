"""What keeps a brief from being submitted."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from models import CountryStatus, Need
from models.choices import CountryState, EngagementKind, Mode, Money
from tests.support.factories import Cast, in_days, make_need
from virtual_return.needs import completeness


def fields(need: Need, status: CountryStatus | None = None) -> list[str]:
    return [gap.field for gap in completeness.gaps(need, status, in_days(0))]


def test_a_whole_brief_lacks_nothing(cast: Cast) -> None:
    assert fields(cast.need) == []


def test_an_empty_brief_lacks_what_the_rules_ask_for(cast: Cast) -> None:
    need = Need(institution=cast.institution, mode=Mode.REMOTE)
    found = fields(need)
    assert {"kind", "who_learns", "deliverable", "local_availability", "local_search"} <= set(found)
    assert {"title", "field_of_study", "must_have", "languages", "money"} <= set(found)


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"title": ""}, "title"),
        ({"kind": None}, "kind"),
        ({"who_learns": ""}, "who_learns"),
        ({"deliverable": ""}, "deliverable"),
        ({"local_availability": None}, "local_availability"),
        ({"local_search": ""}, "local_search"),
        ({"counterpart_name": ""}, "counterpart_name"),
        ({"hours_per_week": None}, "hours_per_week"),
        ({"weeks": None}, "weeks"),
        ({"money": None}, "money"),
        ({"money": Money.STIPEND}, "money_payer"),
        ({"kind": EngagementKind.REMOTE_TASK, "weeks": 13}, "weeks"),
        ({"kind": EngagementKind.VISIT, "security_note": "Calm."}, "mode"),
        ({"kind": EngagementKind.MIXED, "security_note": "Calm."}, "mode"),
        ({"mode": Mode.ON_SITE}, "security_note"),
        ({"window_end": in_days(-1), "window_start": None, "latest_start": None}, "window_end"),
        (
            {"window_start": in_days(5), "window_end": in_days(4), "latest_start": None},
            "window_end",
        ),
        ({"window_end": in_days(4), "latest_start": in_days(5)}, "latest_start"),
        (
            {"window_start": in_days(9), "window_end": None, "latest_start": in_days(5)},
            "latest_start",
        ),
    ],
)
def test_each_gap_names_its_field(
    session: Session, cast: Cast, values: dict[str, Any], field: str
) -> None:
    assert fields(make_need(session, cast.institution, **values)) == [field]


@pytest.mark.parametrize("state", [CountryState.VIRTUAL_ONLY, CountryState.PAUSED])
def test_the_reason_of_the_country_is_told(
    session: Session, cast: Cast, state: CountryState
) -> None:
    need = make_need(session, cast.institution, mode=Mode.ON_SITE, security_note="Calm.")
    status = CountryStatus(
        country="SO", state=state, reason="Roads are flooded.", since=in_days(0) - timedelta(2)
    )
    [gap] = completeness.gaps(need, status, in_days(0))
    assert gap.field == "mode"
    assert "Roads are flooded." in gap.message
