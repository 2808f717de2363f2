"""Who somebody is to us: signing in, sessions, settings, and leaving without a trace."""

from flask import Blueprint

from virtual_return.accounts import leaving_views, oidc_views, settings_views, sign_in_views
from virtual_return.accounts.access import Access, declare
from virtual_return.accounts.demonstration import offer_demo_sign_ins as offer_demo_sign_ins
from virtual_return.accounts.login import install as install

blueprint = Blueprint("accounts", __name__)
# Anybody may reach the sign-in pages; views of one's own account say so with `@only`.
declare(blueprint, Access.PUBLIC)

_add = blueprint.add_url_rule
_BOTH = ["GET", "POST"]
_add("/sign-in", "sign_in", sign_in_views.sign_in, methods=_BOTH)
_add("/sign-in/sent", "link_sent", sign_in_views.link_sent)
_add("/sign-in/link/<token>", "open_link", sign_in_views.open_link, methods=_BOTH)
_add("/sign-in/demonstration", "demo_sign_in", sign_in_views.demo_sign_in, methods=["POST"])
_add("/sign-in/account", "oidc_start", oidc_views.start)
_add("/sign-in/callback", "oidc_callback", oidc_views.callback)
_add("/sign-out", "sign_out", sign_in_views.sign_out, methods=["POST"])
_add("/signed-out", "signed_out", sign_in_views.signed_out)
_add("/welcome", "welcome", settings_views.welcome, methods=_BOTH)
_add("/settings", "settings", settings_views.settings, methods=_BOTH)
_add("/settings/sessions", "revoke_session", settings_views.revoke_session, methods=["POST"])
_add("/settings/account", "link_identity", oidc_views.link_identity, methods=_BOTH)
_add("/settings/account/remove", "unlink_identity", oidc_views.unlink_identity, methods=["POST"])
_add("/settings/export", "export", leaving_views.export)
_add("/settings/erase", "erase", leaving_views.erase, methods=_BOTH)
_add("/erased/<receipt>", "erased", leaving_views.erased)
