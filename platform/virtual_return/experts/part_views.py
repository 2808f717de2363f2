"""Pages of what is a list: evidence and qualifications."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from models import EvidenceItem, Expert, Qualification
from virtual_return.accounts.access import signed_in_user
from virtual_return.experts import evidence, loading, steps
from virtual_return.experts.forms import EvidenceForm
from virtual_return.experts.loading import own_profile
from virtual_return.experts.qualification_form import QualificationForm
from virtual_return.experts.step_form import StepForm
from virtual_return.experts.step_views import attempt
from virtual_return.i18n import gettext as _
from virtual_return.transaction import current_session


def step_evidence() -> ResponseReturnValue:
    """List what somebody did."""
    expert = own_profile()
    rows = [(loading.handle(expert, "evidence", item.id), item) for item in expert.evidence]
    return _list(expert, "evidence", rows)


def evidence_add() -> ResponseReturnValue:
    """Add something that one did."""
    return _edit_evidence(own_profile(), None)


def evidence_edit(handle: str) -> ResponseReturnValue:
    """Change something that one did."""
    expert = own_profile()
    return _edit_evidence(expert, loading.evidence_item(expert, handle))


def evidence_delete(handle: str) -> ResponseReturnValue:
    """Delete an item."""
    expert = own_profile()
    item = loading.evidence_item(expert, handle)
    evidence.delete(current_session(), signed_in_user(), expert, item)
    flash(_("Deleted. Nobody sees or compares it any more."), "success")
    return redirect(url_for("experts.step_evidence"))


def evidence_move(handle: str) -> ResponseReturnValue:
    """Let an item change places with its neighbour."""
    expert = own_profile()
    item = loading.evidence_item(expert, handle)
    up = request.form.get("direction") == "up"
    evidence.move(current_session(), signed_in_user(), expert, item, up=up)
    return redirect(url_for("experts.step_evidence"))


def step_qualifications() -> ResponseReturnValue:
    """List degrees and licences."""
    expert = own_profile()
    rows = [(loading.handle(expert, "qualification", row.id), row) for row in expert.qualifications]
    return _list(expert, "qualifications", rows)


def qualification_add() -> ResponseReturnValue:
    """Add a degree or licence."""
    return _edit_qualification(own_profile(), None)


def qualification_edit(handle: str) -> ResponseReturnValue:
    """Change a degree or licence."""
    expert = own_profile()
    return _edit_qualification(expert, loading.qualification(expert, handle))


def qualification_delete(handle: str) -> ResponseReturnValue:
    """Delete a degree or licence."""
    expert = own_profile()
    row = loading.qualification(expert, handle)
    evidence.delete_qualification(current_session(), signed_in_user(), expert, row)
    flash(_("Deleted."), "success")
    return redirect(url_for("experts.step_qualifications"))


def _list(expert: Expert, name: str, rows: list[Any]) -> ResponseReturnValue:
    endpoint = f"experts.step_{name}"
    return render_template(
        f"experts/steps/{name}.html",
        rows=rows,
        expert=expert,
        steps=steps.titles(expert, endpoint),
        after=steps.after(endpoint),
    )


def _edit_evidence(expert: Expert, item: EvidenceItem | None) -> ResponseReturnValue:
    form = EvidenceForm.over(EvidenceForm.saved_of(item))

    def save() -> None:
        session, user = current_session(), signed_in_user()
        if item is None:
            evidence.add(session, user, expert, form.values())
        else:
            evidence.edit(session, user, expert, item, form.values())

    saved_elsewhere = _try(form, save)
    if saved_elsewhere is None:
        flash(_("Saved. Look at how others read it under “What others see”."), "success")
        is_more = request.form.get("then") == "more"
        return redirect(url_for("experts.evidence_add" if is_more else "experts.step_evidence"))
    return _edit(expert, form, "evidence", item, saved_elsewhere)


def _edit_qualification(expert: Expert, row: Qualification | None) -> ResponseReturnValue:
    form = QualificationForm.over(QualificationForm.saved_of(row))

    def save() -> None:
        evidence.save_qualification(
            current_session(), signed_in_user(), expert, row, form.values()
        )  # fmt: skip

    saved_elsewhere = _try(form, save)
    if saved_elsewhere is None:
        flash(_("Saved."), "success")
        return redirect(url_for("experts.step_qualifications"))
    return _edit(expert, form, "qualification", row, saved_elsewhere)


def _try(form: StepForm, save: Any) -> list[tuple[str, str]] | None:
    """Return None when it was saved, and else what was saved elsewhere meanwhile."""
    if not form.validate_on_submit():
        return []
    if form.is_current:
        return None if attempt(form, save) else []
    return form.notice_change() or [(_("All answers"), _("the same as yours"))]


def _edit(
    expert: Expert, form: StepForm, part: str, row: Any, saved_elsewhere: list[tuple[str, str]]
) -> ResponseReturnValue:
    status = 409 if saved_elsewhere else (422 if form.errors else 200)
    page = render_template(
        f"experts/{part}.html",
        form=form,
        expert=expert,
        row=row,
        handle=loading.handle(expert, part, row.id) if row else "",
        saved_elsewhere=saved_elsewhere,
    )
    return page, status
