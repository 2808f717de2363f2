"""One world for the whole matrix: an institution, its things, and everybody who comes to it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from flask import Flask
from sqlalchemy import Connection, select, text
from sqlalchemy.orm import Session

from models import (
    Block,
    CoHosting,
    EligibilityRule,
    Engagement,
    Expert,
    FactorReset,
    Institution,
    InstitutionEvidence,
    Invitation,
    JoinRequest,
    Need,
    Provider,
    Qualification,
    User,
    now,
)
from models.choices import (
    BlockKind,
    CoHostingSide,
    CoHostingState,
    EngagementState,
    NeedState,
    ProofKind,
    ProofState,
    ProviderPreset,
    Relation,
    RequestState,
    Role,
    VerificationState,
)
from tests.support.database import BoundDatabase, bound_session
from tests.support.factories import (
    add_member,
    in_days,
    make_expert,
    make_institution,
    make_need,
    make_user,
)
from tests.support.sign_in import sign_in
from virtual_return.accounts.providers.trusted import SECRET
from virtual_return.config import Settings
from virtual_return.institutions import documents
from virtual_return.jobs import changes
from virtual_return.matches.jobs import refresh_now
from virtual_return.policy.routes.audiences import Who
from virtual_return.security import encrypt, seal

# The states in which the matrix looks at each kind of thing.
STATES: dict[str, list[str]] = {
    "institution": [state.value for state in VerificationState],
    "need": [state.value for state in NeedState],
    "engagement": ["invited", "applied", "accepted", "declined", "closed"],
    "co-hosting": ["agreed", "proposed", "declined", "withdrawn", "ended"],
}
TABLES = {
    "institution": "institution",
    "need": "need",
    "engagement": "engagement",
    "co-hosting": "co_hosting",
}
DEFAULT_STATE = {
    "institution": "approved",
    "need": "open",
    "engagement": "invited",
    "co-hosting": "agreed",
}
ONE_FACTOR = {Who.OWNER_ONE_FACTOR, Who.COORDINATOR_ONE_FACTOR}


@dataclass
class World:
    """What the matrix asks about."""

    users: dict[Who, User] = field(default_factory=dict)
    # The value of a session's cookie for each person.
    cookies: dict[Who, str] = field(default_factory=dict)
    # What the variable parts of addresses mean: by the kind of thing, or by a name in the table.
    things: dict[str, str] = field(default_factory=dict)
    ids: dict[str, int] = field(default_factory=dict)


def build(connection: Connection, app: Flask, settings: Settings) -> World:
    """Add everybody and everything; the caller holds the outer transaction."""
    world = World()
    with bound_session(connection) as session:
        institution = _people(session, world)
        _things(session, world, institution, settings.secret_key)
        _of_staff(session, world, settings)
        session.commit()
        changes.changed_many(session, "expert", list(session.scalars(select(Expert.id))))
        changes.changed_many(session, "need", list(session.scalars(select(Need.id))))
        session.commit()
        refresh_now(settings, BoundDatabase(connection))
        for who, user in world.users.items():
            world.cookies[who] = _cookie(app, session, user, both=who not in ONE_FACTOR)
        # Only now, so that there is a session from before.
        world.users[Who.SUSPENDED].suspended_at = now()
        session.commit()
    return world


def put(connection: Connection, world: World, about: str, state: str) -> None:
    """Bring a thing into a state, inside the caller's savepoint."""
    revealed = ", revealed_at = CURRENT_TIMESTAMP" if state == "accepted" else ""
    connection.execute(
        text(f"UPDATE {TABLES[about]} SET state = :state{revealed} WHERE id = :id"),
        {"state": state, "id": world.ids[about]},
    )


def _people(session: Session, world: World) -> Institution:
    for who in Who:
        if who is not Who.VISITOR:
            staff = {Who.COORDINATOR, Who.COORDINATOR_ONE_FACTOR, Who.INSIDER, Who.SUSPENDED}
            world.users[who] = make_user(
                session,
                email=f"{who.name.lower()}@matrix.example",
                name=who.name.title(),
                is_coordinator=who in staff,
            )
    institution = make_institution(session, owner=world.users[Who.OWNER])
    roles = {
        Who.OWNER_ONE_FACTOR: Role.OWNER,
        Who.SUSPENDED: Role.OWNER,
        Who.EDITOR: Role.EDITOR,
        Who.VIEWER: Role.VIEWER,
        Who.INSIDER: Role.VIEWER,
    }
    for who, role in roles.items():
        add_member(session, institution, world.users[who], role)
    colleague = make_user(session)
    add_member(session, institution, colleague, Role.VIEWER)
    world.things |= {
        "institution": institution.public_id,
        "viewer": world.users[Who.VIEWER].public_id,
        "colleague": colleague.public_id,
    }
    world.ids["institution"] = institution.id
    return institution


