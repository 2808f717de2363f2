"""Programme staff: review queues, insight, audit."""

from flask import Blueprint

from virtual_return.accounts.access import Access, declare
from virtual_return.coordination import (
    insight_views,
    institution_views,
    provider_views,
    rule_views,
    views,
)

blueprint = Blueprint("coordination", __name__, url_prefix="/coordination")
declare(blueprint, Access.COORDINATOR)

_BOTH = ["GET", "POST"]
_add = blueprint.add_url_rule
_add("/queue", "queue", views.queue)
_add("/institutions", "institutions", insight_views.institutions)
_add("/institutions/<public_id>", "institution", institution_views.institution, methods=_BOTH)
_add("/institutions/<public_id>/note", "evidence_note", institution_views.note, methods=["POST"])
_add(
    "/institutions/<public_id>/evidence/<evidence_id>",
    "evidence_document",
    institution_views.document,
)
_add("/needs/<public_id>", "need", views.need, methods=_BOTH)
_add("/countries", "countries", insight_views.countries, methods=_BOTH)
_add("/rules", "rules", rule_views.index, methods=_BOTH)
_add("/rules/<public_id>/retire", "retire_rule", rule_views.retire, methods=["POST"])
_add("/needs/<public_id>/rule", "need_rule", rule_views.put_under, methods=["POST"])
_add("/providers", "providers", provider_views.index)
_add("/providers/new/<preset>", "add_provider", provider_views.add, methods=_BOTH)
_add("/providers/<public_id>", "provider", provider_views.edit, methods=_BOTH)
_add("/providers/<public_id>/act", "provider_act", provider_views.act, methods=["POST"])
_add("/providers/<public_id>/test", "provider_test", provider_views.test, methods=["POST"])
_add("/audit", "audit", insight_views.audit)
_add("/overview", "overview", insight_views.overview)
