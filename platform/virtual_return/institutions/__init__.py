"""Organisations, their members and roles, their verification."""

from flask import Blueprint

from virtual_return.accounts.access import Access, declare
from virtual_return.institutions import member_views, views

blueprint = Blueprint("institutions", __name__)
declare(blueprint, Access.SIGNED_IN)

_BOTH = ["GET", "POST"]
_add = blueprint.add_url_rule
_add("/institutions", "home", views.home)
_add("/institutions/new", "create", views.create, methods=_BOTH)
_add("/institutions/join/<signed>", "join", member_views.join, methods=_BOTH)
_add("/institutions/<public_id>", "show", views.show)
_add("/institutions/<public_id>/edit", "edit", views.edit, methods=_BOTH)
_add("/institutions/<public_id>/verification", "verification", views.verification, methods=_BOTH)
_add("/institutions/<public_id>/appeal", "appeal", views.appeal, methods=_BOTH)
_add("/institutions/<public_id>/members", "members", member_views.members, methods=_BOTH)
_add(
    "/institutions/<public_id>/members/<member_id>/role",
    "change_role",
    member_views.change_role,
    methods=["POST"],
)
_add(
    "/institutions/<public_id>/members/<member_id>/remove",
    "remove_member",
    member_views.remove,
    methods=["POST"],
)
