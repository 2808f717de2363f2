"""The addresses of second factors, as a table; `accounts` puts them on its blueprint."""

from __future__ import annotations

from virtual_return.accounts.factors import (
    passkey_views,
    settings_views,
    step_views,
    vouching_views,
)

GET, POST, BOTH = ["GET"], ["POST"], ["GET", "POST"]
ROUTES = (
    ("/sign-in/passkey", "passkey_sign_in", passkey_views.sign_in, POST),
    ("/sign-in/passkey/challenge/<purpose>", "passkey_challenge", passkey_views.challenge, POST),
    ("/sign-in/second-step", "second_step", step_views.second_step, BOTH),
    ("/sign-in/second-step/passkey", "second_step_passkey", passkey_views.second_step, POST),
    ("/sign-in/second-step/lost", "factors_lost", step_views.lost, BOTH),
    ("/sign-in/second-step/begin-anew", "finish_reset", step_views.finish_reset, POST),
    ("/sign-in/again", "prove_again", step_views.prove_again, BOTH),
    ("/sign-in/again/passkey", "prove_again_passkey", passkey_views.prove_again, POST),
    ("/settings/second-factor", "factors", settings_views.factors, GET),
    ("/settings/second-factor/passkeys", "add_passkey", passkey_views.add, POST),
    (
        "/settings/second-factor/passkeys/remove",
        "remove_passkey",
        settings_views.remove_passkey,
        POST,
    ),
    ("/settings/second-factor/app", "factor_app", settings_views.app, BOTH),
    ("/settings/second-factor/app/begin", "begin_app", settings_views.begin_app, POST),
    ("/settings/second-factor/app/remove", "remove_app", settings_views.remove_app, POST),
    ("/settings/second-factor/codes", "new_codes", settings_views.new_codes, POST),
    ("/settings/second-factor/cancel", "cancel_reset", settings_views.cancel_reset, POST),
    ("/coordination/second-factors", "lost_factors", vouching_views.lost_factors, GET),
    ("/coordination/second-factors/<public_id>", "vouch", vouching_views.vouch, BOTH),
    (
        "/coordination/second-factors/<public_id>/decline",
        "decline_vouching",
        vouching_views.decline,
        POST,
    ),
)
