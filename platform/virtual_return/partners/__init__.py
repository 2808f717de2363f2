"""Partner institutions: needs hosted together by agreement, and totals about their own people."""

from flask import Blueprint

from virtual_return.accounts.access import Access, declare
from virtual_return.partners import views

blueprint = Blueprint("partners", __name__)
declare(blueprint, Access.SIGNED_IN)

_BOTH = ["GET", "POST"]
_add = blueprint.add_url_rule
_add("/institutions/<public_id>/together", "home", views.home)
_add("/institutions/<public_id>/totals", "totals", views.totals)
_add("/needs/<public_id>/co-hosting", "propose", views.propose, methods=_BOTH)
_add("/needs/<public_id>/co-host", "offer", views.offer, methods=_BOTH)
_add("/co-hosting/<public_id>", "show", views.show)
_add("/co-hosting/<public_id>/<act>", "act", views.act, methods=["POST"])
