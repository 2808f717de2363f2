"""Pages of the steps that are one form each: they save on the server and lead on."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from models import Expert
from virtual_return.accounts.access import signed_in_user
from virtual_return.errors import DomainError
from virtual_return.experts import operations, steps
from virtual_return.experts.forms import AboutForm, BelongingForm, SkillsForm
from virtual_return.experts.loading import own_profile
from virtual_return.experts.offer_forms import OfferForm, SkillAddForm, SkillSearchForm
from virtual_return.experts.step_form import StepForm
from virtual_return.i18n import gettext as _
from virtual_return.i18n import locale_code
from virtual_return.institutions.fields import add_error, tidy_line
from virtual_return.reference import skill_labels
from virtual_return.transaction import current_session


def step_about() -> ResponseReturnValue:
    """Ask who somebody is, in their own words."""
    expert = own_profile()
    form = AboutForm.over(AboutForm.saved_of(expert))
    return run(expert, form, "about", lambda: _save(expert, operations.save_about, form))


def step_skills() -> ResponseReturnValue:
    """Ask what somebody can do; the list of names is looked up in the taxonomy."""
    expert = own_profile()
    form = SkillsForm.over(SkillsForm.saved_of(expert))
    words = tidy_line(request.args.get("q"))[:100]
    return run(
        expert,
        form,
        "skills",
        lambda: _save(expert, operations.save_skills, form),
        search=SkillSearchForm(request.args),
        words=words,
        found=skill_labels.search(current_session(), words, locale_code()),
    )


def add_skill() -> ResponseReturnValue:
    """Add a skill that was found in the taxonomy."""
    expert = own_profile()
    form = SkillAddForm()
    if form.validate_on_submit():
        operations.add_skill(current_session(), signed_in_user(), expert, form.label.data or "")
        flash(_("Added. You can say how well you know it below."), "success")
    return redirect(url_for("experts.step_skills"))


def step_languages() -> ResponseReturnValue:
    """Ask for languages of delivery and for ties."""
    expert = own_profile()
    form = BelongingForm.over(BelongingForm.saved_of(expert))
    return run(expert, form, "languages", lambda: _save(expert, operations.save_belonging, form))


def step_availability() -> ResponseReturnValue:
    """Ask what somebody is willing to do, when, and how much of it."""
    expert = own_profile()
    form = OfferForm.over(OfferForm.saved_of(expert))
    return run(expert, form, "availability", lambda: _save(expert, operations.save_offer, form))


def run(
    expert: Expert, form: StepForm, name: str, save: Callable[[], None], **context: Any
) -> ResponseReturnValue:
    """Save a step and lead on, or show it with what is wrong; nothing typed is lost."""
    endpoint = f"experts.step_{name}"
    status, saved_elsewhere = 200, []
    if form.validate_on_submit():
        is_current = form.is_current
        saved_elsewhere = form.notice_change()
        if is_current and attempt(form, save):
            flash(_("Saved."), "success")
            return redirect(url_for(_next(endpoint)))
        status = 422 if is_current else 409
    elif form.errors:
        status = 422
    page = render_template(
        f"experts/steps/{name}.html",
        form=form,
        expert=expert,
        steps=steps.titles(expert, endpoint),
        saved_elsewhere=saved_elsewhere,
        **context,
    )
    return page, status


def attempt(form: StepForm, save: Callable[[], None]) -> bool:
    """Run an operation; what it refuses is said above the form."""
    try:
        save()
    except DomainError as error:
        add_error(form, error)
        return False
    return True


def _save(expert: Expert, operation: Callable[..., None], form: Any) -> None:
    operation(current_session(), signed_in_user(), expert, form.values())


def _next(endpoint: str) -> str:
    match request.form.get("then"):
        case "here":
            return endpoint
        case "overview":
            return "experts.profile"
        case _:
            return steps.after(endpoint)
