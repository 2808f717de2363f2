"""What operators ask: is it alive, is it ready, how is it doing?"""

from flask import Blueprint

from virtual_return.accounts.access import Access, declare
from virtual_return.health import views

blueprint = Blueprint("health", __name__)
declare(blueprint, Access.PUBLIC)

_add = blueprint.add_url_rule
_add("/healthz", "alive", views.alive)
_add("/readyz", "ready", views.ready)
_add("/metrics", "metrics", views.metrics)
