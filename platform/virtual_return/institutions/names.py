"""Names of institutions in a form in which two spellings of the same one are alike.

Nothing is carried from one script into another, which is guesswork: a name in the own script and
one in a working language are both kept of most institutions, and each is compared with each.
"""

from __future__ import annotations

import re
import unicodedata

from rapidfuzz import fuzz, process

# What so many names hold that it tells nothing apart, in the languages of this programme and of
# the countries that began with it; folded as the names are.
_COMMON = """
    university universite universidad universidade universitat universita universiteit
    universitesi jaamacadda jaamacad college institute institut instituto faculty faculte
    facultad faculdade school ecole escuela escola academy academie academia centre center
    centro hospital hopital ministry ministere ministerio foundation fondation fundacion
    fundacao association asociacion associacao company societe the of for and de du des la le
    les el los las do da dos das e y et di der die und l d al a in ltd sarl جامعه كليه معهد مركز
    مستشفي وزاره مؤسسه موسسه جمعيه شركه مدرسه اكاديميه في و دانشگاه университет институт
    академия
"""
COMMON = frozenset(_COMMON.split())
# From here on, two names in one country may be of the same institution; people look.
ALIKE = 86.0
LEAST_LETTERS = 3
_SAME_LETTER = str.maketrans(
    {
        "أ": "ا", "إ": "ا", "آ": "ا", "ٱ": "ا", "ى": "ي", "ی": "ي", "ئ": "ي", "ؤ": "و",
        "ة": "ه", "ک": "ك", "ـ": "", "ı": "i", "ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "ł": "l",
        "’": " ", "'": " ",
    }
)  # fmt: skip
_NO_LETTER = re.compile(r"[\W_]+")


def fold(name: str) -> str:
    """Return a name without case, accents, vowel signs and punctuation."""
    same = unicodedata.normalize("NFKC", name).casefold().translate(_SAME_LETTER)
    bare = "".join(
        letter
        for letter in unicodedata.normalize("NFKD", same)
        if not unicodedata.combining(letter)
    )
    return " ".join(_NO_LETTER.sub(" ", bare).split())


def telling(name: str) -> str:
    """Return the words of a folded name that tell it from others; all, if none does."""
    words = [_without_article(word) for word in fold(name).split()]
    own = [word for word in words if word not in COMMON]
    return " ".join(sorted(own or words))


def _without_article(word: str) -> str:
    """Drop the Arabic article, which is written onto the word."""
    return word[2:] if word.startswith("ال") and len(word) > 4 else word


def alike(name: str, others: list[str]) -> list[tuple[int, float]]:
    """Return the positions of folded names that are as good as the same, and how alike each is."""
    wanted = telling(name)
    if len(wanted.replace(" ", "")) < LEAST_LETTERS:
        return []
    found = process.extract(wanted, others, scorer=fuzz.ratio, score_cutoff=ALIKE, limit=20)
    return [(position, score) for _text, score, position in found]
