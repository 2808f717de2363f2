"""Find the profile, or the part of it, that a request is about: always one's own."""

from __future__ import annotations

from flask import abort, redirect, request, url_for

from models import EvidenceItem, Expert, Qualification
from virtual_return.accounts.access import signed_in_user
from virtual_return.experts import queries
from virtual_return.security import SignatureError, seal, unseal
from virtual_return.services import services
from virtual_return.transaction import READING_METHODS, current_session


def own_profile() -> Expert:
    """Return the profile of who asks; whoever has none is sent to where one begins."""
    lock = request.method not in READING_METHODS
    expert = queries.of_user(current_session(), signed_in_user().id, lock=lock)
    if expert is None:
        abort(redirect(url_for("experts.profile")))
    return expert


def handle(expert: Expert, part: str, id: int) -> str:
    """Return the address of one part of a profile, which nobody else could have."""
    return seal(services().settings.secret_key, f"{part}:{expert.id}", id)


def opened(expert: Expert, part: str, sealed: str) -> int:
    """Return the part's id; what belongs to somebody else does not exist."""
    try:
        return unseal(services().settings.secret_key, f"{part}:{expert.id}", sealed)
    except SignatureError:
        abort(404)


def evidence_item(expert: Expert, sealed: str) -> EvidenceItem:
    """Return an item of this profile."""
    item_id = opened(expert, "evidence", sealed)
    return next((item for item in expert.evidence if item.id == item_id), None) or abort(404)


def qualification(expert: Expert, sealed: str) -> Qualification:
    """Return a qualification of this profile."""
    row_id = opened(expert, "qualification", sealed)
    return next((row for row in expert.qualifications if row.id == row_id), None) or abort(404)
