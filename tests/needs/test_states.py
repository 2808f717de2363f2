"""Every step in the life of a need, possible and impossible, and what guards it."""

from datetime import UTC, date, datetime, timedelta

import pytest

from models import CountryStatus, Institution, Need
from models.choices import (
    CountryState,
    EngagementKind,
    Mode,
    VerificationState,
)
from models.choices import NeedState as State
from models.institution import VERIFIED
from virtual_return.errors import Conflict, Invalid
from virtual_return.needs import states
from virtual_return.needs.states import Act

TODAY = date(2026, 5, 3)
MOMENT = datetime(2026, 5, 3, 12, tzinfo=UTC)


def need_in(state: State, **values: object) -> Need:
    institution = Institution(name="A", country="SO", state=VerificationState.APPROVED)
    defaults = {"mode": Mode.REMOTE, "review_note": "", "reviewed_by_id": None}
    return Need(institution=institution, state=state, **{**defaults, **values})


def status(state: CountryState) -> CountryStatus:
    return CountryStatus(country="SO", state=state, reason="Floods.", since=TODAY)


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("act", set(Act) - {Act.APPEAL})
def test_an_act_is_possible_only_where_the_table_says_so(state: State, act: Act) -> None:
    need = need_in(state)
    target = states.TRANSITIONS.get((state, act))
    if target is None:
        assert not states.allows(need, act)
        with pytest.raises(Conflict):
            states.move(need, act)
        assert need.state == state
    else:
        states.move(need, act)
        assert need.state == target


def test_the_table_is_what_was_decided() -> None:
    assert {(str(a), str(b), str(c)) for (a, b), c in states.TRANSITIONS.items()} == {
        ("draft", "submit", "submitted"),
        ("changes_requested", "submit", "submitted"),
        ("submitted", "take_back", "draft"),
        ("submitted", "request_changes", "changes_requested"),
        ("submitted", "approve", "approved"),
        ("submitted", "reject", "closed"),
        ("changes_requested", "appeal", "submitted"),
        ("closed", "appeal", "submitted"),
        ("approved", "open", "open"),
        ("approved", "request_changes", "changes_requested"),
        ("open", "request_changes", "changes_requested"),
        ("open", "renew", "open"),
        ("expired", "renew", "open"),
        ("filled", "renew", "open"),
        ("open", "fill", "filled"),
        ("open", "expire", "expired"),
        ("submitted", "close", "closed"),
        ("changes_requested", "close", "closed"),
        ("approved", "close", "closed"),
        ("open", "close", "closed"),
        ("filled", "close", "closed"),
        ("expired", "close", "closed"),
    }


@pytest.mark.parametrize("state", State)
def test_an_appeal_answers_a_refusal_and_nothing_else(state: State) -> None:
    refused = need_in(state, reviewed_by_id=7, review_note="Too vague.")
    assert states.allows(refused, Act.APPEAL) == (state in (State.CHANGES_REQUESTED, State.CLOSED))
    assert not states.allows(need_in(state), Act.APPEAL)
    with pytest.raises(Conflict):
        states.move(need_in(state), Act.APPEAL)


@pytest.mark.parametrize("state", State)
def test_only_drafts_and_returned_briefs_can_be_edited(state: State) -> None:
    if state in (State.DRAFT, State.CHANGES_REQUESTED):
        states.require_editable(need_in(state))
    else:
        with pytest.raises(Conflict):
            states.require_editable(need_in(state))


@pytest.mark.parametrize("verification", set(VerificationState) - set(VERIFIED))
def test_no_need_opens_before_its_institution_is_verified(verification: VerificationState) -> None:
    need = need_in(State.APPROVED)
    need.institution.state = verification
    with pytest.raises(Conflict):
        states.require_openable(need, None, TODAY)


@pytest.mark.parametrize("state", [CountryState.VIRTUAL_ONLY, CountryState.PAUSED])
@pytest.mark.parametrize(
    ("kind", "mode"),
    [
        (EngagementKind.VISIT, Mode.ON_SITE),
        (EngagementKind.VISIT, Mode.REMOTE),
        (EngagementKind.MIXED, Mode.MIXED),
        (EngagementKind.TEACHING, Mode.ON_SITE),
        (EngagementKind.REVIEW, Mode.MIXED),
    ],
)
def test_nobody_travels_where_the_country_says_no(
    state: CountryState, kind: EngagementKind, mode: Mode
) -> None:
    need = need_in(State.APPROVED, kind=kind, mode=mode)
    with pytest.raises(Conflict, match="Floods"):
        states.require_openable(need, status(state), TODAY)
    states.require_openable(need, status(CountryState.NORMAL), TODAY)
    states.require_openable(need, None, TODAY)


@pytest.mark.parametrize("state", CountryState)
def test_remote_work_is_possible_everywhere(state: CountryState) -> None:
    need = need_in(State.APPROVED, kind=EngagementKind.REVIEW)
    states.require_openable(need, status(state), TODAY)


def test_a_need_whose_window_is_over_does_not_open() -> None:
    with pytest.raises(Conflict):
        states.require_openable(
            need_in(State.APPROVED, window_end=TODAY - timedelta(days=1)), None, TODAY
        )


def test_an_incomplete_brief_is_refused_with_what_is_missing() -> None:
    with pytest.raises(Invalid, match="title"):
        states.require_complete(need_in(State.DRAFT), None, TODAY)


def test_a_need_is_open_for_90_days_or_until_its_window_ends() -> None:
    assert states.expiry_of(need_in(State.APPROVED), MOMENT) == MOMENT + timedelta(days=90)
    late = need_in(State.APPROVED, window_end=TODAY + timedelta(days=200))
    assert states.expiry_of(late, MOMENT) == MOMENT + timedelta(days=90)
    early = need_in(State.APPROVED, window_end=TODAY + timedelta(days=10))
    assert states.expiry_of(early, MOMENT) == datetime(2026, 5, 13, 23, 59, 59, tzinfo=UTC)
