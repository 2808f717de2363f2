"""Digests: one good message at the right time, and an easy way out of each list."""

from flask import Blueprint

from virtual_return.accounts.access import Access, declare
from virtual_return.digests import merging, views
from virtual_return.digests.compose import band_words
from virtual_return.security import csrf

blueprint = Blueprint("digests", __name__)
declare(blueprint, Access.PUBLIC)
blueprint.record_once(lambda _state: merging.install())

_add = blueprint.add_url_rule
_add("/digests", "preferences", views.preferences, methods=["GET", "POST"])
_add("/digests/leave/<token>", "leave", views.leave, methods=["GET", "POST"])

# RFC 8058: the mail program posts here by itself; the signature in the address is the proof.
csrf.exempt(views.leave)

blueprint.add_app_template_filter(band_words, "band_words")
