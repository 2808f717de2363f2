"""Four bands from the calibrated score: what a page shows instead of a number."""

from __future__ import annotations

import json
from enum import StrEnum
from pathlib import Path

from matching.constraints import FactCheck
from matching.documents import PersonDocument
from matching.skills import SkillReport

BANDS_FILE = Path(__file__).parent / "data" / "bands.json"
BAND_FORMAT = 1


class BandsUnreadable(ValueError):
    """The file of thresholds is missing, damaged or of another format; it says what to do."""


def read_thresholds(path: Path = BANDS_FILE) -> tuple[float, float]:
    """Return the scores from which a match is strong and possible, as `band_calibration` wrote."""
    try:
        stored = json.loads(path.read_text(encoding="utf-8"))
        strong, possible = (stored[name]["threshold"] for name in ("strong", "possible"))
        is_sane = stored["format"] == BAND_FORMAT and 0.0 < possible <= strong
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise BandsUnreadable(_remedy(path)) from error
    if not is_sane:
        raise BandsUnreadable(_remedy(path))
    return float(strong), float(possible)


def _remedy(path: Path) -> str:
    return (
        f"{path} does not hold thresholds of format {BAND_FORMAT}: "
        "restore the file that came with this version, then calibrate again if need be."
    )


# On the calibrated scale of `similarity`; docs/decisions/0037 says how they are chosen and what
# share of each band the development set's people rated themselves able to do.
STRONG, POSSIBLE = read_thresholds()
MIN_WORDS = 12
# With fewer must-haves shown than this share a match is not strong, with none not even possible.
STRONG_COVERAGE = 0.5


class Band(StrEnum):
    """How well a person and a need fit, best first."""

    STRONG = "strong"
    POSSIBLE = "possible"
    WEAK = "weak"
    NOT_ENOUGH_INFORMATION = "not_enough_information"


class BandLimit(StrEnum):
    """Why a band is not higher than it is; a page says what would raise it."""

    TEXT = "text"
    MUST_HAVE = "must_have"
    UNKNOWN_LANGUAGE = "unknown_language"
    FEW_WORDS = "few_words"


def band_of(
    text_score: float, person: PersonDocument, skills: SkillReport, facts: FactCheck
) -> tuple[Band, tuple[BandLimit, ...]]:
    """Return the band of a pair, and what keeps it below strong (empty for strong).

    What a profile does not say never counts as agreement: a required language that is unknown
    keeps the band below strong, and a profile of a few words has no band but
    `not_enough_information`.
    """
    if not has_enough(person):
        return Band.NOT_ENOUGH_INFORMATION, (BandLimit.FEW_WORDS,)
    limits: list[BandLimit] = []
    if text_score < STRONG:
        limits.append(BandLimit.TEXT)
    if skills.must_have and skills.must_have_share < STRONG_COVERAGE:
        limits.append(BandLimit.MUST_HAVE)
    if facts.has_unknown_language:
        limits.append(BandLimit.UNKNOWN_LANGUAGE)
    if not limits:
        return Band.STRONG, ()
    uncovered = bool(skills.must_have) and skills.must_have_share == 0.0
    if text_score < POSSIBLE or (uncovered and text_score < STRONG):
        return Band.WEAK, tuple(limits)
    return Band.POSSIBLE, tuple(limits)


def has_enough(person: PersonDocument) -> bool:
    """Return whether a profile says enough to be judged: a dozen words of text and skills."""
    words = sum(len(passage.text.split()) for passage in person.passages)
    return words + sum(len(skill.label.split()) for skill in person.skills) >= MIN_WORDS
