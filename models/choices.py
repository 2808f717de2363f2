"""The closed lists of the product. Values are stored, so they never change."""

from __future__ import annotations

from enum import StrEnum


class Cefr(StrEnum):
    """Level of a language, for delivering in it."""

    A1 = "a1"
    A2 = "a2"
    B1 = "b1"
    B2 = "b2"
    C1 = "c1"
    C2 = "c2"

    @property
    def rank(self) -> int:
        """Return 1 for A1 up to 6 for C2."""
        return list(Cefr).index(self) + 1


class Visibility(StrEnum):
    """Who may find an expert; a new profile is hidden."""

    HIDDEN = "hidden"
    STAFF = "staff"
    INSTITUTIONS_ANONYMOUS = "institutions_anonymous"
    INSTITUTIONS_NAMED = "institutions_named"
    MEMBERS = "members"


class Mode(StrEnum):
    REMOTE = "remote"
    ON_SITE = "on_site"
    MIXED = "mixed"


class EngagementKind(StrEnum):
    """What is asked for; a need has exactly one."""

    CONSULTATION = "consultation"
    REMOTE_TASK = "remote_task"
    MENTORING = "mentoring"
    TEACHING = "teaching"
    JOINT_RESEARCH = "joint_research"
    REVIEW = "review"
    VISIT = "visit"
    MIXED = "mixed"


class EvidenceKind(StrEnum):
    POSITION = "position"
    PROJECT = "project"
    PUBLICATION = "publication"
    TEACHING = "teaching"
    QUALIFICATION = "qualification"
    AWARD = "award"
    OTHER = "other"


class SkillLevel(StrEnum):
    BASIC = "basic"
    WORKING = "working"
    ADVANCED = "advanced"
    EXPERT = "expert"


class Recognition(StrEnum):
    UNKNOWN = "unknown"
    SELF_DECLARED = "self_declared"
    IN_PROGRESS = "in_progress"
    RECOGNISED = "recognised"


class TieKind(StrEnum):
    """How a person is tied to a country."""

    BORN = "born"
    FAMILY = "family"
    STUDIED = "studied"
    WORKED = "worked"
    FRIEND = "friend"


class Standing(StrEnum):
    """How a person comes to the programme; never scored, all on equal terms."""

    DIASPORA = "diaspora"
    RETURNEE = "returnee"
    LOCAL = "local"
    FRIEND = "friend"


class Bandwidth(StrEnum):
    TEXT = "text"
    AUDIO = "audio"
    VIDEO = "video"


class DeliveryExperience(StrEnum):
    NONE = "none"
    SOME = "some"
    REGULAR = "regular"


class ContactPreference(StrEnum):
    PLATFORM = "platform"
    EMAIL = "email"


class AvailabilityKind(StrEnum):
    FREE = "free"
    BLOCKED = "blocked"


class BlockKind(StrEnum):
    INSTITUTION = "institution"
    DOMAIN = "domain"
    COUNTRY = "country"


class InstitutionKind(StrEnum):
    UNIVERSITY = "university"
    BUSINESS = "business"
    PUBLIC_BODY = "public_body"
    NGO = "ngo"
    PARTNER = "partner"


class VerificationState(StrEnum):
    DRAFT = "draft"
    SUBMITTED = "submitted"
    CHANGES_REQUESTED = "changes_requested"
    APPROVED = "approved"
    # A year is over: still verified, until a time of grace is over too.
    REVERIFICATION_DUE = "reverification_due"
    SUSPENDED = "suspended"


class ProofKind(StrEnum):
    """How an institution shows that it is what it says."""

    EMAIL = "email"
    DNS = "dns"
    SITE_FILE = "site_file"
    DOCUMENT = "document"
    # Written by a coordinator.
    NOTE = "note"


class ProofState(StrEnum):
    WAITING = "waiting"
    PROVED = "proved"
    FAILED = "failed"


class Role(StrEnum):
    OWNER = "owner"
    EDITOR = "editor"
    VIEWER = "viewer"


