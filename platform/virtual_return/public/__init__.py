"""Pages that anybody may read: what this is, how it works, how people are protected, figures."""

from __future__ import annotations

from flask import Blueprint

from virtual_return.accounts.access import Access, declare
from virtual_return.public import views

blueprint = Blueprint("public", __name__)
declare(blueprint, Access.PUBLIC)

blueprint.add_url_rule("/", "landing", views.landing)
blueprint.add_url_rule("/how-it-works", "how_it_works", views.how_it_works)
blueprint.add_url_rule("/how-we-protect-you", "protection", views.protection)
blueprint.add_url_rule("/figures", "figures", views.figures)
blueprint.add_url_rule("/language/<code>", "language", views.language)
blueprint.add_url_rule("/design", "design", views.design)
