"""Programme staff."""

from __future__ import annotations

from virtual_return.policy.routes.audiences import REVIEWERS, STAFF, Answer, Route

A_RULE = {"public_id": "rule"}
A_PROVIDER = {"public_id": "provider"}

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
    "coordination.evidence_document": Route(REVIEWERS, get=200, parts={"evidence_id": "document"}),
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
    "coordination.retire_rule": Route(STAFF, post=302, parts=A_RULE),
    "coordination.audit": Route(STAFF, get=200),
    "coordination.providers": Route(STAFF, get=200),
    "coordination.add_provider": Route(STAFF, get=200, post=422, parts={"preset": "orcid"}),
    "coordination.provider": Route(STAFF, get=200, post=422, parts=A_PROVIDER),
    "coordination.provider_act": Route(STAFF, post=302, parts=A_PROVIDER, form={"do": "off"}),
    # The provider of the matrix answers nobody, which the page says.
    "coordination.provider_test": Route(STAFF, post=302, parts=A_PROVIDER),
}
