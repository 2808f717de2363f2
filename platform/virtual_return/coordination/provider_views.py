"""Pages on which programme staff say where people can sign in."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from requests import RequestException
from sqlalchemy import select

from models import Provider
from models.choices import ProviderPreset
from virtual_return.accounts.access import fresh, signed_in_user
from virtual_return.accounts.providers import clients, operations, presets, trusted
from virtual_return.addresses import absolute_url
from virtual_return.coordination.provider_forms import ProviderForm
from virtual_return.errors import DomainError
from virtual_return.i18n import gettext as _
from virtual_return.institutions.fields import add_error
from virtual_return.security import SignatureError
from virtual_return.services import services
from virtual_return.transaction import current_session


def index() -> ResponseReturnValue:
    """List the providers and the presets."""
    rows = current_session().scalars(select(Provider).order_by(Provider.id)).all()
    return render_template(
        "coordination/providers.html",
        rows=rows,
        presets=presets.PRESETS,
        of_settings=trusted.of_settings(services().settings),
    )


@fresh(30)
def add(preset: str) -> ResponseReturnValue:
    """Describe a provider and trust it."""
    if preset not in set(ProviderPreset):
        abort(404)
    chosen, form = ProviderPreset(preset), ProviderForm()
    if form.validate_on_submit():
        try:
            row = operations.add(
                current_session(), signed_in_user(), form.wanted(chosen), services().settings
            )
            flash(_("Added. Register the callback address there, then test it here."), "success")
            return redirect(url_for("coordination.provider", public_id=row.public_id))
        except DomainError as error:
            add_error(form, error)
    elif not form.is_submitted():
        form.fill(chosen, None)
    return _page(form, chosen, None)


@fresh(30)
def edit(public_id: str) -> ResponseReturnValue:
    """Change a provider."""
    session = current_session()
    row, form = operations.find(session, public_id), ProviderForm()
    if form.validate_on_submit():
        try:
            operations.edit(
                session, signed_in_user(), row, form.wanted(row.preset), services().settings
            )
            flash(_("Saved. It holds from the next sign-in on."), "success")
            return redirect(url_for("coordination.provider", public_id=public_id))
        except DomainError as error:
            session.refresh(row)
            add_error(form, error)
    elif not form.is_submitted():
        form.fill(row.preset, row)
    return _page(form, row.preset, row)


@fresh(30)
def act(public_id: str) -> ResponseReturnValue:
    """Switch a provider on or off, or delete one that nobody uses."""
    session, user = current_session(), signed_in_user()
    row = operations.find(session, public_id)
    match request.form.get("do"):
        case "on" | "off" as state:
            operations.switch(session, user, row, on=state == "on")
            flash(_("Saved. It holds from the next sign-in on."), "success")
        case "delete":
            operations.delete(session, user, row)
            flash(_("Deleted."), "success")
            return redirect(url_for("coordination.providers"))
        case _:
            abort(400)
    return redirect(url_for("coordination.provider", public_id=public_id))


def test(public_id: str) -> ResponseReturnValue:
    """Ask a provider for its description now, and say in words what was found."""
    settings = services().settings
    with services().database.reading() as reading:
        row = operations.find(reading, public_id)
        try:
            one = trusted.from_row(row, settings)
        except SignatureError:
            flash(_("Its secret cannot be read any more. Enter the client secret again."), "error")
            return redirect(url_for("coordination.provider", public_id=public_id))
    clients.forget(one)
    try:
        client, _metadata = clients.described(one)
        client.fetch_jwk_set()
    except RequestException:
        flash(
            _("It does not answer. Check the issuer, and whether this server may reach it."),
            "error",
        )
    except (RuntimeError, ValueError) as error:
        flash(_explain(str(error)), "error")
    else:
        if client.offers_pkce:
            flash(_("It answers as it should: issuer, addresses and keys are there."), "success")
        else:
            flash(_("It answers, but does not offer PKCE with S256."), "warning")
    return redirect(url_for("coordination.provider", public_id=public_id))


def _explain(problem: str) -> str:
    if problem == "another_issuer":
        return _("Its description names another issuer. Copy the issuer from there exactly.")
    if problem == "unsafe_address":
        return _("Its description leads to addresses without https.")
    return _("Its description lacks what signing in needs.")


def _page(form: ProviderForm, preset: ProviderPreset, row: Provider | None) -> ResponseReturnValue:
    key = row.public_id if row else ""
    page = render_template(
        "coordination/provider.html",
        form=form,
        preset=preset,
        known=presets.PRESETS[preset],
        row=row,
        callback=absolute_url("accounts.provider_callback", key=key) if row else "",
        logout=absolute_url("accounts.provider_logout", key=key) if row else "",
        signed_out=absolute_url("accounts.signed_out"),
        uses=operations.uses(current_session(), row) if row else 0,
    )
    return page, 422 if form.errors or form.form_errors else 200