def _things(session: Session, world: World, institution: Institution, secret: str) -> None:
    partner = make_institution(
        session, owner=world.users[Who.PARTNER], country="DE", relation=Relation.PARTNER
    )
    need = make_need(session, institution, created_by=world.users[Who.OWNER])
    hosted = make_need(session, institution, window_end=in_days(80))
    expert = make_expert(session, user=world.users[Who.EXPERT])
    candidate = make_expert(session)
    for person in (expert, candidate):
        session.add(Qualification(expert=person, title="Civil engineer", country="DE"))
        session.add(Block(expert=person, kind=BlockKind.COUNTRY, value="FR"))
    engagement = Engagement(
        need=hosted, expert=expert, state=EngagementState.INVITED, message="Would you?"
    )
    co_hosting = CoHosting(
        need=hosted,
        institution=partner,
        proposed_by=CoHostingSide.HOST,
        state=CoHostingState.AGREED,
    )
    asked = JoinRequest(
        user=make_user(session),
        institution=institution,
        state=RequestState.WAITING,
        state_since=now(),
    )
    invited = Invitation(
        institution=institution,
        email="guest@matrix.example",
        role=Role.VIEWER,
        invited_by=world.users[Who.OWNER],
        token_hash="0" * 64,
        expires_at=now().replace(year=now().year + 1),
    )
    session.add_all([engagement, co_hosting, asked, invited])
    session.flush()
    world.ids |= {"need": need.id, "engagement": engagement.id, "co-hosting": co_hosting.id}
    world.things |= {
        "need": need.public_id,
        "engagement": engagement.public_id,
        "co-hosting": co_hosting.public_id,
        "asked": asked.public_id,
        "invited": invited.public_id,
        "candidate": seal(secret, f"need:{need.id}", candidate.id),
        "partner": partner.public_id,
    }
    for name, person in (("own", expert), ("foreign", candidate)):
        parts = {
            "evidence": person.evidence[0].id,
            "qualification": person.qualifications[0].id,
            "block": person.blocks[0].id,
        }
        for part, id in parts.items():
            world.things[f"{name} {part}"] = seal(secret, f"{part}:{person.id}", id)


def _of_staff(session: Session, world: World, settings: Settings) -> None:
    """Add what programme staff look after."""
    name = "0" * 32
    folder = documents.folder(settings.data_dir)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(b"%PDF-1.7")
    rows = {
        "provider": Provider(
            preset=ProviderPreset.CUSTOM,
            # Nothing listens there.
            issuer="http://127.0.0.1:9",
            client_id="client",
            client_secret_sealed=encrypt(settings.secret_key, SECRET, "secret"),
            names={"en": "University"},
        ),
        "rule": EligibilityRule(
            name="Graduates",
            text="Whoever has a degree.",
            published_on=now().date(),
            ties_to=["SO"],
        ),
        "lost": FactorReset(user_id=make_user(session).id, expires_at=now() + timedelta(days=3)),
        "record": InstitutionEvidence(
            institution_id=world.ids["institution"],
            kind=ProofKind.DNS,
            state=ProofState.WAITING,
            domain="university.example",
            challenge="a line",
            expires_at=now() + timedelta(days=3),
        ),
        "document": InstitutionEvidence(
            institution_id=world.ids["institution"],
            kind=ProofKind.DOCUMENT,
            state=ProofState.WAITING,
            file_name=name,
            media_type="application/pdf",
            size_bytes=8,
        ),
    }
    session.add_all(rows.values())
    session.flush()
    world.things |= {key: str(row.public_id) for key, row in rows.items()}


def _cookie(app: Flask, session: Session, user: User, *, both: bool) -> str:
    client = app.test_client()
    sign_in(client, session, user, both_factors=both)
    name = app.config["SESSION_COOKIE_NAME"]
    cookie = client.get_cookie(name)
    assert cookie is not None
    return f"{name}={cookie.value}"


def make_settings(folder: Path) -> Settings:
    """Return settings of a site at which passkeys are possible."""
    return Settings(
        environment="test",
        data_dir=folder / "var",
        encoder="hashing",
        base_url="http://localhost",
    )
