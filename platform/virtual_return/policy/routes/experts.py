"""One's own profile, and what matching shows of it."""

from __future__ import annotations

from virtual_return.policy.routes.audiences import SIGNED_IN, WITH_PROFILE, Kept, Route, keeping

OWN_EVIDENCE = {"handle": "own evidence"}
OWN_QUALIFICATION = {"handle": "own qualification"}
OWN_BLOCK = {"handle": "own block"}
# What a form leaves out stays as it was saved; a new row needs a title.
OWN_FORM = Route(WITH_PROFILE, get=200, post=302)
NEW_ROW = Route(WITH_PROFILE, get=200, post=422)
OWN_ACT = Route(WITH_PROFILE, post=302)
OWN_PAGE = Route(WITH_PROFILE, get=200)

ROUTES = {
    "experts.profile": Route(SIGNED_IN, get=200),
    # Somebody who has a profile keeps it.
    "experts.start": Route(SIGNED_IN, post=302),
    "experts.step_about": OWN_FORM,
    "experts.step_skills": OWN_FORM,
    "experts.step_languages": OWN_FORM,
    # Time and willingness are always asked for.
    "experts.step_availability": NEW_ROW,
    "experts.step_evidence": OWN_PAGE,
    "experts.step_qualifications": OWN_PAGE,
    "experts.add_skill": OWN_ACT,
    "experts.evidence_add": NEW_ROW,
    "experts.evidence_edit": Route(WITH_PROFILE, get=200, post=302, parts=OWN_EVIDENCE),
    "experts.evidence_delete": Route(WITH_PROFILE, post=302, parts=OWN_EVIDENCE),
    "experts.evidence_move": Route(WITH_PROFILE, post=302, parts=OWN_EVIDENCE),
    "experts.qualification_add": NEW_ROW,
    "experts.qualification_edit": Route(WITH_PROFILE, get=200, post=302, parts=OWN_QUALIFICATION),
    "experts.qualification_delete": Route(WITH_PROFILE, post=302, parts=OWN_QUALIFICATION),
    "experts.preview": OWN_PAGE,
    "experts.approve": OWN_ACT,
    "experts.wording": Route(WITH_PROFILE, get=200, post=302, parts=OWN_EVIDENCE),
    "experts.withdraw_wording": Route(WITH_PROFILE, post=302, parts=OWN_EVIDENCE),
    "experts.visibility": OWN_FORM,
    "experts.hide_now": OWN_ACT,
    "experts.pause": OWN_ACT,
    "experts.resume": OWN_ACT,
    "experts.block_domain": Route(WITH_PROFILE, post=422),
    "experts.block_country": Route(WITH_PROFILE, post=422),
    # An institution that is not there.
    "experts.block_institution": Route(WITH_PROFILE, post=404),
    "experts.unblock": Route(WITH_PROFILE, post=302, parts=OWN_BLOCK),
    "experts.delete": Route(WITH_PROFILE, get=200, post=302),
    # No ORCID account is linked, so that nothing was read.
    "experts.orcid": OWN_PAGE,
    "experts.orcid_read": Route(WITH_PROFILE, post=409),
    "experts.orcid_decide": OWN_ACT,
    "experts.orcid_name": Route(WITH_PROFILE, post=409),
    "matches.for_me": Route(keeping(Kept.SIGN_IN, besides=SIGNED_IN), get=200),
}
# What is another person's is not there, whatever its handle says.
FOREIGN = {
    endpoint: Route(WITH_PROFILE, get=route.get and 404, post=route.post and 404,
                    parts={"handle": f"foreign {route.parts['handle'].removeprefix('own ')}"})
    for endpoint, route in ROUTES.items()
    if route.parts
}  # fmt: skip
