"""Organisations, their members and roles, their verification."""

from flask import Blueprint

from virtual_return.accounts.access import Access, declare, fresh, only
from virtual_return.institutions import (
    departures,
    evidence_views,
    join_views,
    leaving,
    member_views,
    merging,
    recovery_views,
    views,
)

blueprint = Blueprint("institutions", __name__)
declare(blueprint, Access.SIGNED_IN)
blueprint.url_value_preprocessor(evidence_views.allow_size)
# Erasing an account asks every capability that keeps something beside the rows of the account.
blueprint.record_once(lambda _state: departures.install())
blueprint.record_once(lambda _state: leaving.install())
blueprint.record_once(lambda _state: merging.install())
# These pages name people, and decide about them.
_names = only(Access.NAMES)
_staff = only(Access.COORDINATOR)

_BOTH = ["GET", "POST"]
_POST = ["POST"]
_add = blueprint.add_url_rule
_add("/institutions", "home", views.home)
_add("/institutions/new", "create", views.create, methods=_BOTH)
_add("/institutions/find", "find", join_views.find)
_add("/institutions/join/<token>", "join", join_views.join, methods=_BOTH)
_add("/institutions/<public_id>", "show", views.show)
_add("/institutions/<public_id>/edit", "edit", views.edit, methods=_BOTH)
_add("/institutions/<public_id>/verification", "verification", views.verification, methods=_BOTH)
_add("/institutions/<public_id>/appeal", "appeal", views.appeal, methods=_BOTH)
_evidence = "/institutions/<public_id>/evidence"
_add(_evidence, "evidence", evidence_views.show)
_add(f"{_evidence}/email", "evidence_email", evidence_views.email, methods=["POST"])
_add(f"{_evidence}/prove/<token>", "evidence_prove", evidence_views.prove, methods=_BOTH)
_add(f"{_evidence}/domain", "evidence_domain", evidence_views.domain, methods=["POST"])
_add(f"{_evidence}/upload", "evidence_upload", evidence_views.upload, methods=_BOTH)
_add(f"{_evidence}/<evidence_id>/check", "evidence_check", evidence_views.check, methods=["POST"])
_add(
    "/institutions/<public_id>/members/<member_id>/recovery",
    "recover_member",
    _names(recovery_views.recover_member),
    methods=_BOTH,
)
_add(
    f"{_evidence}/<evidence_id>/remove", "evidence_remove", evidence_views.remove, methods=["POST"]
)
_add("/institutions/<public_id>/members", "members", _names(member_views.members), methods=_BOTH)
_add(
    "/institutions/<public_id>/members/<member_id>/role",
    "change_role",
    _names(member_views.change_role),
    methods=["POST"],
)
_add(
    "/institutions/<public_id>/members/<member_id>/remove",
    "remove_member",
    _names(member_views.remove),
    methods=["POST"],
)
_add(
    "/institutions/<public_id>/transfer",
    "transfer",
    _names(fresh()(member_views.transfer)),
    methods=_BOTH,
)
_add(
    "/institutions/<public_id>/joining",
    "joining",
    _names(member_views.joining_settings),
    methods=_BOTH,
)
_add("/institutions/<public_id>/ask", "ask", join_views.ask, methods=_BOTH)
_add(
    "/institutions/<public_id>/ask/withdraw",
    "withdraw_request",
    join_views.withdraw_request,
    methods=_POST,
)
_add(
    "/institutions/<public_id>/owner", "appoint", _staff(fresh()(join_views.appoint)), methods=_BOTH
)
_add(
    "/institutions/<public_id>/requests/<request_id>",
    "answer_request",
    _names(member_views.answer_request),
    methods=_POST,
)
_add(
    "/institutions/<public_id>/invitations/<invitation_id>/revoke",
    "revoke_invitation",
    _names(member_views.revoke_invitation),
    methods=_POST,
)
