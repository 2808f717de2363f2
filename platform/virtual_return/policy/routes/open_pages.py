"""Pages for everybody, and what operators ask."""

from __future__ import annotations

from virtual_return.policy.routes.audiences import EVERYBODY, SIGNED_IN, Route

ROUTES = {
    "public.landing": Route(EVERYBODY, get=200),
    "public.how_it_works": Route(EVERYBODY, get=200),
    "public.protection": Route(EVERYBODY, get=200),
    "public.figures": Route(EVERYBODY, get=200),
    "public.design": Route(EVERYBODY, get=200),
    "public.language": Route(EVERYBODY, get=303, parts={"code": "fr"}),
    "health.alive": Route(EVERYBODY, get=200),
    "health.ready": Route(EVERYBODY, get=200),
    # Off; switched on, it is for whoever has the token, or is on this machine where there is none.
    "health.metrics": Route(EVERYBODY, get=404),
    # What is left out stays as it was.
    "digests.preferences": Route(SIGNED_IN, get=200, post=302),
    # The signature in the address is the proof; this one is forged.
    "digests.leave": Route(EVERYBODY, get=404, post=404, parts={"token": "forged"}),
}
