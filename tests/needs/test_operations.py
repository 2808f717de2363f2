"""Write a brief, submit it, renew it, close it: by whom, and by whom not."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models import AuditEvent, CountryStatus, Need, OutboxEntry, Skill, SkillLabel, Unit, now
from models.choices import (
    Cefr,
    CountryState,
    Importance,
    Mode,
    NeedState,
    Role,
    VerificationState,
)
from tests.support.factories import (
    Cast,
    add_member,
    in_days,
    make_institution,
    make_need,
    make_user,
)
from virtual_return.errors import Conflict, Forbidden, Invalid, NotFound
from virtual_return.needs import operations
from virtual_return.needs.values import How, Local, What, Who

Verb = Callable[[Session, Any, Need], object]
VERBS: dict[str, Verb] = {
    "save_what": lambda s, u, n: operations.save_what(s, u, n, What(title="Other")),
    "save_who": lambda s, u, n: operations.save_who(s, u, n, Who()),
    "save_how": lambda s, u, n: operations.save_how(s, u, n, How()),
    "save_local": lambda s, u, n: operations.save_local(s, u, n, Local()),
    "submit": operations.submit,
    "take_back": operations.take_back,
    "appeal": lambda s, u, n: operations.appeal(s, u, n, "Please."),
    "renew": operations.renew,
    "fill": operations.fill,
    "close": operations.close,
    "discard": operations.discard,
    "duplicate": operations.duplicate,
}


def told_matching(session: Session) -> int:
    session.flush()
    return (
        session.scalar(
            select(func.count(OutboxEntry.id)).where(OutboxEntry.job == "matches.refresh")
        )
        or 0
    )


def audited(session: Session, need: Need) -> list[str]:
    session.flush()
    return list(
        session.scalars(
            select(AuditEvent.action)
            .where(AuditEvent.object_kind == "need", AuditEvent.object_id == need.id)
            .order_by(AuditEvent.id)
        )
    )


def draft(session: Session, cast: Cast, **values: Any) -> Need:
    state = {"state": NeedState.DRAFT, "opened_at": None, "expires_at": None}
    return make_need(session, cast.institution, **{**state, **values})


@pytest.mark.parametrize("verb", VERBS)
def test_strangers_find_nothing_and_viewers_change_nothing(
    session: Session, cast: Cast, verb: str
) -> None:
    viewer = make_user(session)
    add_member(session, cast.institution, viewer, Role.VIEWER)
    for outsider in (cast.stranger, cast.coordinator, cast.expert):
        with pytest.raises(NotFound):
            VERBS[verb](session, outsider, cast.need)
    with pytest.raises(Forbidden):
        VERBS[verb](session, viewer, cast.need)


def test_an_editor_writes_a_brief_in_four_steps(session: Session, cast: Cast) -> None:
    need = operations.create_draft(session, cast.member, cast.institution, What(title="Teach"))
    operations.save_what(session, cast.member, need, What(title="Teach us", task="Three lectures"))
    operations.save_who(
        session,
        cast.member,
        need,
        Who(
            must_have=(" soil  mechanics ", "Soil mechanics", ""),
            useful=("Python", "soil mechanics"),
            languages=(("en", Cefr.B2), ("so", Cefr.C1), ("en", Cefr.C2)),
        ),
    )
    operations.save_how(session, cast.member, need, How(hours_per_week=4, weeks=3))
    operations.save_local(session, cast.member, need, Local(local_search="We asked around."))
    assert need.state == NeedState.DRAFT
    assert (need.title, need.task, need.hours_per_week) == ("Teach us", "Three lectures", 4)
    assert [(skill.label, skill.importance) for skill in need.skills] == [
        ("soil mechanics", Importance.MUST_HAVE),
        ("Python", Importance.USEFUL),
    ]
    assert [(item.language, item.level) for item in need.languages] == [
        ("en", Cefr.B2),
        ("so", Cefr.C1),
    ]
    assert audited(session, need) == ["need.created", *["need.edited"] * 4]


def test_skills_and_languages_can_be_saved_again_and_again(session: Session, cast: Cast) -> None:
    need = draft(session, cast)
    for level in (Cefr.B1, Cefr.C1):
        operations.save_who(
            session, cast.member, need, Who(("a",), ("b",), (("so", level), ("en", level)))
        )
    session.expire_all()
    assert {(item.language, item.level) for item in need.languages} == {
        ("so", Cefr.C1),
        ("en", Cefr.C1),
    }
    assert len(need.skills) == 2


def test_a_label_of_the_taxonomy_stands_for_its_entry(session: Session, cast: Cast) -> None:
    water = Skill(uri="http://e.example/water")
    water.labels = [
        SkillLabel(language="en", label="Water treatment", folded="water treatment"),
        SkillLabel(language="fr", label="Traitement de l'eau", folded="traitement de l'eau"),
    ]
    session.add(water)
    need = draft(session, cast)
    operations.save_who(
        session, cast.member, need, Who(("water  TREATMENT",), ("patience",), (("en", Cefr.B1),))
    )
    assert [(skill.label, skill.skill_id) for skill in need.skills] == [
        ("water TREATMENT", water.id),
        ("patience", None),
    ]


def test_no_brief_begins_for_a_suspended_institution(session: Session, cast: Cast) -> None:
    cast.institution.state = VerificationState.SUSPENDED
    with pytest.raises(Conflict):
        operations.create_draft(session, cast.owner, cast.institution, What(title="Teach"))


@pytest.mark.parametrize("state", [CountryState.VIRTUAL_ONLY, CountryState.PAUSED])
@pytest.mark.parametrize("mode", [Mode.ON_SITE, Mode.MIXED])
def test_travel_is_not_even_saved_where_nobody_travels(
    session: Session, cast: Cast, state: CountryState, mode: Mode
) -> None:
    session.add(CountryStatus(country="SO", state=state, reason="Floods.", since=in_days(0)))
    need = draft(session, cast)
    with pytest.raises(Invalid, match="Floods"):
        operations.save_how(session, cast.member, need, How(mode=mode))
    operations.save_how(session, cast.member, need, How(mode=Mode.REMOTE))


def test_a_unit_of_another_institution_is_refused(session: Session, cast: Cast) -> None:
    foreign = Unit(name="Library", institution=make_institution(session))
    session.add(foreign)
    session.flush()
    with pytest.raises(Invalid):
        operations.save_how(session, cast.member, draft(session, cast), How(unit_id=foreign.id))


def test_a_whole_brief_is_submitted_and_can_be_taken_back(session: Session, cast: Cast) -> None:
    need = draft(session, cast)
    operations.submit(session, cast.member, need)
    assert need.state == NeedState.SUBMITTED
    assert need.submitted_at is not None
    with pytest.raises(Conflict):
        operations.submit(session, cast.member, need)
    operations.take_back(session, cast.member, need)
    assert need.state == NeedState.DRAFT
    assert audited(session, need) == ["need.submitted", "need.taken_back"]


@pytest.mark.parametrize("field", ["who_learns", "deliverable", "local_availability", "kind"])
def test_a_brief_that_lacks_something_is_not_submitted(
    session: Session, cast: Cast, field: str
) -> None:
    need = draft(session, cast, **{field: None if field in ("kind", "local_availability") else ""})
    with pytest.raises(Invalid):
        operations.submit(session, cast.member, need)
    assert need.state == NeedState.DRAFT


@pytest.mark.parametrize("state", set(NeedState) - {NeedState.DRAFT, NeedState.CHANGES_REQUESTED})
@pytest.mark.parametrize("verb", ["save_what", "save_who", "save_how", "save_local"])
def test_what_people_were_shown_is_not_edited(
    session: Session, cast: Cast, state: NeedState, verb: str
) -> None:
    cast.need.state = state
    with pytest.raises(Conflict):
        VERBS[verb](session, cast.member, cast.need)


def test_renewing_counts_from_today_and_stops_at_the_window(session: Session, cast: Cast) -> None:
    cast.need.window_end = in_days(100)
    with time_machine.travel(now() + timedelta(days=50), tick=False):
        operations.renew(session, cast.member, cast.need)
        assert cast.need.expires_at is not None
        assert cast.need.expires_at.date() == cast.need.window_end
    assert told_matching(session) == 1


def test_an_expired_need_opens_again_unless_its_window_is_over(
    session: Session, cast: Cast
) -> None:
    cast.need.state = NeedState.EXPIRED
    operations.renew(session, cast.member, cast.need)
    assert cast.need.state == NeedState.OPEN
    cast.need.state, cast.need.window_end = NeedState.EXPIRED, in_days(-1)
    with pytest.raises(Conflict):
        operations.renew(session, cast.member, cast.need)


def test_a_visit_is_not_renewed_where_nobody_travels_any_more(session: Session, cast: Cast) -> None:
    cast.need.mode = Mode.ON_SITE
    session.add(CountryStatus(country="SO", state=CountryState.PAUSED, since=in_days(0)))
    with pytest.raises(Conflict):
        operations.renew(session, cast.member, cast.need)


@pytest.mark.parametrize(
    ("verb", "state"), [("fill", NeedState.FILLED), ("close", NeedState.CLOSED)]
)
def test_matching_hears_when_a_need_ends(
    session: Session, cast: Cast, verb: str, state: NeedState
) -> None:
    VERBS[verb](session, cast.member, cast.need)
    assert cast.need.state == state
    assert cast.need.closed_at is not None
    assert told_matching(session) == 1
    assert audited(session, cast.need) == [f"need.{state}"]


def test_only_drafts_are_deleted(session: Session, cast: Cast) -> None:
    with pytest.raises(Conflict):
        operations.discard(session, cast.member, cast.need)
    need = draft(session, cast)
    operations.discard(session, cast.member, need)
    session.flush()
    assert session.get(Need, need.id) is None


def test_a_duplicate_is_a_draft_without_dates_and_history(session: Session, cast: Cast) -> None:
    cast.need.review_note = "Well done."
    copy = operations.duplicate(session, cast.member, cast.need)
    assert copy.state == NeedState.DRAFT
    assert copy.public_id != cast.need.public_id
    assert (copy.title, copy.task, copy.who_learns) == (
        cast.need.title,
        cast.need.task,
        cast.need.who_learns,
    )
    assert (copy.window_start, copy.window_end, copy.latest_start) == (None, None, None)
    assert (copy.opened_at, copy.expires_at, copy.review_note) == (None, None, "")
    assert [skill.label for skill in copy.skills] == ["water treatment"]
    assert [item.language for item in copy.languages] == ["en"]
    assert cast.need.state == NeedState.OPEN


def test_an_appeal_needs_a_refusal_and_words(session: Session, cast: Cast) -> None:
    need = draft(session, cast, state=NeedState.CLOSED)
    with pytest.raises(Conflict):
        operations.appeal(session, cast.member, need, "Please.")
    need.reviewed_by_id, need.review_note = cast.coordinator.id, "Not for this programme."
    with pytest.raises(Invalid):
        operations.appeal(session, cast.member, need, "  ")
    operations.appeal(session, cast.member, need, "It is: see paragraph 3.")
    assert (need.state, need.appeal) == (NeedState.SUBMITTED, "It is: see paragraph 3.")
