"""From an invitation, or an interest, to both saying yes."""

from flask import Blueprint

from virtual_return.accounts.access import Access, declare
from virtual_return.engagements import leaving, merging, views

blueprint = Blueprint("engagements", __name__)
declare(blueprint, Access.SIGNED_IN)
blueprint.record_once(lambda _state: leaving.install())
blueprint.record_once(lambda _state: merging.install())

_add = blueprint.add_url_rule
_add("/engagements", "index", views.index)
_add("/engagements/<public_id>", "show", views.show)
_add("/engagements/<public_id>/<action>", "answer", views.answer, methods=["POST"])
_add("/needs/<public_id>/matches/<handle>/invite", "invite", views.invite, methods=["GET", "POST"])
_add(
    "/needs/<public_id>/interest",
    "express_interest",
    views.express_interest,
    methods=["GET", "POST"],
)
