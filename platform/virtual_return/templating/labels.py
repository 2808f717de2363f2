"""What the closed lists of the product are called on a page."""

from __future__ import annotations

from enum import StrEnum

from flask_babel import lazy_gettext
from flask_babel.speaklater import LazyString

from models import choices
from virtual_return.errors import N_
from virtual_return.i18n import gettext

# A list of pairs, since members of two lists with the same value are equal as dictionary keys.
PAIRS: tuple[tuple[StrEnum, str], ...] = (
    (choices.Cefr.A1, N_("A1, first words")),
    (choices.Cefr.A2, N_("A2, simple exchanges")),
    (choices.Cefr.B1, N_("B1, gets by")),
    (choices.Cefr.B2, N_("B2, works in it")),
    (choices.Cefr.C1, N_("C1, fluent")),
    (choices.Cefr.C2, N_("C2, as a first language")),
    (choices.Visibility.HIDDEN, N_("Hidden")),
    (choices.Visibility.STAFF, N_("Programme staff only")),
    (choices.Visibility.INSTITUTIONS_ANONYMOUS, N_("Verified institutions, without your name")),
    (choices.Visibility.INSTITUTIONS_NAMED, N_("Verified institutions, with your name")),
    (choices.Visibility.MEMBERS, N_("All members")),
    (choices.Mode.REMOTE, N_("Remote")),
    (choices.Mode.ON_SITE, N_("On site")),
    (choices.Mode.MIXED, N_("Remote with a visit")),
    (choices.EngagementKind.CONSULTATION, N_("One-hour consultation")),
    (choices.EngagementKind.REMOTE_TASK, N_("Short remote task")),
    (choices.EngagementKind.MENTORING, N_("Mentoring or co-supervision")),
    (choices.EngagementKind.TEACHING, N_("Guest lecture or course module")),
    (choices.EngagementKind.JOINT_RESEARCH, N_("Joint research or proposal")),
    (choices.EngagementKind.REVIEW, N_("Review")),
    (choices.EngagementKind.VISIT, N_("Short visit")),
    (choices.EngagementKind.MIXED, N_("Remote work and a visit")),
    (choices.EvidenceKind.POSITION, N_("Position")),
    (choices.EvidenceKind.PROJECT, N_("Project")),
    (choices.EvidenceKind.PUBLICATION, N_("Publication")),
    (choices.EvidenceKind.TEACHING, N_("Teaching")),
    (choices.EvidenceKind.QUALIFICATION, N_("Qualification")),
    (choices.EvidenceKind.AWARD, N_("Award")),
    (choices.EvidenceKind.OTHER, N_("Other")),
    (choices.SkillLevel.BASIC, N_("Basic")),
    (choices.SkillLevel.WORKING, N_("Working knowledge")),
    (choices.SkillLevel.ADVANCED, N_("Advanced")),
    (choices.SkillLevel.EXPERT, N_("Expert")),
    (choices.Recognition.UNKNOWN, N_("Not known")),
    (choices.Recognition.SELF_DECLARED, N_("Declared by the holder")),
    (choices.Recognition.IN_PROGRESS, N_("Recognition in progress")),
    (choices.Recognition.RECOGNISED, N_("Recognised")),
    (choices.TieKind.BORN, N_("Born there")),
    (choices.TieKind.FAMILY, N_("Family")),
    (choices.TieKind.STUDIED, N_("Studied there")),
    (choices.TieKind.WORKED, N_("Worked there")),
    (choices.TieKind.FRIEND, N_("Friend of the country")),
    (choices.Standing.DIASPORA, N_("I live abroad")),
    (choices.Standing.RETURNEE, N_("I came back")),
    (choices.Standing.LOCAL, N_("I live in the country")),
    (choices.Standing.FRIEND, N_("I am a friend of the country")),
    (choices.Bandwidth.TEXT, N_("Text")),
    (choices.Bandwidth.AUDIO, N_("Audio calls")),
    (choices.Bandwidth.VIDEO, N_("Video calls")),
    (choices.DeliveryExperience.NONE, N_("None yet")),
    (choices.DeliveryExperience.SOME, N_("Some")),
    (choices.DeliveryExperience.REGULAR, N_("Regular")),
    (choices.ContactPreference.PLATFORM, N_("Through this site")),
    (choices.ContactPreference.EMAIL, N_("By e-mail")),
    (choices.AvailabilityKind.FREE, N_("Free")),
    (choices.AvailabilityKind.BLOCKED, N_("Not available")),
    (choices.BlockKind.INSTITUTION, N_("Institution")),
    (choices.BlockKind.DOMAIN, N_("E-mail domain")),
    (choices.BlockKind.COUNTRY, N_("Country")),
    (choices.InstitutionKind.UNIVERSITY, N_("University")),
    (choices.InstitutionKind.BUSINESS, N_("Business")),
    (choices.InstitutionKind.PUBLIC_BODY, N_("Public body")),
    (choices.InstitutionKind.NGO, N_("Association or NGO")),
    (choices.InstitutionKind.PARTNER, N_("Partner")),
    (choices.VerificationState.DRAFT, N_("Draft")),
    (choices.VerificationState.SUBMITTED, N_("Waiting for review")),
    (choices.VerificationState.CHANGES_REQUESTED, N_("Changes requested")),
    (choices.VerificationState.APPROVED, N_("Verified")),
    (choices.VerificationState.REVERIFICATION_DUE, N_("Verified, to be renewed")),
    (choices.VerificationState.SUSPENDED, N_("Suspended")),
    (choices.ProofKind.EMAIL, N_("Mail to its own domain")),
    (choices.ProofKind.DNS, N_("Record in its DNS")),
    (choices.ProofKind.SITE_FILE, N_("File on its web site")),
    (choices.ProofKind.DOCUMENT, N_("Document")),
    (choices.ProofKind.NOTE, N_("Note of programme staff")),
    (choices.ProofState.WAITING, N_("Waiting")),
    (choices.ProofState.PROVED, N_("Proved")),
    (choices.ProofState.FAILED, N_("Not found")),
    (choices.Role.OWNER, N_("Owner")),
    (choices.Role.EDITOR, N_("Editor")),
    (choices.Role.VIEWER, N_("Viewer")),
    (choices.NeedState.DRAFT, N_("Draft")),
    (choices.NeedState.SUBMITTED, N_("Waiting for review")),
    (choices.NeedState.CHANGES_REQUESTED, N_("Changes requested")),
    (choices.NeedState.APPROVED, N_("Approved")),
    (choices.NeedState.OPEN, N_("Open")),
    (choices.NeedState.FILLED, N_("Filled")),
    (choices.NeedState.CLOSED, N_("Closed")),
    (choices.NeedState.EXPIRED, N_("Expired")),
    (choices.NeedVisibility.PUBLIC, N_("Everybody")),
    (choices.NeedVisibility.MEMBERS, N_("Members only")),
    (choices.Importance.MUST_HAVE, N_("Must have")),
    (choices.Importance.USEFUL, N_("Useful")),
    (choices.Money.UNPAID, N_("Unpaid")),
    (choices.Money.COSTS_COVERED, N_("Costs covered")),
    (choices.Money.STIPEND, N_("Stipend")),
    (choices.Money.PAID, N_("Paid")),
    (choices.LocalAvailability.NOT_FOUND, N_("We looked and found nobody")),
    (choices.LocalAvailability.SCARCE, N_("There are too few")),
    (choices.LocalAvailability.AVAILABLE_BUSY, N_("There are some, all of them busy")),
    (choices.LocalAvailability.WORKS_ALONGSIDE, N_("A local expert will work alongside")),
    (choices.CountryState.NORMAL, N_("Normal")),
    (choices.CountryState.VIRTUAL_ONLY, N_("Virtual only")),
    (choices.CountryState.PAUSED, N_("Paused")),
    (choices.EngagementState.SUGGESTED, N_("Suggested")),
    (choices.EngagementState.INVITED, N_("Invited")),
    (choices.EngagementState.APPLIED, N_("Applied")),
    (choices.EngagementState.SHORTLISTED, N_("Shortlisted")),
    (choices.EngagementState.OFFERED, N_("Offered")),
    (choices.EngagementState.ACCEPTED, N_("Accepted by both")),
    (choices.EngagementState.AGREED, N_("Agreed")),
    (choices.EngagementState.ACTIVE, N_("Under way")),
    (choices.EngagementState.REPORTED, N_("Reported")),
    (choices.EngagementState.CLOSED, N_("Closed")),
    (choices.EngagementState.DECLINED, N_("Declined")),
    (choices.EngagementState.WITHDRAWN, N_("Withdrawn")),
    (choices.EngagementState.ENDED_EARLY, N_("Ended early")),
    (choices.EngagementState.EXPIRED, N_("Expired")),
    (choices.Band.STRONG, N_("Strong match")),
    (choices.Band.POSSIBLE, N_("Possible match")),
    (choices.Band.WEAK, N_("Weak match")),
    (choices.Band.NOT_ENOUGH, N_("Not enough information")),
    (choices.DigestList.EXPERT_MATCHES, N_("Needs that fit you")),
    (choices.DigestList.INSTITUTION_MATCHES, N_("Experts who fit your needs")),
    (choices.Frequency.DAILY, N_("Daily")),
    (choices.Frequency.WEEKLY, N_("Weekly")),
    (choices.Frequency.MONTHLY, N_("Monthly")),
    (choices.Frequency.NEVER, N_("Never")),
)
LABELS = {(type(member), member.value): sentence for member, sentence in PAIRS}


def label(value: StrEnum | None) -> str:
    """Return what one choice is called in the reader's language; nothing for nothing."""
    return gettext(_sentence(value)) if value is not None else ""


def choices_of(kind: type[StrEnum]) -> list[tuple[str, LazyString]]:
    """Return (value, label) pairs for a form's choices."""
    return [(member.value, lazy_gettext(_sentence(member))) for member in kind]


def _sentence(value: StrEnum) -> str:
    return LABELS[type(value), value.value]
