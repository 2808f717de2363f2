"""Needs, the people who could do them, and engagements."""

from __future__ import annotations

from virtual_return.policy.routes.audiences import (
    EDITORS,
    EDITORS_OF_IT,
    EVERYBODY,
    MEMBERS,
    MEMBERS_OF_IT,
    SIDES,
    SIGNED_IN,
    Answer,
    Kept,
    Route,
    Who,
    keeping,
    only,
)

# A draft, and what was never open, is its institution's own.
ITS_MEMBERS = keeping(Kept.HIDDEN, *(who for who in Who if who not in MEMBERS_OF_IT))
PRIVATE = {
    "draft": Answer(ITS_MEMBERS),
    "submitted": Answer(ITS_MEMBERS),
    "changes_requested": Answer(ITS_MEMBERS),
    "approved": Answer(ITS_MEMBERS),
}
# The public page of an institution, also for its members.
UNVERIFIED = dict.fromkeys(
    ("draft", "submitted", "changes_requested", "suspended"), Answer(keeping(Kept.HIDDEN, *Who))
)
# To offer oneself one has to be able to read it.
PRIVATE_OFFER = {state: Answer(MEMBERS) for state in PRIVATE}
NOT_OPEN = {"filled": 409, "closed": 409, "expired": 409}
# What people were shown, or staff are reading, is not edited.
EDITABLE = dict.fromkeys(("submitted", "approved", "open", "filled", "closed", "expired"), 409)
LOOKED_AT = {
    state: Answer(EDITORS, get=302, post=409)
    for state in ("submitted", "approved", "open", "filled", "closed", "expired")
}
NOT_A_DRAFT = {
    **EDITABLE,
    "changes_requested": 409,
}
CLOSABLE_NOT = {"draft": 409, "closed": 409}
# The side of the institution, and there whoever may write for it.
ANSWERING = keeping(Kept.REFUSED, Who.VIEWER, Who.INSIDER, besides=only(Who.EXPERT, *EDITORS_OF_IT))
# The expert's turn: the institution may not answer for them.
EXPERTS_TURN = keeping(Kept.CONFLICT, *EDITORS_OF_IT, besides=ANSWERING)
NAMES_OF_OTHERS = keeping(Kept.STEP_UP, Who.OWNER_ONE_FACTOR, besides=SIDES)

ROUTES = {
    "needs.browse": Route(EVERYBODY, get=200),
    "needs.show": Route(EVERYBODY, get=200, states=PRIVATE),
    "needs.institution": Route(EVERYBODY, get=200, about="institution", states=UNVERIFIED),
    # Whoever writes for one institution alone is led on to it; a partner writes no needs.
    "needs.new": Route(keeping(Kept.AWAY, *EDITORS_OF_IT, besides=SIGNED_IN), get=200),
    "needs.begin": Route(
        EDITORS, get=200, post=422, about="institution", parts={"institution_id": "institution"}
    ),
    "needs.brief": Route(EDITORS, get=200, post=422, parts={"step": "what"}, states=EDITABLE),
    "needs.review": Route(EDITORS, get=200, post=302, states=LOOKED_AT),
    "needs.manage": Route(MEMBERS, get=200),
    "needs.act": Route(EDITORS, post=302, parts={"name": "close"}, states=CLOSABLE_NOT),
    "needs.appeal": Route(EDITORS, get=200, post=422),
    "needs.duplicate": Route(EDITORS, post=302),
    "needs.discard": Route(EDITORS, post=302, states=NOT_A_DRAFT),
    # People for a need.
    "matches.for_need": Route(MEMBERS, get=200),
    "matches.candidate": Route(MEMBERS, get=200, parts={"handle": "candidate"}),
    "engagements.invite": Route(EDITORS, get=200, post=422, parts={"handle": "candidate"}),
    # Engagements.
    "engagements.index": Route(SIGNED_IN, get=200),
    "engagements.express_interest": Route(SIGNED_IN, get=200, post=422, states=PRIVATE_OFFER),
    "engagements.show": Route(SIDES, get=200, states={"accepted": Answer(NAMES_OF_OTHERS)}),
    "engagements.answer": Route(
        EXPERTS_TURN,
        post=302,
        parts={"action": "accept"},
        states={
            "applied": Answer(keeping(Kept.CONFLICT, Who.EXPERT, besides=ANSWERING)),
            "accepted": Answer(keeping(Kept.CONFLICT, Who.EXPERT, besides=ANSWERING), post=409),
            "declined": Answer(ANSWERING, post=409),
            "closed": Answer(ANSWERING, post=409),
        },
    ),
}
