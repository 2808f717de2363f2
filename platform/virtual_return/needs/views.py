"""Public pages: the list of open needs, one need, and who asks."""

from __future__ import annotations

from typing import cast

from flask import render_template, request
from flask.typing import ResponseReturnValue
from flask_login import current_user
from wtforms import SelectField

from models import User
from models.choices import EngagementKind, Mode, OutcomeList
from virtual_return.institutions import permissions
from virtual_return.institutions import queries as institutions
from virtual_return.needs import browsing, presenting, queries
from virtual_return.needs.browsing import Filters
from virtual_return.needs.forms import FilterForm
from virtual_return.outcomes import recording
from virtual_return.transaction import current_session

LAST_PAGE = 100_000


def reader() -> User | None:
    """Return who reads, who may well have no account."""
    if not current_user.is_authenticated:
        return None
    return cast(User, current_user._get_current_object())


def browse() -> ResponseReturnValue:
    """List open needs; a filter that does not exist is as good as none."""
    session, signed_in = current_session(), reader() is not None
    form = FilterForm(request.args)
    form.prepare(
        browsing.countries_in_use(session, signed_in=signed_in),
        browsing.languages_in_use(session, signed_in=signed_in),
    )
    chosen = _chosen(form)
    page = browsing.browse(session, _filters(chosen), page=_page_number(), signed_in=signed_in)
    return render_template(
        "needs/browse.html", filters=form, chosen=chosen, page=page, facts=presenting.facts
    )


def show(public_id: str) -> ResponseReturnValue:
    """Show one need; who the counterpart is stays between those who work together."""
    session, user = current_session(), reader()
    need = queries.find_to_read(session, user, public_id)
    is_open, is_member = queries.is_open(need), permissions.is_member(user, need.institution)
    if user is not None and user.expert is not None and is_open and not is_member:
        recording.note_opened(need.id, user.expert.id, OutcomeList.NEEDS)
    return render_template(
        "needs/show.html",
        need=need,
        is_open=is_open,
        is_member=is_member,
        can_co_host=is_open and institutions.acts_for_another(user, need.institution),
        facts=presenting.facts(need, [item.language for item in need.languages]),
        terms=presenting.terms(
            need, shows_counterpart=queries.may_see_counterpart(session, user, need)
        ),
    )


def institution(public_id: str) -> ResponseReturnValue:
    """Show a verified institution and its open needs."""
    session = current_session()
    found = institutions.find_approved(session, public_id)
    page = browsing.browse(
        session,
        Filters(institution_id=found.id),
        page=_page_number(),
        signed_in=reader() is not None,
    )
    return render_template(
        "needs/institution.html", institution=found, page=page, facts=presenting.facts
    )


def _chosen(form: FilterForm) -> dict[str, str]:
    """Return the filters that are set to something that is offered."""
    found: dict[str, str] = {}
    for field in form:
        offered = {str(option[0]) for option in cast("SelectField", field).iter_choices()}
        if field.data in offered - {""}:
            found[field.name] = field.data
        else:
            field.data = ""
    return found


def _filters(chosen: dict[str, str]) -> Filters:
    kind, mode = chosen.get("kind"), chosen.get("mode")
    return Filters(
        kind=EngagementKind(kind) if kind else None,
        mode=Mode(mode) if mode else None,
        country=chosen.get("country", ""),
        field=chosen.get("field", ""),
        language=chosen.get("language", ""),
    )


def _page_number() -> int:
    given = request.args.get("page", "1")
    is_number = given.isascii() and given.isdigit() and len(given) <= 6
    return min(int(given), LAST_PAGE) if is_number else 1
