"""What to embed for a document: which texts, under which keys, with a hash that tells of change."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from matching.documents import Document, NeedDocument, Passage, SkillClaim
from matching.encoder import Encoder
from matching.language import detect_language
from matching.masking import NEUTRALISER_REVISION, neutralise, without_identity_words
from matching.sentences import split_sentences
from matching.stems import is_plainly_in
from matching.vectors import ItemVectors

# A passage over MAX_WORDS is embedded in parts: an encoder reads about 200 words of a text.
MAX_WORDS = 320
PART_WORDS = 200
MAX_SENTENCES = 12
# The beginning of a text tells its language; reading on costs time in every list that quotes it.
DETECTED_CHARS = 400

# A sentence of another language than its text's is believed to be one only from here on: of single
# sentences, shorter or less sure ones are often names and titles.
MIN_SURE_CHARS = 40
MIN_SURE = 0.95
# Languages of sentences by the hash of their text, so that no text of anybody stays here.
MAX_REMEMBERED = 20_000
_sure_languages: dict[int, str | None] = {}

# Accents of Latin letters and vowel signs of Arabic, once decomposed.
_MARKS = re.compile(r"[\u0300-\u036f\u064b-\u0652\u0670]")
_NOT_WORD = re.compile(r"[^\w+#]|_")


class Role(StrEnum):
    """What a vector is for. Only passages go into the index; the others explain."""

    PASSAGE = "passage"
    SKILL = "skill"
    SENTENCE = "sentence"


@dataclass(frozen=True)
class PlannedText:
    """One text to embed: store its vector under (document, `item`) with `digest` beside it.

    `text` is already neutralised and is what the encoder gets; a stored vector whose digest,
    encoder name and revision are the same need not be made again.
    """

    item: str
    role: Role
    text: str
    language: str | None
    digest: str


def embedding_plan(
    document: Document, roles: Iterable[Role] = tuple(Role)
) -> tuple[PlannedText, ...]:
    """Return every text of *document* to embed, passages first, then skills, then sentences."""
    makers = {Role.PASSAGE: _passages, Role.SKILL: _skills, Role.SENTENCE: _sentences}
    wanted = set(roles)
    planned = [text for role, make in makers.items() if role in wanted for text in make(document)]
    return tuple(text for text in planned if text.text)


def encode_plan(encoder: Encoder, plan: Sequence[PlannedText]) -> ItemVectors:
    """Encode every text of *plan*; the rows carry its item keys in the same order."""
    vectors = encoder.encode([p.text for p in plan], [p.language for p in plan])
    return ItemVectors(tuple(p.item for p in plan), vectors)


def encode_documents(
    encoder: Encoder, documents: Sequence[Document], roles: Iterable[Role] = tuple(Role)
) -> Mapping[str, ItemVectors]:
    """Encode many documents in one pass and return the vectors of each by document id."""
    wanted = tuple(roles)
    plans = [embedding_plan(document, wanted) for document in documents]
    together = encode_plan(encoder, [text for plan in plans for text in plan])
    vectors: dict[str, ItemVectors] = {}
    at = 0
    for document, plan in zip(documents, plans, strict=True):
        end = at + len(plan)
        vectors[document.id] = ItemVectors(together.items[at:end], together.vectors[at:end])
        at = end
    return vectors


def passage_item(passage_id: str, part: int = 0) -> str:
    """Return the item key of a passage, or of one part of a long one."""
    return f"{Role.PASSAGE}:{passage_id}" + (f"#{part}" if part else "")


def passage_id_of(item: str) -> str:
    """Return the passage id in an item key of a passage, a part of one, or a sentence."""
    role, _, rest = item.partition(":")
    mark = ":" if role == Role.SENTENCE else "#"
    head, found, number = rest.rpartition(mark)
    return head if found and number.isdigit() else rest


def sentence_item(passage_id: str, number: int) -> str:
    """Return the item key of sentence *number*, counted from 0, of a passage."""
    return f"{Role.SENTENCE}:{passage_id}:{number}"


def skill_item(skill: SkillClaim) -> str:
    """Return the item key of a skill: its taxonomy key, else its normalised label."""
    return f"{Role.SKILL}:{skill.key or normalised(skill.label)}"


def normalised(label: str) -> str:
    """Return *label* without case, accents, punctuation or doubled space, for comparing."""
    plain = _MARKS.sub("", unicodedata.normalize("NFKD", label).casefold())
    return " ".join(_NOT_WORD.sub(" ", plain).split())


def sentences_of(passage: Passage) -> tuple[str, ...]:
    """Return the first sentences of *passage*, as given or else by rule, at most 12."""
    return (passage.sentences or split_sentences(passage.text))[:MAX_SENTENCES]


def _planned(
    role: Role, item: str, text: str, language: str | None, names: Sequence[str]
) -> PlannedText:
    neutral = neutralise(text, language, names)
    return _hashed(role, item, neutral, language)


def _hashed(role: Role, item: str, neutral: str, language: str | None) -> PlannedText:
    hashed = f"{NEUTRALISER_REVISION}\0{language or ''}\0{neutral}"
    digest = hashlib.sha256(hashed.encode()).hexdigest()[:32]
    return PlannedText(item, role, neutral, language, digest)


def _passages(document: Document) -> Iterable[PlannedText]:
    for passage in document.passages:
        for number, (part, language) in enumerate(_parts(passage)):
            item = passage_item(passage.id, number)
            yield _planned(Role.PASSAGE, item, part, language, document.known_names)


def _sentences(document: Document) -> Iterable[PlannedText]:
    for passage in document.passages:
        for number, sentence in enumerate(sentences_of(passage)):
            item = sentence_item(passage.id, number)
            language = sentence_language(passage, sentence)
            yield _planned(Role.SENTENCE, item, sentence, language, document.known_names)


def _skills(document: Document) -> Iterable[PlannedText]:
    if isinstance(document, NeedDocument):
        skills = document.must_have + document.useful
    else:
        skills = document.skills
    for item, skill in {skill_item(skill): skill for skill in skills}.items():
        language = skill.language or detect_language(skill.label).language
        if skill.key is None:
            yield _planned(Role.SKILL, item, skill.label, language, document.known_names)
        else:
            # A taxonomy's label is nobody's own words: "teach French" keeps its subject.
            yield _hashed(Role.SKILL, item, skill.label, language)


def passage_language(passage: Passage) -> str | None:
    """Return the language that the author set, else the one that the text shows, else None."""
    return passage.language or _language_of(passage.text[:DETECTED_CHARS])


def sentence_language(passage: Passage, sentence: str) -> str | None:
    """Return the language of a sentence: its passage's, unless the passage mixes languages."""
    whole = passage_language(passage)
    if whole is not None and is_plainly_in(sentence, whole):
        return whole
    surely = _sure_language_of(sentence)
    if surely is None or surely == whole or not _is_mixed(passage, whole):
        return whole
    return surely


