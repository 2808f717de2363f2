"""What institutions ask for: briefs, their review, and the public list of open needs."""

from flask import Blueprint

from virtual_return.accounts.access import Access, declare, only
from virtual_return.needs import brief_views, manage_views, merging, views
from virtual_return.needs.rule_words import conditions

# Visitors read what is public; everything else is for members of an institution.
blueprint = Blueprint("needs", __name__)
blueprint.add_app_template_filter(conditions, "rule_conditions")
declare(blueprint, Access.PUBLIC)
blueprint.record_once(lambda _state: merging.install())

_signed_in = only(Access.SIGNED_IN)
_BOTH = ["GET", "POST"]
_POST = ["POST"]
_add = blueprint.add_url_rule
_add("/needs", "browse", views.browse)
_add("/needs/<public_id>", "show", views.show)
_add("/needs/from/<public_id>", "institution", views.institution)
_add("/needs/new", "new", _signed_in(brief_views.new))
_add("/needs/new/<institution_id>", "begin", _signed_in(brief_views.begin), methods=_BOTH)
_add("/needs/<public_id>/brief/<step>", "brief", _signed_in(brief_views.brief), methods=_BOTH)
_add("/needs/<public_id>/review", "review", _signed_in(brief_views.review), methods=_BOTH)
_add("/needs/<public_id>/manage", "manage", _signed_in(manage_views.manage))
_add("/needs/<public_id>/act/<name>", "act", _signed_in(manage_views.act), methods=_POST)
_add("/needs/<public_id>/appeal", "appeal", _signed_in(manage_views.appeal), methods=_BOTH)
_add("/needs/<public_id>/duplicate", "duplicate", _signed_in(manage_views.duplicate), methods=_POST)
_add("/needs/<public_id>/discard", "discard", _signed_in(manage_views.discard), methods=_POST)
