"""Signing in, one's own account, second factors."""

from __future__ import annotations

from virtual_return.policy.routes.audiences import (
    EVERYBODY,
    SIGNED_IN,
    SIGNED_OUT_ONLY,
    STAFF,
    Kept,
    Route,
    Who,
    keeping,
)

SIGNED_IN_FORM = Route(SIGNED_IN, post=302)
NO_SUCH_KEY = {"key": "unknown"}
# Somebody who has given the first factor and owes the second; nobody of the matrix does.
NOT_HALF_WAY = keeping(Kept.SIGN_IN, *Who)

ROUTES = {
    # Whoever is signed in may ask for a link to another account.
    "accounts.sign_in": Route(SIGNED_OUT_ONLY, get=200, post=422, post_who=EVERYBODY),
    "accounts.link_sent": Route(keeping(Kept.SIGN_IN, *Who), get=200),
    # A link that was never made; whoever is signed in already goes on.
    "accounts.open_link": Route(SIGNED_OUT_ONLY, get=410, post=410, parts={"token": "unknown"}),
    # There is no demonstration here.
    "accounts.demo_sign_in": Route(EVERYBODY, post=404),
    # No provider is in the settings; and one of this key is not in the database.
    "accounts.oidc_start": Route(EVERYBODY, get=404),
    "accounts.oidc_callback": Route(EVERYBODY, get=404),
    "accounts.provider_start": Route(EVERYBODY, get=404, parts=NO_SUCH_KEY),
    "accounts.provider_callback": Route(EVERYBODY, get=404, parts=NO_SUCH_KEY),
    "accounts.provider_logout": Route(EVERYBODY, post=404, parts=NO_SUCH_KEY),
    "accounts.provider_logo": Route(EVERYBODY, get=404, parts=NO_SUCH_KEY),
    "accounts.leave_provider": Route(EVERYBODY, get=404, parts=NO_SUCH_KEY),
    "accounts.find_institution": Route(EVERYBODY, get=200),
    "accounts.sign_out": Route(EVERYBODY, post=302),
    "accounts.signed_out": Route(EVERYBODY, get=200),
    # Nothing in these forms has to be filled in.
    "accounts.welcome": Route(SIGNED_IN, get=200, post=302),
    "accounts.settings": Route(SIGNED_IN, get=200, post=302),
    # A session that is not one's own is not there.
    "accounts.revoke_session": Route(SIGNED_IN, post=404),
    "accounts.link_identity": Route(SIGNED_IN, get=302, post=302),
    "accounts.begin_link": Route(SIGNED_IN, get=404, parts=NO_SUCH_KEY),
    "accounts.unlink_identity": Route(SIGNED_IN, post=404),
    "accounts.recover": Route(EVERYBODY, get=410, post=410, parts={"token": "unknown"}),
    "accounts.stop_recovery": Route(EVERYBODY, get=410, post=410, parts={"token": "unknown"}),
    # Nobody of the matrix has shown another account.
    "accounts.merge": Route(SIGNED_IN, get=200, post=422),
    "accounts.merge_proof": Route(SIGNED_IN, get=410, post=410, parts={"token": "unknown"}),
    "accounts.merge_factor": Route(SIGNED_IN, get=302, post=302),
    "accounts.merge_passkey": Route(SIGNED_IN, post=302),
    "accounts.merge_confirm": Route(SIGNED_IN, get=302, post=302),
    "accounts.leave_merge": Route(SIGNED_IN, post=302),
    # The address stays what it was: nothing was asked for, and no link is theirs.
    "accounts.change_email": Route(SIGNED_IN, get=200, post=422),
    "accounts.cancel_email_change": SIGNED_IN_FORM,
    "accounts.confirm_email": Route(EVERYBODY, get=410, post=410, parts={"token": "unknown"}),
    "accounts.stop_email_change": Route(EVERYBODY, post=410, parts={"token": "unknown"}),
    "accounts.pause": SIGNED_IN_FORM,
    "accounts.come_back": SIGNED_IN_FORM,
    "accounts.export": Route(SIGNED_IN, get=200),
    "accounts.erase": Route(SIGNED_IN, get=200, post=422),
    "accounts.erased": Route(EVERYBODY, get=404, parts={"receipt": "forged"}),
    # The second step of a sign-in, for whoever is half-way.
    "accounts.second_step": Route(NOT_HALF_WAY, get=200, post=200),
    "accounts.second_step_passkey": Route(NOT_HALF_WAY, post=200),
    "accounts.factors_lost": Route(NOT_HALF_WAY, get=200, post=200),
    "accounts.finish_reset": Route(NOT_HALF_WAY, post=200),
    "accounts.passkey_challenge": Route(EVERYBODY, post=200, parts={"purpose": "sign_in"}),
    "accounts.passkey_sign_in": Route(EVERYBODY, post=422),
    "accounts.prove_again": Route(SIGNED_IN, get=200, post=422),
    "accounts.prove_again_passkey": Route(SIGNED_IN, post=422),
    # One's own factors: an owner with one factor comes here to get the second.
    "accounts.factors": Route(SIGNED_IN, get=200),
    "accounts.factor_app": Route(SIGNED_IN, get=302, post=302),
    "accounts.begin_app": SIGNED_IN_FORM,
    "accounts.add_passkey": SIGNED_IN_FORM,
    "accounts.new_codes": SIGNED_IN_FORM,
    "accounts.remove_passkey": Route(SIGNED_IN, post=404),
    "accounts.remove_app": Route(SIGNED_IN, post=404),
    "accounts.cancel_reset": SIGNED_IN_FORM,
    # Staff who vouch for somebody that lost every factor.
    "accounts.lost_factors": Route(STAFF, get=200),
    "accounts.vouch": Route(STAFF, get=200, post=422, parts={"public_id": "lost"}),
    "accounts.decline_vouching": Route(STAFF, post=302, parts={"public_id": "lost"}),
}
