"""Match people and needs: text and numbers only, usable without the web application.

The names below are the public face; everything else may change. Importing this package loads no
model: torch and sentence-transformers come in at the first `encode` of an encoder that needs them.
"""

from __future__ import annotations

from matching.bands import Band, BandLimit
from matching.constraints import FactCheck, check_facts
from matching.documents import (
    Document,
    NeedDocument,
    NeedPool,
    NeedsInMemory,
    Passage,
    PeopleInMemory,
    PeoplePool,
    PersonDocument,
    Pool,
    SkillClaim,
)
from matching.encoder import Encoder, SentenceTransformerEncoder, create_encoder
from matching.evaluation import EvaluationError, evaluate, format_table
from matching.exclusions import Exclusions
from matching.fact_table import FactTable
from matching.facts import ExclusionCode, FactResult, FactState, NeedFacts, PersonFacts, Span
from matching.folding import Folded, fold
from matching.generations import Generation, GenerationStore
from matching.index import Hit, VectorIndex
from matching.index_errors import (
    IndexDamaged,
    IndexMismatch,
    IndexMissing,
    IndexVersionUnsupported,
    StoredIndexError,
)
from matching.language import Detected, detect_language
from matching.lexical import LexicalScore
from matching.marking import Piece, mark_shared
from matching.masking import (
    Known,
    MaskedText,
    Placeholder,
    PlaceholderKind,
    mask_identity,
    neutralise,
)
from matching.matcher import Match, Matcher, MatchList
from matching.near_misses import Regained, Relaxation, lacking_one, regained, relaxations
from matching.need_table import NeedTable
from matching.people_table import PeopleTable
from matching.plan import (
    PlannedText,
    Role,
    embedding_plan,
    encode_documents,
    encode_plan,
    passage_id_of,
)
from matching.reasons import PairSource, Sentence, SentencePair
from matching.scoring import ItemScore
from matching.sentences import split_sentences
from matching.skills import Coverage, SkillMatch, SkillReport
from matching.soft_fit import SoftCode, SoftFactor, SoftFit
from matching.vectors import ItemVectors, from_bytes, to_bytes

__all__ = [
    "Band",
    "BandLimit",
    "Coverage",
    "Detected",
    "Document",
    "Encoder",
    "EvaluationError",
    "ExclusionCode",
    "Exclusions",
    "FactCheck",
    "FactResult",
    "FactState",
    "FactTable",
    "Folded",
    "Generation",
    "GenerationStore",
    "Hit",
    "IndexDamaged",
    "IndexMismatch",
    "IndexMissing",
    "IndexVersionUnsupported",
    "ItemScore",
    "ItemVectors",
    "Known",
    "LexicalScore",
    "MaskedText",
    "Match",
    "MatchList",
    "Matcher",
    "NeedDocument",
    "NeedFacts",
    "NeedPool",
    "NeedTable",
    "NeedsInMemory",
    "PairSource",
    "Passage",
    "PeopleInMemory",
    "PeoplePool",
    "PeopleTable",
    "PersonDocument",
    "PersonFacts",
    "Piece",
    "Placeholder",
    "PlaceholderKind",
    "PlannedText",
    "Pool",
    "Regained",
    "Relaxation",
    "Role",
    "Sentence",
    "SentencePair",
    "SentenceTransformerEncoder",
    "SkillClaim",
    "SkillMatch",
    "SkillReport",
    "SoftCode",
    "SoftFactor",
    "SoftFit",
    "Span",
    "StoredIndexError",
    "VectorIndex",
    "check_facts",
    "create_encoder",
    "detect_language",
    "embedding_plan",
    "encode_documents",
    "encode_plan",
    "evaluate",
    "fold",
    "format_table",
    "from_bytes",
    "lacking_one",
    "mark_shared",
    "mask_identity",
    "neutralise",
    "passage_id_of",
    "regained",
    "relaxations",
    "split_sentences",
    "to_bytes",
]
