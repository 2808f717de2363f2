"""Who somebody is to us: signing in, sessions, settings, and leaving without a trace."""

from flask import Blueprint

from virtual_return.accounts import (
    email_change_views,
    finding_views,
    leaving_views,
    linking_views,
    oidc_views,
    pausing_views,
    recovery_views,
    settings_views,
    sign_in_views,
)
from virtual_return.accounts.access import Access, declare
from virtual_return.accounts.demonstration import offer_demo_sign_ins as offer_demo_sign_ins
from virtual_return.accounts.factors.routes import ROUTES as FACTOR_ROUTES
from virtual_return.accounts.login import install as install
from virtual_return.accounts.merging import own as merging
from virtual_return.accounts.merging.routes import ROUTES as MERGING_ROUTES
from virtual_return.accounts.providers.names import provider_name

blueprint = Blueprint("accounts", __name__)
blueprint.add_app_template_filter(provider_name, "provider_name")
# Anybody may reach the sign-in pages; views of one's own account say so with `@only`.
declare(blueprint, Access.PUBLIC)
blueprint.record_once(lambda _state: merging.install())

_add = blueprint.add_url_rule
_BOTH = ["GET", "POST"]
_add("/sign-in", "sign_in", sign_in_views.sign_in, methods=_BOTH)
_add("/sign-in/sent", "link_sent", sign_in_views.link_sent)
_add("/sign-in/link/<token>", "open_link", sign_in_views.open_link, methods=_BOTH)
_add("/sign-in/demonstration", "demo_sign_in", sign_in_views.demo_sign_in, methods=["POST"])
_add("/sign-in/account", "oidc_start", oidc_views.start)
_add("/sign-in/account/<key>", "provider_start", oidc_views.start)
_add("/sign-in/callback", "oidc_callback", oidc_views.callback)
_add("/sign-in/callback/<key>", "provider_callback", oidc_views.callback)
_add("/sign-in/logout/<key>", "provider_logout", oidc_views.provider_logout, methods=["POST"])
_add("/sign-in/leave/<key>", "leave_provider", oidc_views.leave_provider)
_add("/sign-in/logo/<key>", "provider_logo", oidc_views.provider_logo)
_add("/sign-in/find", "find_institution", finding_views.find)
_add("/sign-out", "sign_out", sign_in_views.sign_out, methods=["POST"])
_add("/signed-out", "signed_out", sign_in_views.signed_out)
_add("/welcome", "welcome", settings_views.welcome, methods=_BOTH)
_add("/settings", "settings", settings_views.settings, methods=_BOTH)
_add("/settings/sessions", "revoke_session", settings_views.revoke_session, methods=["POST"])
_add("/settings/account", "link_identity", linking_views.link_identity, methods=_BOTH)
_add("/settings/account/link/<key>", "begin_link", linking_views.begin_link)
_add("/settings/account/remove", "unlink_identity", linking_views.unlink_identity, methods=["POST"])
_add("/recovery/<token>", "recover", recovery_views.recover, methods=_BOTH)
_add("/recovery/stop/<token>", "stop_recovery", recovery_views.stop_recovery, methods=_BOTH)
_add("/settings/email", "change_email", email_change_views.change_email, methods=_BOTH)
_add(
    "/settings/email/cancel",
    "cancel_email_change",
    email_change_views.cancel_email_change,
    methods=["POST"],
)
_add("/email/<token>", "confirm_email", email_change_views.confirm_email, methods=_BOTH)
_add(
    "/email/<token>/stop",
    "stop_email_change",
    email_change_views.stop_email_change,
    methods=["POST"],
)
_add("/settings/pause", "pause", pausing_views.pause, methods=["POST"])
_add("/settings/come-back", "come_back", pausing_views.come_back, methods=["POST"])
_add("/settings/export", "export", leaving_views.export)
_add("/settings/erase", "erase", leaving_views.erase, methods=_BOTH)
_add("/erased/<receipt>", "erased", leaving_views.erased)
for _address, _name, _view, _methods in (*FACTOR_ROUTES, *MERGING_ROUTES):
    _add(_address, _name, _view, methods=_methods)
