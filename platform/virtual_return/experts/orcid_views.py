"""The page on which somebody has their ORCID record read and looks at what it says."""

from __future__ import annotations

from collections.abc import Iterable

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from models import Expert, ProposedItem
from virtual_return.accounts.access import signed_in_user
from virtual_return.experts import loading, orcid
from virtual_return.experts.loading import own_profile
from virtual_return.i18n import gettext as _
from virtual_return.i18n import ngettext
from virtual_return.security import limiter
from virtual_return.services import services
from virtual_return.transaction import current_session


def show() -> ResponseReturnValue:
    """Show how the reading stands, and what waits for a look."""
    session, user, expert = current_session(), signed_in_user(), own_profile()
    items, count = orcid.waiting(session, expert)
    return render_template(
        "experts/orcid.html",
        orcid=orcid.orcid_of(user, services().settings.orcid_issuer),
        record=orcid.import_of(session, expert),
        rows=[(loading.handle(expert, "proposal", item.id), item) for item in items],
        count=count,
        name=user.name,
    )


@limiter.limit("10 per hour")
def read() -> ResponseReturnValue:
    """Have the record read."""
    orcid.ask(current_session(), signed_in_user(), own_profile(), services().settings.orcid_issuer)
    flash(_("Your public record is being read. Load this page again in a moment."), "success")
    return _back()


def decide() -> ResponseReturnValue:
    """Keep what was ticked or everything shown, or leave out what was ticked."""
    session, user, expert = current_session(), signed_in_user(), own_profile()
    shown = orcid.waiting(session, expert)[0]
    act = request.form.get("do", "")
    ticked = _ticked(expert, shown)
    if act == "keep_all":
        ticked = [item for item in shown if _handle(expert, item) in request.form.getlist("shown")]
    if not ticked:
        flash(_("Tick what you mean first. Nothing was changed."), "warning")
        return _back()
    if act == "refuse":
        number = orcid.refuse(session, user, expert, ticked)
        flash(ngettext("%(num)d item left out.", "%(num)d items left out.", number), "success")
        return _back()
    number = orcid.keep(session, user, expert, ticked)
    flash(
        ngettext(
            "%(num)d item is in your profile. Look at how others read it under “What others see”.",
            "%(num)d items are in your profile. Look at how others read them under "
            "“What others see”.",
            number,
        ),
        "success",
    )
    return _back()


def use_name() -> ResponseReturnValue:
    """Take the name of the record."""
    orcid.use_name(current_session(), signed_in_user(), own_profile())
    flash(_("Saved."), "success")
    return _back()


def _ticked(expert: Expert, shown: Iterable[ProposedItem]) -> list[ProposedItem]:
    chosen = set(request.form.getlist("item"))
    return [item for item in shown if _handle(expert, item) in chosen]


def _handle(expert: Expert, item: ProposedItem) -> str:
    return loading.handle(expert, "proposal", item.id)


def _back() -> ResponseReturnValue:
    return redirect(url_for("experts.orcid"))
