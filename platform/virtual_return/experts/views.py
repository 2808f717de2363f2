"""Pages of a profile as a whole: overview, beginning, what others see, deletion."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from models import Expert
from models.choices import Mode
from virtual_return.accounts.access import signed_in_user
from virtual_return.experts import anonymity, leaving, loading, operations, privacy, queries, steps
from virtual_return.experts.loading import own_profile
from virtual_return.experts.offer_forms import DeleteForm, WordingForm
from virtual_return.i18n import gettext as _
from virtual_return.i18n import ngettext
from virtual_return.transaction import current_session

# The address of the headline and the text about oneself, beside the handles of items.
ABOUT = "about"


def profile() -> ResponseReturnValue:
    """Show how one's profile stands, or say what it is to have one."""
    expert = queries.of_user(current_session(), signed_in_user().id)
    if expert is None:
        return render_template("experts/begin.html")
    return render_template(
        "experts/profile.html",
        expert=expert,
        steps=steps.titles(expert),
        suggestions=steps.suggestions(expert),
        is_paused=privacy.is_paused(expert),
        modes=[Mode(value) for value in expert.modes],
        block_count=len(expert.blocks),
        waiting_count=len(anonymity.waiting(expert)),
    )


def start() -> ResponseReturnValue:
    """Make a profile, hidden from everybody."""
    operations.start(current_session(), signed_in_user())
    flash(_("Your profile is there, and hidden from everybody until you say otherwise."), "success")
    return redirect(url_for("experts.step_about"))


def preview() -> ResponseReturnValue:
    """Show exactly what others see, and what waits for approval."""
    expert = own_profile()
    return render_template(
        "experts/preview.html",
        expert=expert,
        profile=privacy.anonymous_view(expert),
        is_named=privacy.may_be_named(expert),
        waiting=[(_handle(expert, item), item) for item in anonymity.waiting(expert)],
        approved=[
            (_handle(expert, item), item) for item in anonymity.wordings(expert) if item.is_approved
        ],
        steps=steps.titles(expert, "experts.preview"),
    )


def approve() -> ResponseReturnValue:
    """Approve the forms whose boxes are ticked, as they were shown."""
    expert = own_profile()
    marks = {}
    for chosen in request.form.getlist("approve"):
        handle, _dot, mark = chosen.rpartition(".")
        marks[_item_id(expert, handle)] = mark
    approved, changed = anonymity.approve_as_shown(
        current_session(), signed_in_user(), expert, marks
    )
    if approved:
        words = ngettext("%(num)d text is shown now.", "%(num)d texts are shown now.", approved)
        flash(words, "success")
    if changed:
        flash(_("Some texts changed in the meantime. Please read them once more."), "warning")
    if not marks:
        flash(_("Tick the texts that you want to be read by others."), "warning")
    return redirect(url_for("experts.preview"))


def wording(handle: str) -> ResponseReturnValue:
    """Word the form of one text, and approve it."""
    expert = own_profile()
    item_id = _item_id(expert, handle)
    found = anonymity.wording(expert, item_id)
    if found is None:
        abort(404)
    form = WordingForm.over(WordingForm.saved_of(found))
    form.limit(found)
    saved_elsewhere: list[tuple[str, str]] = []
    if form.validate_on_submit():
        is_current = form.is_current
        saved_elsewhere = form.notice_change()
        if is_current:
            return _approve_one(expert, item_id, form)
    status = 409 if saved_elsewhere else (422 if form.errors else 200)
    page = render_template(
        "experts/wording.html", form=form, item=found, saved_elsewhere=saved_elsewhere
    )
    return page, status


def withdraw_wording(handle: str) -> ResponseReturnValue:
    """Stop showing one text."""
    expert = own_profile()
    item_id = _item_id(expert, handle)
    anonymity.withdraw_approval(current_session(), signed_in_user(), expert, item_id)
    flash(_("Nobody reads this text any more."), "success")
    return redirect(url_for("experts.preview"))


def delete() -> ResponseReturnValue:
    """Delete the profile; the account stays."""
    expert = own_profile()
    form = DeleteForm()
    if form.validate_on_submit():
        leaving.delete_profile(current_session(), signed_in_user(), expert)
        flash(_("Your profile is deleted. Your account is still here."), "success")
        return redirect(url_for("experts.profile"))
    return render_template("experts/delete.html", form=form)


def _approve_one(expert: Expert, item_id: int | None, form: WordingForm) -> ResponseReturnValue:
    title, text = form.title.data or "", form.text.data or ""
    session, user = current_session(), signed_in_user()
    if anonymity.approve(session, user, expert, item_id, title=title, text=text):
        flash(_("Approved. Others read it in these words."), "success")
        return redirect(url_for("experts.preview"))
    flash(
        _("Something in it would tell who you are, and was taken out. Read it once more."),
        "warning",
    )
    return redirect(request.path)


def _handle(expert: Expert, item: anonymity.Wording) -> str:
    return ABOUT if item.item_id is None else loading.handle(expert, "evidence", item.item_id)


def _item_id(expert: Expert, handle: str) -> int | None:
    return None if handle == ABOUT else loading.evidence_item(expert, handle).id
