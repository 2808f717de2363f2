"""Sessions of browsers: rows that hold only the hash of a secret, and can be ended one by one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from sqlalchemy import ColumnElement, delete, select, update
from sqlalchemy.orm import Session

from models import Identity, SignInSession, User, now
from virtual_return.accounts.factors.holding import holds_any
from virtual_return.security import hash_token, new_token

IDLE_LIMIT = timedelta(days=14)
ABSOLUTE_LIMIT = timedelta(days=60)
SHARED_LIMIT = timedelta(hours=2)
# How long the second step of a sign-in waits for somebody.
HALF_OPEN_LIMIT = timedelta(minutes=30)
# Programme staff show the second factor again after this, on a browser that knows the first.
STAFF_LIMIT = timedelta(hours=12)
# Use is noted this coarsely: enough for the idle limit, too little to follow a person's day.
NOTED_EVERY = timedelta(hours=1)
MAXIMUM_PER_USER = 20


class Way(StrEnum):
    """How somebody came in."""

    UNKNOWN = ""
    EMAIL_LINK = "email_link"
    PROVIDER = "provider"
    PASSKEY = "passkey"
    DEMONSTRATION = "demonstration"


@dataclass(frozen=True, slots=True)
class AtProvider:
    """The account at a provider behind a sign-in, and what signing out there asks for."""

    identity_id: int | None = None
    sid: str | None = None
    # When they proved there who they are, in seconds since 1970; None where it does not say.
    at: float | None = None


@dataclass(frozen=True, slots=True)
class Proof:
    """What the person behind a session has proved, and when."""

    way: str
    authenticated_at: datetime
    # Null as well where it was shown too long ago to count.
    second_factor_at: datetime | None

    @property
    def has_second_factor(self) -> bool:
        return self.second_factor_at is not None

    def is_fresh(self, minutes: int) -> bool:
        """Say whether somebody proved who they are within these minutes."""
        return self.authenticated_at > now() - timedelta(minutes=minutes)


@dataclass(frozen=True, slots=True)
class Found:
    """A live session, and the account that it belongs to."""

    session_id: int
    user: User
    needs_note: bool
    proof: Proof
    # The first factor was shown, and the account has a second one that was not.
    is_half_open: bool


def start(
    session: Session,
    user: User,
    *,
    device: str,
    is_shared: bool,
    way: Way = Way.UNKNOWN,
    both_factors: bool = False,
    provider: AtProvider | None = None,
) -> str:
    """Open a session and return its secret, which is stored nowhere."""
    token, moment = new_token(), now()
    proved_at = _proved_at(moment, provider)
    provider = provider or AtProvider()
    _make_room(session, user)
    session.add(
        SignInSession(
            user_id=user.id,
            token_hash=hash_token(token),
            device=device,
            is_shared=is_shared,
            way=way,
            authenticated_at=proved_at,
            second_factor_at=moment if both_factors else None,
            identity_id=provider.identity_id,
            provider_sid=provider.sid,
            last_used_at=moment,
            expires_at=moment + (SHARED_LIMIT if is_shared else ABSOLUTE_LIMIT),
        )
    )
    user.last_seen_at = moment
    session.flush()
    return token


def find(session: Session, token: str) -> Found | None:
    """Return the live session of a secret; nothing for a suspended or erased account."""
    moment = now()
    row = session.execute(
        select(SignInSession, User, holds_any(User.id))
        .join(User, User.id == SignInSession.user_id)
        .where(
            SignInSession.token_hash == hash_token(token),
            SignInSession.expires_at > moment,
            SignInSession.last_used_at > moment - IDLE_LIMIT,
            User.suspended_at.is_(None),
            User.erased_at.is_(None),
        )
    ).one_or_none()
    if row is None:
        return None
    found, user, holds_factor = row
    proof = _proof_of(found, user, moment)
    is_half_open = holds_factor and not proof.has_second_factor
    if is_half_open and found.second_factor_at is None and not _may_wait(found, moment):
        return None
    needs_note = found.last_used_at < moment - NOTED_EVERY
    return Found(found.id, user, needs_note and not is_half_open, proof, is_half_open)


def _proof_of(found: SignInSession, user: User, moment: datetime) -> Proof:
    shown = found.second_factor_at
    if shown is not None and user.is_coordinator and shown < moment - STAFF_LIMIT:
        shown = None
    return Proof(found.way, found.authenticated_at, shown)


def _may_wait(found: SignInSession, moment: datetime) -> bool:
    """Say whether the second step may still follow; factors added elsewhere end older sessions."""
    return found.authenticated_at > moment - HALF_OPEN_LIMIT


def prove_again(session: Session, session_id: int, *, second_factor: bool) -> str:
    """Note a fresh proof, and give the session a new secret, which voids the old one."""
    token, moment = new_token(), now()
    row = session.get_one(SignInSession, session_id)
    row.token_hash = hash_token(token)
    row.authenticated_at = moment
    if second_factor:
        row.second_factor_at = moment
    session.flush()
    return token


def renew(session: Session, token: str) -> str:
    """Give a session a new secret, as after a change of what somebody may do."""
    fresh = new_token()
    session.execute(
        update(SignInSession)
        .where(SignInSession.token_hash == hash_token(token))
        .values(token_hash=hash_token(fresh))
    )
    return fresh


def note_use(session: Session, session_id: int) -> None:
    """Move the idle limit of a session, and the day on which the person was last seen."""
    moment = now()
    user_id = session.scalar(
        update(SignInSession)
        .where(SignInSession.id == session_id)
        .values(last_used_at=moment)
        .returning(SignInSession.user_id)
    )
    # Naming `updated_at` keeps its onupdate from firing: it goes on meaning an edit.
    session.execute(
        update(User)
        .where(User.id == user_id)
        .values(last_seen_at=moment, updated_at=User.updated_at)
    )


def _proved_at(moment: datetime, provider: AtProvider | None) -> datetime:
    """Return when somebody proved who they are: a provider may know them from before.

    One that does not say when counts as a day ago, so that dangerous acts ask again.
    """
    if provider is None:
        return moment
    if provider.at is None:
        return moment - timedelta(days=1)
    return min(moment, datetime.fromtimestamp(max(0.0, min(provider.at, 4e9)), UTC))


def issuer_of(session: Session, token: str) -> str | None:
    """Return the issuer of the account that opened a session, if a provider's did."""
    return session.scalar(
        select(Identity.issuer)
        .join(SignInSession, SignInSession.identity_id == Identity.id)
        .where(SignInSession.token_hash == hash_token(token))
    )


