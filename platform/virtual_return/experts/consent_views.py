"""Pages of consent: who finds one, from whom one hides, and the way out."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from models import Expert
from models.choices import Visibility
from virtual_return.accounts.access import signed_in_user
from virtual_return.errors import Invalid
from virtual_return.experts import consent, loading, privacy, queries, steps
from virtual_return.experts.loading import own_profile
from virtual_return.experts.offer_forms import (
    CountryForm,
    DomainForm,
    InstitutionSearchForm,
    PauseForm,
    VisibilityForm,
)
from virtual_return.i18n import gettext as _
from virtual_return.institutions.fields import add_error, tidy_line
from virtual_return.transaction import current_session


def visibility() -> ResponseReturnValue:
    """Choose who may find the profile."""
    expert = own_profile()
    form = VisibilityForm(visibility=expert.visibility.value)
    if form.validate_on_submit():
        level = Visibility(form.visibility.data)
        consent.set_visibility(current_session(), signed_in_user(), expert, level)
        flash(_("Saved. It holds from now on."), "success")
        return redirect(url_for("experts.profile"))
    return _page(expert, form=form)


def hide_now() -> ResponseReturnValue:
    """Hide from everybody."""
    consent.hide_now(current_session(), signed_in_user(), own_profile())
    flash(_("You are hidden. Lists, mail and suggestions with you in them are gone."), "success")
    return redirect(url_for("experts.profile"))


def pause() -> ResponseReturnValue:
    """Be found by nobody for a while."""
    expert = own_profile()
    form = PauseForm()
    if form.validate_on_submit():
        try:
            consent.pause(current_session(), signed_in_user(), expert, form.until.data)
            flash(_("Paused. Nobody finds you until it ends."), "success")
            return redirect(url_for("experts.profile"))
        except Invalid as error:
            add_error(form, error)
    return _page(expert, pause=form, form=form)


def resume() -> ResponseReturnValue:
    """End a pause."""
    consent.resume(current_session(), signed_in_user(), own_profile())
    flash(_("Welcome back. Those whom you chose can find you again."), "success")
    return redirect(url_for("experts.profile"))


def block_domain() -> ResponseReturnValue:
    """Hide from a domain."""
    expert = own_profile()
    form = DomainForm()
    if form.validate_on_submit():
        consent.block_domain(current_session(), signed_in_user(), expert, form.domain.data or "")
        return _blocked()
    return _page(expert, domain=form, form=form)


def block_country() -> ResponseReturnValue:
    """Hide from a country."""
    expert = own_profile()
    form = CountryForm()
    form.prepare()
    if form.validate_on_submit():
        consent.block_country(current_session(), signed_in_user(), expert, form.country.data)
        return _blocked()
    return _page(expert, country=form, form=form)


def block_institution() -> ResponseReturnValue:
    """Hide from one institution."""
    public_id = request.form.get("institution", "")[:24]
    consent.block_institution(current_session(), signed_in_user(), own_profile(), public_id)
    return _blocked()


def unblock(handle: str) -> ResponseReturnValue:
    """Take one block back."""
    expert = own_profile()
    block_id = loading.opened(expert, "block", handle)
    consent.unblock(current_session(), signed_in_user(), expert, block_id)
    flash(_("Taken off your list."), "success")
    return redirect(url_for("experts.visibility", _anchor="blocks"))


def _blocked() -> ResponseReturnValue:
    flash(_("Done. They do not find you, and are not told."), "success")
    return redirect(url_for("experts.visibility", _anchor="blocks"))


def _page(expert: Expert, **forms: Any) -> ResponseReturnValue:
    """Render the page with the form that was sent, and fresh ones beside it."""
    failed = forms["form"]
    words = tidy_line(request.args.get("q"))[:100]
    country = forms.get("country") or CountryForm(formdata=None)
    country.prepare()
    is_choice = isinstance(failed, VisibilityForm)
    session = current_session()
    page = render_template(
        "experts/visibility.html",
        form=failed,
        choice=failed if is_choice else _current(expert),
        pause=forms.get("pause") or PauseForm(formdata=None),
        domain=forms.get("domain") or DomainForm(formdata=None),
        country=country,
        search=InstitutionSearchForm(request.args),
        words=words,
        found=queries.institutions_called(session, words),
        blocks=[
            (loading.handle(expert, "block", row.id), row)
            for row in queries.blocks_of(session, expert)
        ],
        expert=expert,
        is_paused=privacy.is_paused(expert),
        steps=steps.titles(expert, "experts.visibility"),
    )
    return page, 422 if failed.errors else 200


def _current(expert: Expert) -> VisibilityForm:
    return VisibilityForm(formdata=None, data={"visibility": expert.visibility.value})
