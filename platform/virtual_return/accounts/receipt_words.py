"""What the lines of an erasure receipt are called."""

from __future__ import annotations

from virtual_return.errors import N_
from virtual_return.i18n import gettext

WORDS = {
    "account_recovery": N_("Wishes to get back into an account"),
    "affiliation": N_("What providers said of where you belong"),
    "digest_item": N_("Matches that we told you about"),
    "digest_preference": N_("Wishes about digests"),
    "email_change": N_("Wishes for another e-mail address"),
    "embedding": N_("Numbers that matching had made from your texts"),
    "expert": N_("Profile"),
    "factor_guard": N_("Counts of wrong codes"),
    "factor_reset": N_("Requests to begin anew without second factors"),
    "identity": N_("Linked accounts"),
    "invitation": N_("Invitations that you sent to join an institution"),
    "join_request": N_("Wishes to join an institution"),
    "institution_suspended": N_("Institutions that were closed, since nobody is left in them"),
    "mail": N_("Messages, their texts and addresses"),
    "merge_request": N_("Wishes to put two accounts together"),
    "membership": N_("Memberships of institutions"),
    "one_time_code": N_("Authenticator apps"),
    "passkey": N_("Passkeys"),
    "passkey_challenge": N_("Numbers that waited for a passkey"),
    "recovery_code": N_("Recovery codes"),
    "sign_in_session": N_("Signed-in browsers"),
    "sign_in_token": N_("Sign-in links"),
    "evidence": N_("Pieces of evidence"),
    "skills": N_("Skills"),
    "languages": N_("Languages"),
    "ties": N_("Ties to countries"),
    "qualifications": N_("Qualifications"),
    "availability": N_("Entries of your calendar"),
    "blocks": N_("Entries of your block list"),
    "engagement": N_("Engagements"),
    "match": N_("Matches"),
    "outcome": N_("Notes on what became of your matches"),
    "verification_approval": N_("Your approvals of institutions that wait for a second one"),
    "user": N_("Account with name and e-mail address"),
}


def word_for(kind: str) -> str:
    """Return what a kind of row is called in the reader's language."""
    return gettext(WORDS[kind]) if kind in WORDS else kind.replace("_", " ").capitalize()
