"""Programme staff."""

from __future__ import annotations

from virtual_return.policy.routes.audiences import REVIEWERS, STAFF, Answer, Route

UNKNOWN = {"public_id": "unknown"}

ROUTES = {
    "coordination.queue": Route(STAFF, get=200),
    "coordination.overview": Route(STAFF, get=200),
    "coordination.institutions": Route(STAFF, get=200),
    # Staff read about their own institution; they do not decide.
    "coordination.institution": Route(
        STAFF,
        get=200,
        post=422,
        post_who=REVIEWERS,
        states=dict.fromkeys(("draft", "changes_requested"), Answer(post=409)),
    ),
    "coordination.evidence_note": Route(REVIEWERS, post=422),
    "coordination.evidence_document": Route(STAFF, get=404, parts={"evidence_id": "unknown"}),
    # A draft is its institution's own; where nothing waits, nothing is decided.
    "coordination.need": Route(
        STAFF,
        get=200,
        post=422,
        post_who=REVIEWERS,
        states={
            "draft": Answer(STAFF, get=404, post=404),
            **dict.fromkeys(("changes_requested", "filled", "closed", "expired"), Answer(post=409)),
        },
    ),
    "coordination.need_rule": Route(REVIEWERS, post=302, states={"draft": Answer(STAFF, post=404)}),
    "coordination.countries": Route(STAFF, get=200, post=422),
    "coordination.rules": Route(STAFF, get=200, post=422),
    "coordination.retire_rule": Route(STAFF, post=404, parts=UNKNOWN),
    "coordination.audit": Route(STAFF, get=200),
    "coordination.providers": Route(STAFF, get=200),
    "coordination.add_provider": Route(STAFF, get=200, post=422, parts={"preset": "orcid"}),
    "coordination.provider": Route(STAFF, get=404, post=404, parts=UNKNOWN),
    "coordination.provider_act": Route(STAFF, post=404, parts=UNKNOWN),
    "coordination.provider_test": Route(STAFF, post=404, parts=UNKNOWN),
}