class NeedState(StrEnum):
    DRAFT = "draft"
    SUBMITTED = "submitted"
    CHANGES_REQUESTED = "changes_requested"
    APPROVED = "approved"
    OPEN = "open"
    FILLED = "filled"
    CLOSED = "closed"
    EXPIRED = "expired"


class NeedVisibility(StrEnum):
    PUBLIC = "public"
    MEMBERS = "members"


class Importance(StrEnum):
    MUST_HAVE = "must_have"
    USEFUL = "useful"


class Money(StrEnum):
    UNPAID = "unpaid"
    COSTS_COVERED = "costs_covered"
    STIPEND = "stipend"
    PAID = "paid"


class LocalAvailability(StrEnum):
    """Answer to "is this expertise available locally?"."""

    NOT_FOUND = "not_found"
    SCARCE = "scarce"
    AVAILABLE_BUSY = "available_busy"
    WORKS_ALONGSIDE = "works_alongside"


class CountryState(StrEnum):
    NORMAL = "normal"
    VIRTUAL_ONLY = "virtual_only"
    PAUSED = "paused"


class EngagementState(StrEnum):
    SUGGESTED = "suggested"
    INVITED = "invited"
    APPLIED = "applied"
    SHORTLISTED = "shortlisted"
    OFFERED = "offered"
    ACCEPTED = "accepted"
    AGREED = "agreed"
    ACTIVE = "active"
    REPORTED = "reported"
    CLOSED = "closed"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    ENDED_EARLY = "ended_early"
    EXPIRED = "expired"


class OwnerKind(StrEnum):
    """What an embedding belongs to."""

    EXPERT = "expert"
    NEED = "need"


class Band(StrEnum):
    STRONG = "strong"
    POSSIBLE = "possible"
    WEAK = "weak"
    NOT_ENOUGH = "not_enough_information"


class OutcomeKind(StrEnum):
    """What became of a match; `invited` in a list of needs is a person who offers themselves."""

    SHOWN = "shown"
    OPENED = "opened"
    INVITED = "invited"
    ACCEPTED = "accepted"
    DECLINED = "declined"


class OutcomeList(StrEnum):
    """The list in which a match stood: people for a need, or needs for a person."""

    PEOPLE = "people"
    NEEDS = "needs"


class MailState(StrEnum):
    WAITING = "waiting"
    SENDING = "sending"
    SENT = "sent"
    CANCELLED = "cancelled"
    FAILED = "failed"


class DigestList(StrEnum):
    """The lists that a person may leave one by one."""

    EXPERT_MATCHES = "expert_matches"
    INSTITUTION_MATCHES = "institution_matches"


class Frequency(StrEnum):
    DAILY = "daily"
    WEEKLY = "weekly"
    MONTHLY = "monthly"
    NEVER = "never"


class Relation(StrEnum):
    """What an institution is to the programme's countries."""

    # Describes needs; in a country of origin.
    HOST = "host"
    # Hosts needs together with others, from abroad; sees totals.
    PARTNER = "partner"


class RequestState(StrEnum):
    """What became of somebody's request to belong to an institution."""

    WAITING = "waiting"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"


class CoHostingSide(StrEnum):
    HOST = "host"
    PARTNER = "partner"


class CoHostingState(StrEnum):
    PROPOSED = "proposed"
    AGREED = "agreed"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    ENDED = "ended"
    EXPIRED = "expired"


class RecordSource(StrEnum):
    """Where a record about a person is kept."""

    ORCID = "orcid"


class RecordState(StrEnum):
    """How far the reading of a record has come; the last three say why there is nothing."""

    WAITING = "waiting"
    READ = "read"
    AWAY = "away"
    MISSING = "missing"
    UNREADABLE = "unreadable"


class ProposalState(StrEnum):
    """What became of an item that a record proposes."""

    WAITING = "waiting"
    KEPT = "kept"
    REFUSED = "refused"


class ProviderPreset(StrEnum):
    """What is known in advance of a provider of sign-ins."""

    CUSTOM = "custom"
    ORCID = "orcid"
    GOOGLE = "google"
    ENTRA = "entra"
    EDUTEAMS = "eduteams"
    SURFCONEXT = "surfconext"
    CILOGON = "cilogon"
