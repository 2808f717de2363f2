"""Reasons in the reader's words: how skills are covered, what would raise a band."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from matching.bands import BandLimit
from matching.facts import ExclusionCode
from matching.skills import Coverage
from virtual_return.errors import N_
from virtual_return.i18n import gettext as _
from virtual_return.matches.results import Reasons, SkillReason
from virtual_return.templating.filters import joined
from virtual_return.templating.filters import language as language_name

# How a skill is covered, where the profile's own name for it says no more.
COVERED = {
    Coverage.EQUAL.value: N_("named as a skill"),
    Coverage.ALIAS.value: N_("named as a skill"),
    Coverage.MENTIONED.value: N_("mentioned in a text"),
    Coverage.CLOSE.value: N_("close to a skill that is named"),
    Coverage.EVIDENCED.value: N_("a text is about it"),
    Coverage.NARROWER.value: N_("a part of it is named as a skill"),
    Coverage.BROADER.value: N_("the field that it belongs to is named as a skill"),
    Coverage.MISSING.value: N_("not mentioned"),
}
NAMED = {
    Coverage.ALIAS.value: N_("named as “%(skill)s”"),
    Coverage.CLOSE.value: N_("close to “%(skill)s”, which is named"),
    Coverage.NARROWER.value: N_("“%(skill)s” is named, which is a part of it"),
    Coverage.BROADER.value: N_("“%(skill)s” is named, the field that it belongs to"),
}
PLACED = {
    (Coverage.MENTIONED.value, "about"): N_("mentioned in the description"),
    (Coverage.MENTIONED.value, "evidence"): N_("mentioned in the evidence"),
    (Coverage.MENTIONED.value, "skills"): N_("named as a skill"),
    (Coverage.EVIDENCED.value, "about"): N_("the description is about it"),
    (Coverage.EVIDENCED.value, "evidence"): N_("the evidence shows it"),
    (Coverage.EVIDENCED.value, "skills"): N_("close to the skills that are named"),
}
# What would raise a band: for an institution that reads about a person…
ASK = {
    BandLimit.TEXT.value: N_(
        "The texts are related rather than close. Read what this person has done before you "
        "decide. A need that says step by step what is to be done is compared better."
    ),
    BandLimit.MUST_HAVE.value: N_(
        "Too few must-have skills are mentioned. Ask about %(skills)s in your invitation, or make "
        "those useful rather than must-have that can be learnt on the way."
    ),
    BandLimit.UNKNOWN_LANGUAGE.value: N_(
        "The profile does not say how well this person works in %(languages)s. Ask in your "
        "invitation."
    ),
    BandLimit.FEW_WORDS.value: N_(
        "The profile says too little to be compared. If a skill in it is what you look for, invite "
        "this person and ask."
    ),
}
# …and for a person who reads about a need.
DO = {
    BandLimit.TEXT.value: N_(
        "Your profile is related to this need rather than close. If you have done something like "
        "it, add that to your evidence and say what you did yourself."
    ),
    BandLimit.MUST_HAVE.value: N_(
        "Your profile does not mention %(skills)s. Name what you can do of it in your skills."
    ),
    BandLimit.UNKNOWN_LANGUAGE.value: N_("Say how well you work in %(languages)s."),
    BandLimit.FEW_WORDS.value: N_(
        "Your profile has fewer than a dozen words. Write what you do, and one thing that you "
        "have done."
    ),
}
WHERE_TO = {
    BandLimit.TEXT.value: ("experts.evidence_add", N_("Add evidence")),
    BandLimit.MUST_HAVE.value: ("experts.step_skills", N_("Change your skills")),
    BandLimit.UNKNOWN_LANGUAGE.value: ("experts.step_languages", N_("Change your languages")),
    BandLimit.FEW_WORDS.value: ("experts.step_about", N_("Write about yourself")),
}


@dataclass(frozen=True, slots=True)
class Advice:
    """What would raise a band, and where to do it: an endpoint and the words of its link."""

    text: str
    endpoint: str = ""
    link: str = ""


def coverage_words(skill: SkillReason) -> str:
    """Return how a skill is covered, for a reader of either side."""
    if skill.by and skill.coverage in NAMED:
        return _(NAMED[skill.coverage], skill=skill.by)
    placed = PLACED.get((skill.coverage, skill.where))
    return _(placed or COVERED.get(skill.coverage, N_("shown in the profile")))


def advice_for_institution(why: Reasons) -> list[Advice]:
    """Return what an institution can do to be surer of a person."""
    values = _values(why)
    return [Advice(_(ASK[limit], **values)) for limit in _known(why, ASK, values)]


def advice_for_expert(why: Reasons) -> list[Advice]:
    """Return what a person can do so that they fit a need better, if it is true of them."""
    values = _values(why)
    return [
        Advice(_(DO[limit], **values), WHERE_TO[limit][0], _(WHERE_TO[limit][1]))
        for limit in _known(why, DO, values)
    ]


def _values(why: Reasons) -> dict[str, str]:
    spoken = [
        language_name(fact.subject)
        for fact in why.facts_unknown
        if fact.code == ExclusionCode.LANGUAGE.value
    ]
    return {"skills": joined(why.must_missing), "languages": joined(spoken)}


def _known(why: Reasons, sentences: Mapping[str, str], values: Mapping[str, str]) -> Sequence[str]:
    """Return the limits that there is a sentence for, and something to put into it."""
    needed = {
        BandLimit.MUST_HAVE.value: values["skills"],
        BandLimit.UNKNOWN_LANGUAGE.value: values["languages"],
    }
    return [limit for limit in why.limits if limit in sentences and needed.get(limit, "said")]
