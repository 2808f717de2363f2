"""Profiles: what people offer, in which words others read it, and who may see it."""

from flask import Blueprint

from virtual_return.accounts.access import Access, declare
from virtual_return.experts import (
    consent_views,
    leaving,
    merging,
    orcid_views,
    part_views,
    step_views,
    views,
)

blueprint = Blueprint("experts", __name__)
declare(blueprint, Access.SIGNED_IN)
# Erasing an account and exporting it ask every capability that keeps something.
blueprint.record_once(lambda _state: leaving.install())
blueprint.record_once(lambda _state: merging.install())

_add = blueprint.add_url_rule
_BOTH = ["GET", "POST"]
_add("/profile", "profile", views.profile)
_add("/profile/start", "start", views.start, methods=["POST"])
_add("/profile/about", "step_about", step_views.step_about, methods=_BOTH)
_add("/profile/skills", "step_skills", step_views.step_skills, methods=_BOTH)
_add("/profile/skills/add", "add_skill", step_views.add_skill, methods=["POST"])
_add("/profile/languages", "step_languages", step_views.step_languages, methods=_BOTH)
_add("/profile/availability", "step_availability", step_views.step_availability, methods=_BOTH)

_add("/profile/evidence", "step_evidence", part_views.step_evidence)
_add("/profile/evidence/new", "evidence_add", part_views.evidence_add, methods=_BOTH)
_add("/profile/orcid", "orcid", orcid_views.show)
_add("/profile/orcid/read", "orcid_read", orcid_views.read, methods=["POST"])
_add("/profile/orcid/items", "orcid_decide", orcid_views.decide, methods=["POST"])
_add("/profile/orcid/name", "orcid_name", orcid_views.use_name, methods=["POST"])
_add("/profile/evidence/<handle>", "evidence_edit", part_views.evidence_edit, methods=_BOTH)
_add(
    "/profile/evidence/<handle>/delete",
    "evidence_delete",
    part_views.evidence_delete,
    methods=["POST"],
)
_add("/profile/evidence/<handle>/move", "evidence_move", part_views.evidence_move, methods=["POST"])
_add("/profile/qualifications", "step_qualifications", part_views.step_qualifications)
_add(
    "/profile/qualifications/new",
    "qualification_add",
    part_views.qualification_add,
    methods=_BOTH,
)
_add(
    "/profile/qualifications/<handle>",
    "qualification_edit",
    part_views.qualification_edit,
    methods=_BOTH,
)
_add(
    "/profile/qualifications/<handle>/delete",
    "qualification_delete",
    part_views.qualification_delete,
    methods=["POST"],
)

_add("/profile/preview", "preview", views.preview)
_add("/profile/preview/approve", "approve", views.approve, methods=["POST"])
_add("/profile/preview/<handle>", "wording", views.wording, methods=_BOTH)
_add(
    "/profile/preview/<handle>/withdraw",
    "withdraw_wording",
    views.withdraw_wording,
    methods=["POST"],
)

_add("/profile/visibility", "visibility", consent_views.visibility, methods=_BOTH)
_add("/profile/hide", "hide_now", consent_views.hide_now, methods=["POST"])
_add("/profile/pause", "pause", consent_views.pause, methods=["POST"])
_add("/profile/resume", "resume", consent_views.resume, methods=["POST"])
_add("/profile/blocks/domain", "block_domain", consent_views.block_domain, methods=["POST"])
_add("/profile/blocks/country", "block_country", consent_views.block_country, methods=["POST"])
_add(
    "/profile/blocks/institution",
    "block_institution",
    consent_views.block_institution,
    methods=["POST"],
)
_add("/profile/blocks/<handle>/remove", "unblock", consent_views.unblock, methods=["POST"])
_add("/profile/delete", "delete", views.delete, methods=_BOTH)
