"""Find the language of a text with py3langid, restricted to languages that people here write in."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from py3langid.langid import MODEL_FILE, LanguageIdentifier

# Languages of delivery in published programmes of this kind. A closed list keeps a short French
# label from being called Walloon or Occitan.
LANGUAGES: tuple[str, ...] = (
    "en", "fr", "ar", "es", "pt", "de", "it", "nl", "ru", "uk", "pl", "ro", "tr", "fa", "ur", "hi",
    "bn", "zh", "ja", "ko", "vi", "id", "sw", "am", "so", "ha", "el", "sv", "sq", "sr", "hr", "bs",
)  # fmt: skip

MIN_LETTERS = 12
MIN_CONFIDENCE = 0.5
# A short text in plain letters counts as English unless its share of the probability is below
# this: nine in ten English labels that nothing else tells of lie above, of French ones two in ten.
MIN_ENGLISH = 0.07

# A script that one language of the list owns, or nearly owns, settles even a single word.
_SCRIPTS: tuple[tuple[int, int, str], ...] = (
    (0x0370, 0x03FF, "el"),
    (0x0600, 0x06FF, "ar"),
    (0x0900, 0x097F, "hi"),
    (0x0980, 0x09FF, "bn"),
    (0x1200, 0x137F, "am"),
    (0x3040, 0x30FF, "ja"),
    (0x4E00, 0x9FFF, "zh"),
    (0xAC00, 0xD7AF, "ko"),
)
# Letters that Persian and Urdu have and Arabic lacks: with one of them the identifier decides.
_NOT_ARABIC = frozenset("پچژگکیٹڈڑںےہھ")


@dataclass(frozen=True)
class Detected:
    """A language code, or None when the text does not tell, and a confidence from 0 to 1."""

    language: str | None
    confidence: float


def detect_language(text: str, fallback: str | None = None) -> Detected:
    """Return the language of *text*.

    A text under 12 letters, or one on which the identifier is less than half sure, gets
    *fallback* (the author's own setting, the language of the document around it) or None.
    """
    letters = [letter for letter in text if letter.isalpha()]
    if owned := _language_of_script(letters):
        return Detected(owned, 1.0)
    if len(letters) < MIN_LETTERS:
        return Detected(fallback, 0.0)
    language, confidence = _identifier().classify(text)
    if confidence < MIN_CONFIDENCE:
        return Detected(fallback, float(confidence))
    return Detected(str(language), float(confidence))


def may_be_english(text: str) -> bool:
    """Return whether a text of which `detect_language` cannot tell could well be English.

    Tools, standards and two-word titles in plain ASCII letters mostly are; "Styliste chaussure"
    is not.
    """
    if not text.isascii():
        return False
    shares = dict(_identifier().rank(text))
    return float(shares.get("en", 0.0)) >= MIN_ENGLISH


def _language_of_script(letters: list[str]) -> str | None:
    if not letters:
        return None
    for first, last, language in _SCRIPTS:
        share = sum(first <= ord(letter) <= last for letter in letters) / len(letters)
        if share > 0.5 and not (language == "ar" and _NOT_ARABIC.intersection(letters)):
            return language
    return None


@lru_cache(maxsize=1)
def _identifier() -> LanguageIdentifier:
    identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    known = set(identifier.nb_classes)
    identifier.set_languages([code for code in LANGUAGES if code in known])
    return identifier