def end(session: Session, token: str) -> None:
    """Delete the session of one secret."""
    session.execute(delete(SignInSession).where(SignInSession.token_hash == hash_token(token)))


def end_all(session: Session, user: User, *, keep_token: str = "") -> int:
    """Delete all sessions of an account, or all but one. Return how many."""
    gone = session.execute(
        delete(SignInSession)
        .where(SignInSession.user_id == user.id, SignInSession.token_hash != hash_token(keep_token))
        .returning(SignInSession.id)
    )
    return len(gone.all())


def end_at_provider(
    session: Session, identity_ids: list[int], *, sid: str | None = None, keep_token: str = ""
) -> int:
    """Delete the sessions that these identities opened, or the one a provider names by `sid`."""
    where: list[ColumnElement[bool]] = [
        SignInSession.identity_id.in_(identity_ids),
        SignInSession.token_hash != hash_token(keep_token),
    ]
    if sid is not None:
        where.append(SignInSession.provider_sid == sid)
    gone = session.execute(delete(SignInSession).where(*where).returning(SignInSession.id))
    return len(gone.all())


def _make_room(session: Session, user: User) -> None:
    """Forget what is over, and the oldest of very many, so that the list stays readable."""
    moment = now()
    session.execute(
        delete(SignInSession).where(
            SignInSession.user_id == user.id,
            (SignInSession.expires_at <= moment)
            | (SignInSession.last_used_at <= moment - IDLE_LIMIT),
        )
    )
    kept = (
        select(SignInSession.id)
        .where(SignInSession.user_id == user.id)
        .order_by(SignInSession.last_used_at.desc(), SignInSession.id.desc())
    )
    for id in session.scalars(kept).all()[MAXIMUM_PER_USER - 1 :]:
        session.execute(delete(SignInSession).where(SignInSession.id == id))
