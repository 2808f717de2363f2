"""Keep identity out: `neutralise` before embedding, `mask_identity` for anonymous display."""

from __future__ import annotations

from matching.identity import Known, MaskedText, Placeholder, PlaceholderKind, mask_identity
from matching.neutral import NEUTRALISER_REVISION, neutralise, without_identity_words

__all__ = [
    "NEUTRALISER_REVISION",
    "Known",
    "MaskedText",
    "Placeholder",
    "PlaceholderKind",
    "mask_identity",
    "neutralise",
    "without_identity_words",
]
