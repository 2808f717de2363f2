"""Institutions, their members, what they show of themselves, and their partners."""

from __future__ import annotations

from virtual_return.policy.routes.audiences import (
    EDITORS,
    EDITORS_OF_IT,
    MEMBERS,
    MEMBERS_OF_IT,
    MEMBERS_SHOWN,
    NOBODY,
    OWNERS_SHOWN,
    REVIEWERS,
    SIGNED_IN,
    Answer,
    Kept,
    Route,
    Who,
    keeping,
    only,
)

# Members are led to their institution instead of asking to belong to it.
ASKERS = keeping(Kept.AWAY, *MEMBERS_OF_IT, besides=SIGNED_IN)
NOT_SHOWN = Answer(NOBODY)
# What staff are reading, or what stands for the year, is not sent again.
SENT_ALREADY = {state: Answer(post=409) for state in ("submitted", "approved", "suspended")}
UNVERIFIED = {
    "draft": NOT_SHOWN,
    "submitted": NOT_SHOWN,
    "changes_requested": NOT_SHOWN,
    "suspended": NOT_SHOWN,
}
# While staff read it nothing changes; a suspension is answered by an appeal.
STANDS_STILL = {"submitted": 409, "suspended": 409}
# Both sides of a co-hosting, and whoever writes for them.
BOTH = only(*MEMBERS_OF_IT, Who.PARTNER)

ROUTES = {
    "institutions.home": Route(SIGNED_IN, get=200),
    "institutions.create": Route(SIGNED_IN, get=200, post=422),
    "institutions.find": Route(SIGNED_IN, get=200),
    "institutions.show": Route(MEMBERS, get=200),
    "institutions.edit": Route(EDITORS, get=200, post=422, states=STANDS_STILL),
    "institutions.verification": Route(EDITORS, get=200, post=302, states=SENT_ALREADY),
    "institutions.appeal": Route(EDITORS, get=200, post=422),
    # Evidence.
    "institutions.evidence": Route(EDITORS, get=200),
    "institutions.evidence_email": Route(EDITORS, post=422),
    "institutions.evidence_domain": Route(EDITORS, post=422),
    # The page says that this link is over.
    "institutions.evidence_prove": Route(EDITORS, get=200, post=409, parts={"token": "unknown"}),
    "institutions.evidence_upload": Route(EDITORS, get=200, post=422),
    "institutions.evidence_check": Route(
        EDITORS, post=302, parts={"evidence_id": "record"}, states={"suspended": 409}
    ),
    "institutions.evidence_remove": Route(EDITORS, post=302, parts={"evidence_id": "record"}),
    # Members.
    "institutions.members": Route(MEMBERS_SHOWN, get=200, post=422),
    "institutions.change_role": Route(
        OWNERS_SHOWN, post=302, parts={"member_id": "viewer"}, form={"role": "editor"}
    ),
    "institutions.remove_member": Route(OWNERS_SHOWN, post=302, parts={"member_id": "colleague"}),
    "institutions.recover_member": Route(
        OWNERS_SHOWN, get=200, post=422, parts={"member_id": "colleague"}
    ),
    "institutions.transfer": Route(OWNERS_SHOWN, get=200, post=422),
    # Nothing ticked means that nobody joins without an invitation.
    "institutions.joining": Route(OWNERS_SHOWN, get=200, post=302),
    "institutions.answer_request": Route(
        OWNERS_SHOWN, post=302, parts={"request_id": "asked"}, form={"answer": "no"}
    ),
    "institutions.revoke_invitation": Route(
        OWNERS_SHOWN, post=302, parts={"invitation_id": "invited"}
    ),
    # Joining.
    "institutions.join": Route(SIGNED_IN, get=404, post=404, parts={"token": "unknown"}),
    "institutions.ask": Route(ASKERS, get=200, post=422, states=UNVERIFIED),
    "institutions.withdraw_request": Route(SIGNED_IN, post=404, states=UNVERIFIED),
    # There is an owner who can act, so that nobody is appointed.
    "institutions.appoint": Route(REVIEWERS, get=404, post=404),
    # Partners.
    "partners.home": Route(MEMBERS, get=200, about="institution"),
    # Totals are a partner's; this institution is a host.
    "partners.totals": Route(NOBODY, get=200, about="institution"),
    "partners.propose": Route(EDITORS, get=200, post=422, about="need"),
    # Whoever writes for another institution, and may read the need.
    "partners.offer": Route(
        only(Who.PARTNER),
        get=200,
        post=422,
        about="need",
        states=dict.fromkeys(("draft", "submitted", "changes_requested", "approved"), NOT_SHOWN),
    ),
    "partners.show": Route(BOTH, get=200, about="co-hosting"),
    "partners.act": Route(
        keeping(Kept.REFUSED, Who.VIEWER, Who.INSIDER, besides=only(*EDITORS_OF_IT, Who.PARTNER)),
        post=302,
        about="co-hosting",
        parts={"act": "end"},
        states={"proposed": 409, "declined": 409, "withdrawn": 409, "ended": 409},
    ),
}
