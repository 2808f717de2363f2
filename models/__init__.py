"""The tables of Virtual Return. SQLAlchemy only: no web framework, no queue, no matching."""

from models.account_life import EmailChange
from models.audit import AuditEvent, AuditHead, AuditLink
from models.base import Base
from models.country import CountryStatus
from models.digest import DigestItem, DigestPreference
from models.embedding import PASSAGE, Embedding, IndexState
from models.engagement import Engagement
from models.expert import (
    Availability,
    Block,
    CountryTie,
    EvidenceItem,
    Expert,
    ExpertLanguage,
    ExpertSkill,
    Qualification,
    QualificationRecognition,
)
from models.factor import (
    FactorGuard,
    FactorReset,
    OneTimeCode,
    Passkey,
    PasskeyChallenge,
    RecoveryCode,
)
from models.institution import Institution, Membership, Unit
from models.joining import Invitation, JoiningRule, JoinRequest
from models.mail import MailMessage
from models.match import MatchSnapshot
from models.merging import MergeRequest
from models.need import Need, NeedLanguage, NeedSkill
from models.outbox import OutboxEntry
from models.outcome import Outcome
from models.partnership import CoHosting, PartnerFigures
from models.proposal import ProposedItem, RecordImport
from models.provider import Affiliation, Provider, SpentToken
from models.recovery import AccountRecovery
from models.rule import EligibilityRule
from models.skill import Skill, SkillBroader, SkillLabel
from models.types import now
from models.user import Identity, SignInSession, SignInToken, User
from models.verification import InstitutionEvidence, VerificationApproval

__all__ = [
    "PASSAGE",
    "AccountRecovery",
    "Affiliation",
    "AuditEvent",
    "AuditHead",
    "AuditLink",
    "Availability",
    "Base",
    "Block",
    "CoHosting",
    "CountryStatus",
    "CountryTie",
    "DigestItem",
    "DigestPreference",
    "EligibilityRule",
    "EmailChange",
    "Embedding",
    "Engagement",
    "EvidenceItem",
    "Expert",
    "ExpertLanguage",
    "ExpertSkill",
    "FactorGuard",
    "FactorReset",
    "Identity",
    "IndexState",
    "Institution",
    "InstitutionEvidence",
    "Invitation",
    "JoinRequest",
    "JoiningRule",
    "MailMessage",
    "MatchSnapshot",
    "Membership",
    "MergeRequest",
    "Need",
    "NeedLanguage",
    "NeedSkill",
    "OneTimeCode",
    "OutboxEntry",
    "Outcome",
    "PartnerFigures",
    "Passkey",
    "PasskeyChallenge",
    "ProposedItem",
    "Provider",
    "Qualification",
    "QualificationRecognition",
    "RecordImport",
    "RecoveryCode",
    "SignInSession",
    "SignInToken",
    "Skill",
    "SkillBroader",
    "SkillLabel",
    "SpentToken",
    "Unit",
    "User",
    "VerificationApproval",
    "now",
]
