"""Verbs of a profile's own steps; evidence, forms and consent have modules of their own."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy.orm import Session

from models import Availability, CountryTie, Expert, ExpertLanguage, ExpertSkill, User
from models.choices import Visibility
from virtual_return.errors import Invalid
from virtual_return.experts import anonymity
from virtual_return.experts.saving import saved
from virtual_return.experts.values import (
    MOST_LANGUAGES,
    MOST_SKILLS,
    MOST_SPANS,
    MOST_TIES,
    About,
    Belonging,
    Offer,
    SkillValue,
)
from virtual_return.i18n import gettext as _
from virtual_return.reference.skill_labels import entries, fold
from virtual_return.reference.text_language import language_of


def start(session: Session, actor: User) -> Expert:
    """Make a profile that nobody sees; whoever has one gets it back."""
    if actor.expert is not None:
        return actor.expert
    expert = Expert(user=actor, visibility=Visibility.HIDDEN, time_zone=actor.time_zone)
    session.add(expert)
    session.flush()
    saved(session, actor, expert, "expert.started")
    return expert


def save_about(session: Session, actor: User, expert: Expert, about: About) -> None:
    """Save the texts with proposals for their anonymous forms, and the facts beside them."""
    before = (expert.language, f"{expert.headline}\n{expert.about}")
    anonymity.propose_about(expert, about.headline, about.about)
    expert.city, expert.employer = about.city, about.employer
    expert.links = list(about.links)
    anonymity.mask_again(expert)
    text = f"{about.headline}\n{about.about}"
    expert.language = language_of(about.language, text, actor.locale, before=before)
    expert.standing = about.standing
    expert.country_of_residence = about.country_of_residence
    expert.time_zone = about.time_zone
    saved(session, actor, expert, "expert.about_saved")


def save_skills(
    session: Session, actor: User, expert: Expert, skills: Sequence[SkillValue]
) -> None:
    """Write the skills anew; of one that was named twice the first counts."""
    wanted: dict[str, SkillValue] = {}
    for skill in skills:
        wanted.setdefault(fold(skill.label), skill)
    if len(wanted) > MOST_SKILLS:
        raise Invalid(_("Name at most %(number)s skills, those you want to be asked for.",
                        number=MOST_SKILLS))  # fmt: skip
    known = entries(session, wanted)
    rows = {fold(row.label): row for row in expert.skills}
    kept: list[ExpertSkill] = []
    for folded, skill in wanted.items():
        row = rows.get(folded) or ExpertSkill()
        row.label, row.level, row.years = skill.label, skill.level, skill.years
        row.skill_id = known.get(folded, row.skill_id)
        kept.append(row)
    expert.skills = kept
    saved(session, actor, expert, "expert.skills_saved")


def add_skill(session: Session, actor: User, expert: Expert, label: str) -> None:
    """Add one skill to those that are there."""
    kept = [SkillValue(row.label, row.level, row.years) for row in expert.skills]
    save_skills(session, actor, expert, [*kept, SkillValue(label)])


def save_belonging(session: Session, actor: User, expert: Expert, belonging: Belonging) -> None:
    """Write languages and ties anew; rows are kept where they can be, since they are unique."""
    languages = dict(reversed(belonging.languages))
    ties = list(dict.fromkeys(belonging.ties))
    if len(languages) > MOST_LANGUAGES or len(ties) > MOST_TIES:
        raise Invalid(_("There are too many rows. Keep those that matter for the work."))
    rows = {row.language: row for row in expert.languages}
    spoken: list[ExpertLanguage] = []
    for code in dict.fromkeys(code for code, _level in belonging.languages):
        row = rows.get(code) or ExpertLanguage(language=code)
        row.level = languages[code]
        spoken.append(row)
    expert.languages = spoken
    tied = {(row.country, row.kind): row for row in expert.ties}
    expert.ties = [
        tied.get((country, kind)) or CountryTie(country=country, kind=kind)
        for country, kind in ties
    ]
    saved(session, actor, expert, "expert.languages_saved")


def save_offer(session: Session, actor: User, expert: Expert, offer: Offer) -> None:
    """Save what somebody is willing to do, when, and how much of it."""
    _check(offer)
    for name in (
        "hours_per_week", "earliest_start", "notice_weeks", "capacity", "invitations_per_month",
        "delivery_experience", "bandwidth", "contact_preference",
    ):  # fmt: skip
        setattr(expert, name, getattr(offer, name))
    for name in (
        "modes", "kinds_wanted", "kinds_refused",
        "fields_of_study", "fields_wanted", "topics_refused",
    ):  # fmt: skip
        setattr(expert, name, [str(value) for value in getattr(offer, name)])
    expert.availability = [
        Availability(kind=span.kind, starts_on=span.starts_on, ends_on=span.ends_on)
        for span in offer.spans
    ]
    saved(session, actor, expert, "expert.availability_saved")


def _check(offer: Offer) -> None:
    if set(offer.kinds_wanted) & set(offer.kinds_refused):
        raise Invalid(_("A kind of engagement cannot be both wanted and refused."))
    if any(span.ends_on < span.starts_on for span in offer.spans):
        raise Invalid(_("A span ends before it begins. Check its two dates."))
    if len(offer.spans) > MOST_SPANS:
        raise Invalid(_("There are too many spans. Put neighbouring ones together."))
