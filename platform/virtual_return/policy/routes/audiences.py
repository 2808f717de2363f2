"""Who stands before an address, and what those are answered who may not enter."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Who(StrEnum):
    """Everybody whom the matrix knows; the institution is the one that the address is about."""

    VISITOR = "visitor"
    # Signed in, and belongs nowhere.
    STRANGER = "stranger"
    # Has a profile, and is the other side of the engagement that the address is about.
    EXPERT = "expert"
    VIEWER = "viewer"
    EDITOR = "editor"
    OWNER = "owner"
    # An owner whose session showed one factor.
    OWNER_ONE_FACTOR = "owner, one factor"
    # Owns another institution, which hosts the need together with this one.
    PARTNER = "partner"
    COORDINATOR = "coordinator"
    COORDINATOR_ONE_FACTOR = "coordinator, one factor"
    # A coordinator who belongs to the institution.
    INSIDER = "coordinator who belongs to it"
    # Was an owner and a coordinator; the session is from before.
    SUSPENDED = "suspended"


class Kept(StrEnum):
    """How somebody is kept out."""

    SIGN_IN = "asked to sign in"
    STEP_UP = "asked for a second factor"
    # Sent to a page of one's own, such as the one on which a profile begins.
    AWAY = "sent elsewhere"
    REFUSED = "403"
    HIDDEN = "404"
    # Known, and not in this state or not by this person: 409.
    CONFLICT = "409"


Audience = Mapping[Who, Kept]
SIGNED_OUT = (Who.VISITOR, Who.SUSPENDED)
ONE_FACTOR = (Who.OWNER_ONE_FACTOR, Who.COORDINATOR_ONE_FACTOR)
OWNERS_OF_IT = (Who.OWNER, Who.OWNER_ONE_FACTOR)
EDITORS_OF_IT = (*OWNERS_OF_IT, Who.EDITOR)
MEMBERS_OF_IT = (*EDITORS_OF_IT, Who.VIEWER, Who.INSIDER)


def keeping(kept: Kept, *people: Who, besides: Audience | None = None) -> Audience:
    """Return an audience that keeps these people out, on top of another one."""
    return {**(besides or {}), **dict.fromkeys(people, kept)}


def only(*people: Who, others: Kept = Kept.HIDDEN) -> Audience:
    """Return an audience of these people: visitors sign in, others are kept out."""
    outside = [who for who in Who if who not in (*people, *SIGNED_OUT)]
    return keeping(others, *outside, besides=keeping(Kept.SIGN_IN, *SIGNED_OUT))


def second_factor(audience: Audience) -> Audience:
    """Ask those whose roles need a second factor for it, at the door and before all else."""
    return keeping(Kept.STEP_UP, *ONE_FACTOR, besides=audience)


EVERYBODY: Audience = {}
SIGNED_IN = keeping(Kept.SIGN_IN, *SIGNED_OUT)
# Who is signed in already is sent on.
SIGNED_OUT_ONLY = keeping(Kept.AWAY, *(who for who in Who if who not in SIGNED_OUT))
# Somebody without a profile is sent to where one begins.
WITH_PROFILE = only(Who.EXPERT, others=Kept.AWAY)
MEMBERS = only(*MEMBERS_OF_IT)
EDITORS = keeping(Kept.REFUSED, Who.VIEWER, Who.INSIDER, besides=MEMBERS)
OWNERS = keeping(Kept.REFUSED, Who.EDITOR, besides=EDITORS)
OWNERS_SHOWN = second_factor(OWNERS)
MEMBERS_SHOWN = second_factor(MEMBERS)
NOBODY = only()
# Programme staff, with a second factor; for everybody else there is nothing there.
STAFF = keeping(
    Kept.STEP_UP,
    Who.COORDINATOR_ONE_FACTOR,
    besides=only(Who.COORDINATOR, Who.INSIDER, Who.COORDINATOR_ONE_FACTOR),
)
# The same, and nobody decides about an institution that they belong to.
REVIEWERS = keeping(Kept.REFUSED, Who.INSIDER, besides=STAFF)
# Both sides of an engagement.
SIDES = only(Who.EXPERT, *MEMBERS_OF_IT)


@dataclass(frozen=True, slots=True)
class Answer:
    """What an address answers in one state of the thing that it is about."""

    # None: the same people are kept out as otherwise.
    who: Audience | None = None
    # The status for those who may enter, by method; None: the same as otherwise.
    get: int | None = None
    post: int | None = None


@dataclass(frozen=True, slots=True)
class Route:
    """What one address answers to everybody: a line of the matrix."""

    who: Audience
    # The status for those who may enter; 422 is a form that was sent empty.
    get: int | None = None
    post: int | None = None
    # What the address is about: "institution", "need"... and what its other parts are.
    about: str = ""
    parts: Mapping[str, str] = field(default_factory=dict)
    # What is sent, where an empty form says too little.
    form: Mapping[str, str] = field(default_factory=dict)
    # Whom a POST keeps out, where that is not the same.
    post_who: Audience | None = None
    # States of the thing in which another answer holds: a status for those who may enter,
    # or an answer of its own.
    states: Mapping[str, int | Answer] = field(default_factory=dict)

    @property
    def methods(self) -> set[str]:
        """The methods that this line speaks of."""
        return {
            name for name, status in (("GET", self.get), ("POST", self.post)) if status is not None
        }

    def answer(self, state: str, method: str) -> tuple[Audience, int]:
        """Return who is kept out in a state, and what the others are answered."""
        status = self.get if method == "GET" else self.post
        who = self.who if method == "GET" or self.post_who is None else self.post_who
        other = self.states.get(state)
        if isinstance(other, int):
            status = other
        elif other is not None:
            status = (other.get if method == "GET" else other.post) or status
            who = who if other.who is None else other.who
        assert status is not None  # noqa: S101 - the caller asks for one of `methods`
        return who, status