def _is_mixed(passage: Passage, whole: str | None) -> bool:
    """Return whether a text is in several languages, its own among them.

    Where no sentence seems to be in the language that the author set, the author knows better.
    """
    found = {_sure_language_of(sentence) for sentence in split_sentences(passage.text)}
    return whole in found and len(found - {None}) > 1


def _sure_language_of(sentence: str) -> str | None:
    if len(sentence) < MIN_SURE_CHARS:
        return None
    key = hash(sentence)
    if (known := _sure_languages.get(key, "")) != "":
        return known
    found = detect_language(without_identity_words(sentence))
    language = found.language if found.confidence >= MIN_SURE else None
    if len(_sure_languages) >= MAX_REMEMBERED:
        _sure_languages.clear()
    _sure_languages[key] = language
    return language


@lru_cache(maxsize=4096)
def _language_of(text: str) -> str | None:
    return detect_language(without_identity_words(text)).language


def _parts(passage: Passage) -> list[tuple[str, str | None]]:
    """Cut a text that mixes languages into one part for each stretch, and a long one by length."""
    whole = passage_language(passage)
    if not _is_mixed(passage, whole):
        return [(part, whole) for part in _lengths(passage.text)]
    stretches: list[tuple[list[str], str | None]] = []
    for sentence in split_sentences(passage.text):
        # One that does not tell stays with the one before it.
        before = stretches[-1][1] if stretches else whole
        language = _sure_language_of(sentence) or before
        if not stretches or language != before:
            stretches.append(([], language))
        stretches[-1][0].append(sentence)
    return [(part, language) for texts, language in stretches for part in _lengths(" ".join(texts))]


def _lengths(text: str) -> list[str]:
    """Cut a long text into parts of whole sentences, each near PART_WORDS words."""
    if len(text.split()) <= MAX_WORDS:
        return [text]
    parts: list[list[str]] = [[]]
    words = 0
    for sentence in split_sentences(text):
        length = len(sentence.split())
        if words + length > PART_WORDS and parts[-1]:
            parts.append([])
            words = 0
        parts[-1].append(sentence)
        words += length
    return [" ".join(part) for part in parts]
