"""What becomes of profiles when two accounts of one person become one.

Where both have a profile, one stays; everything in the other is added to it. Whatever protects a
person is united: the more private visibility, the blocks of both, what either refuses.
"""

from __future__ import annotations

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from models import (
    Availability,
    Block,
    CountryTie,
    EvidenceItem,
    Expert,
    ExpertLanguage,
    ExpertSkill,
    ProposedItem,
    Qualification,
    RecordImport,
    now,
)
from models.choices import EvidenceKind, Visibility
from virtual_return.accounts.merging import movers
from virtual_return.accounts.merging.movers import MOVES, UNION, Merge
from virtual_return.experts import anonymity, consent, privacy
from virtual_return.i18n import gettext as _
from virtual_return.jobs.changes import changed
from virtual_return.reference.skill_labels import fold

LISTS = (
    "modes", "kinds_wanted", "kinds_refused", "fields_wanted", "topics_refused",
    "fields_of_study", "links",
)  # fmt: skip
# Facts that fill a gap of the profile that stays.
FACTS = (
    "country_of_residence", "city", "employer", "time_zone", "hours_per_week", "earliest_start",
    "notice_weeks", "delivery_experience", "bandwidth",
)  # fmt: skip
# The introduction is one piece: filled only where the other has none at all.
TEXTS = (
    "headline", "about", "language", "headline_anonymous", "about_anonymous",
    "anonymous_approved_at",
)  # fmt: skip


def install() -> None:
    """Take part in merging accounts: after all others, which move what hangs on a profile."""
    movers.register(
        "experts",
        {
            "expert.user_id": "moves; of two profiles one stays",
            "evidence_item.expert_id": MOVES,
            "qualification.expert_id": MOVES,
            "availability.expert_id": MOVES,
            "expert_skill.expert_id": UNION,
            "expert_language.expert_id": "the higher level of each",
            "country_tie.expert_id": UNION,
            "block.expert_id": UNION,
            "record_import.expert_id": UNION,
            "proposed_item.expert_id": UNION,
        },
        move,
        look=look,
        order=10,
    )


def look(session: Session, merge: Merge) -> list[str]:
    """Say what changes about who may find the person."""
    pair = _pair(session, merge)
    if pair is None:
        return []
    kept, dropped = pair
    said = [
        _(
            "One profile stays; the evidence, skills, languages and everything else of the other "
            "is added to it. Its introduction becomes an item of evidence. Others read nothing of "
            "what is added before you approve it again."
        )
    ]
    if kept.visibility != dropped.visibility or _is_paused(kept) != _is_paused(dropped):
        said.append(
            _(
                "The profile is then as hidden as the more private of the two; what waits for an "
                "answer is released if institutions cannot find it any more. You can change that "
                "afterwards."
            )
        )
    return said


def move(session: Session, merge: Merge) -> None:
    """Add one profile to the other, and leave an empty row behind."""
    pair = _pair(session, merge)
    if pair is None:
        return
    kept, dropped = pair
    # Either's being found now is what may end: what waited for the other waits for this one.
    was_seen = any(item.visibility in privacy.INSTITUTION_LEVELS for item in pair)
    was_paused = _is_paused(kept)
    _unite_consent(kept, dropped)
    _unite_facts(kept, dropped)
    _keep_introduction(kept, dropped)
    session.flush()
    _move_parts(session, kept.id, dropped.id)
    # Two lives together name more than each did alone.
    anonymity.mask_again(kept)
    is_hidden = was_seen and kept.visibility not in privacy.INSTITUTION_LEVELS
    if is_hidden or (_is_paused(kept) and not was_paused):
        consent.withdraw(session, kept)
    consent.cancel_mail_to_blocked(session, kept)
    changed(session, "expert", kept.id)


def _pair(session: Session, merge: Merge) -> tuple[Expert, Expert] | None:
    if merge.kept_expert_id is None or merge.dropped_expert_id is None:
        return None
    return (
        session.get_one(Expert, merge.kept_expert_id),
        session.get_one(Expert, merge.dropped_expert_id),
    )


def _private(kept: Expert, dropped: Expert) -> Visibility:
    """Return the more private one; the levels are listed from the most private on."""
    return min(kept.visibility, dropped.visibility, key=list(Visibility).index)


def _is_paused(expert: Expert) -> bool:
    until = expert.paused_until
    return expert.is_paused or (until is not None and until > now().date())


