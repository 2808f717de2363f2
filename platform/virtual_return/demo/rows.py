"""From the generator's records to rows of the tables."""

from __future__ import annotations

from datetime import datetime, timedelta

from models import (
    Availability,
    Block,
    CountryTie,
    EvidenceItem,
    Expert,
    ExpertLanguage,
    ExpertSkill,
    Institution,
    Membership,
    NeedLanguage,
    NeedSkill,
    Qualification,
    QualificationRecognition,
    Unit,
    User,
)
from models.choices import BlockKind, VerificationState
from virtual_return.demo.programme import (
    Degree,
    Evidence,
    ExpertProfile,
    Hiding,
    InstitutionEntry,
    NeedEntry,
    Person,
)

REFRESH_AFTER = timedelta(days=182)
REVERIFY_AFTER = timedelta(days=365)


def user_row(person: Person, moment: datetime) -> User:
    """Return an account that was last seen some days ago."""
    return User(
        email=person.email,
        name=person.name,
        locale=person.locale,
        time_zone=person.time_zone,
        last_seen_at=moment - timedelta(days=person.last_seen_days_ago),
    )


def institution_row(
    entry: InstitutionEntry, users: dict[str, User], moment: datetime
) -> Institution:
    """Return an institution with its units and members."""
    row = Institution(
        name=entry.name,
        working_name=entry.working_name,
        kind=entry.kind,
        country=entry.country,
        city=entry.city,
        domain=entry.domain,
        website=f"https://{entry.domain}/",
        description=entry.description,
        size=entry.size,
        state=entry.state,
        verification_evidence=entry.verification_evidence,
        review_note=entry.review_note,
        units=[Unit(name=unit.name, size=unit.size) for unit in entry.units],
        memberships=[
            Membership(user=users[person.email], role=role) for person, role in entry.members
        ],
    )
    if entry.state == VerificationState.APPROVED:
        row.verified_at = moment - timedelta(days=entry.verified_days_ago)
        row.reverification_due_at = row.verified_at + REVERIFY_AFTER
    return row


def expert_row(
    profile: ExpertProfile,
    user: User,
    skill_ids: dict[str, int],
    institution_ids: dict[str, int],
    moment: datetime,
) -> Expert:
    """Return an expert with everything that hangs on the profile."""
    active = moment - timedelta(days=profile.person.last_seen_days_ago)
    row = Expert(
        user=user,
        standing=profile.standing,
        headline=profile.headline,
        about=profile.about,
        language=profile.language,
        headline_anonymous=profile.headline_anonymous,
        about_anonymous=profile.about_anonymous,
        anonymous_approved_at=active if profile.is_approved else None,
        country_of_residence=profile.country_of_residence,
        employer=profile.employer,
        time_zone=profile.person.time_zone,
        fields_of_study=[code for code in (profile.field, profile.near_field) if code],
        visibility=profile.visibility,
        is_paused=profile.is_paused,
        refresh_due_at=active + REFRESH_AFTER,
        last_active_at=active,
        evidence=[_evidence(item, place, active) for place, item in enumerate(profile.evidence)],
        languages=[ExpertLanguage(language=code, level=level) for code, level in profile.languages],
        ties=[CountryTie(country=country, kind=kind) for country, kind in profile.ties],
        qualifications=[_qualification(degree) for degree in profile.degrees],
        blocks=[_block(hiding, institution_ids) for hiding in profile.hidings],
        skills=[
            ExpertSkill(
                skill_id=skill_ids[skill.uri],
                label=skill.label,
                level=skill.level,
                years=skill.years,
            )
            for skill in profile.skills
        ],
    )
    _write_wishes(row, profile)
    return row


def _write_wishes(row: Expert, profile: ExpertProfile) -> None:
    wishes = profile.wishes
    row.modes = [mode.value for mode in wishes.modes]
    row.kinds_wanted = [kind.value for kind in wishes.kinds_wanted]
    row.kinds_refused = [kind.value for kind in wishes.kinds_refused]
    row.fields_wanted = list(wishes.fields_wanted)
    row.topics_refused = list(wishes.topics_refused)
    row.hours_per_week = wishes.hours_per_week
    row.earliest_start = wishes.earliest_start
    row.notice_weeks = wishes.notice_weeks
    row.capacity = wishes.capacity
    row.delivery_experience = wishes.delivery_experience
    row.bandwidth = wishes.bandwidth
    row.invitations_per_month = wishes.invitations_per_month
    row.availability = [
        Availability(kind=span.kind, starts_on=span.starts_on, ends_on=span.ends_on)
        for span in wishes.calendar
    ]


def _evidence(item: Evidence, place: int, moment: datetime) -> EvidenceItem:
    return EvidenceItem(
        kind=item.kind,
        title=item.title,
        text=item.text,
        language=item.language,
        title_anonymous=item.title_anonymous,
        text_anonymous=item.text_anonymous,
        anonymous_approved_at=moment if item.is_approved else None,
        start_year=item.start_year,
        end_year=item.end_year,
        link=item.link,
        position=place,
    )


def _qualification(degree: Degree) -> Qualification:
    return Qualification(
        title=degree.title,
        awarding_body=degree.awarding_body,
        country=degree.country,
        level=degree.level,
        field_of_study=degree.field_of_study,
        year=degree.year,
        recognitions=[
            QualificationRecognition(country=degree.recognition_country, status=degree.recognition)
        ],
    )


def _block(hiding: Hiding, institution_ids: dict[str, int]) -> Block:
    value = hiding.value
    if hiding.kind == BlockKind.INSTITUTION:
        value = str(institution_ids[hiding.value])
    return Block(kind=hiding.kind, value=value)


def need_skill_rows(entry: NeedEntry, skill_ids: dict[str, int]) -> list[NeedSkill]:
    """Return the skills that a need asks for."""
    return [
        NeedSkill(skill_id=skill_ids[skill.uri], label=skill.label, importance=skill.importance)
        for skill in entry.skills
    ]


def need_language_rows(entry: NeedEntry) -> list[NeedLanguage]:
    """Return the languages that a need asks for."""
    return [NeedLanguage(language=code, level=level) for code, level in entry.languages]
