"""Pages of matches: people for a need, one of them, and needs for a person."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from flask import abort, render_template, request
from flask.typing import ResponseReturnValue

from models import Need
from models.choices import Band, OutcomeList
from virtual_return.accounts.access import signed_in_user
from virtual_return.institutions.permissions import can_edit
from virtual_return.matches import queries, service
from virtual_return.matches.grouping import Group
from virtual_return.needs import queries as needs
from virtual_return.outcomes import recording
from virtual_return.security import SignatureError, unseal
from virtual_return.services import services
from virtual_return.transaction import current_session

PER_PAGE = 10
# Whoever is not among the first fifty is not found by reading on, but by asking more precisely.
MOST_PAGES = 5
NEAR = frozenset({Band.STRONG.value, Band.POSSIBLE.value})
AnyMatch = TypeVar("AnyMatch", service.PersonMatch, service.NeedMatch)


def for_need(public_id: str) -> ResponseReturnValue:
    """Show an institution who could do what it needs, without names."""
    need = _own_need(public_id)
    page = _page()
    found = service.list_people(
        current_session(), need, limit=page * PER_PAGE, counts_near=page == 1
    )
    shown = found.matches[(page - 1) * PER_PAGE :]
    recording.note_people(need.id, ((m.expert_id, m.rank, m.generation) for m in shown))
    return render_template(
        "matches/for_need.html",
        need=need,
        is_open=needs.is_open(need),
        **_by_nearness(service.fold_people(shown)),
        listing=found.listing,
        page=page,
        pages=_pages(found.listing.considered),
        may_invite=can_edit(signed_in_user(), need.institution),
    )


def candidate(public_id: str, handle: str) -> ResponseReturnValue:
    """Show one person as far as they can be shown before both say yes."""
    need = _own_need(public_id)
    try:
        expert_id = unseal(services().settings.secret_key, f"need:{need.id}", handle)
    except SignatureError:
        abort(404)
    match = service.candidate(current_session(), need, expert_id)
    if match is None:
        abort(404)
    recording.note_opened(need.id, expert_id, OutcomeList.PEOPLE)
    return render_template(
        "matches/candidate.html",
        need=need,
        match=match,
        may_invite=needs.is_open(need) and can_edit(signed_in_user(), need.institution),
    )


def for_me() -> ResponseReturnValue:
    """Show a person which open needs fit what they offer."""
    user, session = signed_in_user(), current_session()
    if user.expert is None:
        return render_template("matches/no_profile.html")
    page = _page()
    found = service.list_needs(session, user.expert, limit=page * PER_PAGE)
    shown = found.matches[(page - 1) * PER_PAGE :]
    recording.note_needs(user.expert.id, ((m.need.id, m.rank, m.generation) for m in shown))
    return render_template(
        "matches/for_me.html",
        expert=user.expert,
        who_could_ask=queries.count_who_could_ask(session, user.expert),
        **_by_nearness(service.fold_needs(shown)),
        listing=found.listing,
        page=page,
        pages=_pages(found.listing.considered),
    )


def _own_need(public_id: str) -> Need:
    """Return a need to a member of its institution; for all others there is none."""
    return needs.find_for_member(current_session(), signed_in_user(), public_id)


def _by_nearness(found: Sequence[Group[AnyMatch]]) -> dict[str, object]:
    """Part a page of matches into those worth reading first, and weak ones."""
    far = [group for group in found if group.first.band not in NEAR]
    return {
        "near": [group for group in found if group.first.band in NEAR],
        "far": far,
        "far_count": sum(1 + len(group.similar) for group in far),
    }


def _page() -> int:
    page = request.args.get("page", 1, type=int)
    return min(max(1, page), MOST_PAGES)


def _pages(considered: int) -> int:
    return min(MOST_PAGES, max(1, -(-considered // PER_PAGE)))