def _unite_consent(kept: Expert, dropped: Expert) -> None:
    kept.visibility = _private(kept, dropped)
    kept.is_paused = kept.is_paused or dropped.is_paused
    days = [item.paused_until for item in (kept, dropped) if item.paused_until is not None]
    # A pause without an end is longer than one that ends on a day.
    kept.paused_until = None if kept.is_paused else max(days, default=None)
    kept.invitations_per_month = min(kept.invitations_per_month, dropped.invitations_per_month)


def _unite_facts(kept: Expert, dropped: Expert) -> None:
    for name in LISTS:
        setattr(kept, name, list(dict.fromkeys([*getattr(kept, name), *getattr(dropped, name)])))
    # What either refuses is refused.
    kept.kinds_wanted = [kind for kind in kept.kinds_wanted if kind not in kept.kinds_refused]
    for name in FACTS:
        if getattr(kept, name) in (None, ""):
            setattr(kept, name, getattr(dropped, name))
    if not kept.headline and not kept.about:
        for name in TEXTS:
            setattr(kept, name, getattr(dropped, name))
    kept.last_active_at = max(kept.last_active_at, dropped.last_active_at)


def _keep_introduction(kept: Expert, dropped: Expert) -> None:
    """Make an item of an introduction that has no place; others read nothing of what is added.

    Each form was approved beside what its own profile named, not beside what both name together.
    """
    for item in dropped.evidence:
        item.anonymous_approved_at = None
    if (dropped.headline, dropped.about) == (kept.headline, kept.about):
        kept.anonymous_approved_at = None
        return
    if dropped.headline or dropped.about:
        item = EvidenceItem(
            kind=EvidenceKind.OTHER,
            title="",
            text="",
            title_anonymous="",
            text_anonymous="",
            link="",
            language=dropped.language,
            position=len(dropped.evidence),
        )
        dropped.evidence.append(item)
        title = (dropped.headline or dropped.about)[:500]
        anonymity.propose_item(dropped, item, title, dropped.about)


def _move_parts(session: Session, kept: int, dropped: int) -> None:
    last = select(func.max(EvidenceItem.position)).where(EvidenceItem.expert_id == kept)
    offset = (session.scalar(last) or 0) + 1
    session.execute(
        update(EvidenceItem)
        .where(EvidenceItem.expert_id == dropped)
        .values(position=EvidenceItem.position + offset)
        .execution_options(synchronize_session=False)
    )
    _unite_skills(session, kept, dropped)
    _unite_languages(session, kept, dropped)
    for table in (EvidenceItem, Qualification, Availability):
        movers.move(session, table, "expert_id", dropped, kept)
    for union, same in (
        (CountryTie, ("country", "kind")),
        (Block, ("kind", "value")),
        (RecordImport, ("source",)),
        (ProposedItem, ("source", "source_key")),
    ):
        movers.move_unless(session, union, "expert_id", dropped, kept, same=same)
    session.expire_all()


def _unite_skills(session: Session, kept: int, dropped: int) -> None:
    rows = session.scalars(select(ExpertSkill).where(ExpertSkill.expert_id.in_([kept, dropped])))
    known: dict[str, ExpertSkill] = {}
    doubles: list[int] = []
    for row in sorted(rows, key=lambda item: (item.expert_id != kept, item.id)):
        first = known.setdefault(fold(row.label), row)
        if first is not row and row.expert_id == dropped:
            first.level, first.years = first.level or row.level, first.years or row.years
            doubles.append(row.id)
    session.flush()
    session.execute(delete(ExpertSkill).where(ExpertSkill.id.in_(doubles)))
    movers.move(session, ExpertSkill, "expert_id", dropped, kept)


def _unite_languages(session: Session, kept: int, dropped: int) -> None:
    rows = {
        row.language: row
        for row in session.scalars(select(ExpertLanguage).where(ExpertLanguage.expert_id == kept))
    }
    others = session.scalars(select(ExpertLanguage).where(ExpertLanguage.expert_id == dropped))
    for row in others.all():
        if row.language in rows:
            mine = rows[row.language]
            mine.level = max(mine.level, row.level, key=lambda level: level.rank)
    session.flush()
    movers.move_unless(session, ExpertLanguage, "expert_id", dropped, kept, same=("language",))
