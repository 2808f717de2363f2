"""Who fits which need, with reasons: the only bridge between the database and `matching`."""

from flask import Blueprint

from virtual_return.accounts.access import Access, declare
from virtual_return.matches import merging, views
from virtual_return.matches.near_words import near_fact_words, near_skill_words, people_words
from virtual_return.matches.why_words import (
    advice_for_expert,
    advice_for_institution,
    coverage_words,
)
from virtual_return.matches.words import excluded_words, fact_words

blueprint = Blueprint("matches", __name__)
declare(blueprint, Access.SIGNED_IN)
blueprint.record_once(lambda _state: merging.install())

_add = blueprint.add_url_rule
_add("/matches", "for_me", views.for_me)
_add("/needs/<public_id>/matches", "for_need", views.for_need)
_add("/needs/<public_id>/matches/<handle>", "candidate", views.candidate)

blueprint.add_app_template_filter(excluded_words, "excluded_words")
blueprint.add_app_template_filter(fact_words, "fact_words")
blueprint.add_app_template_filter(coverage_words, "coverage_words")
blueprint.add_app_template_filter(advice_for_institution, "advice_for_institution")
blueprint.add_app_template_filter(advice_for_expert, "advice_for_expert")
blueprint.add_app_template_filter(people_words, "people_words")
blueprint.add_app_template_filter(near_fact_words, "near_fact_words")
blueprint.add_app_template_global(near_skill_words, "near_skill_words")
