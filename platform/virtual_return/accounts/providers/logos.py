"""The logo of a provider: a small picture, known by what it is and not by its name."""

from __future__ import annotations

from io import BytesIO

from PIL import Image, UnidentifiedImageError

from virtual_return.errors import Invalid
from virtual_return.i18n import gettext as _

LARGEST_BYTES = 200_000
LARGEST_SIDE = 2_000
SIDE = 96
KINDS = {b"\x89PNG\r\n\x1a\n": "image/png"}


def kind_of(logo: bytes) -> str:
    """Return the type of a stored logo, or an empty text for what we never stored."""
    return next((kind for start, kind in KINDS.items() if logo.startswith(start)), "")


def tidy(upload: bytes) -> bytes:
    """Return a picture as a small PNG without anything else in it; raise Invalid for the rest."""
    refusal = Invalid(_("Upload a PNG, JPEG or WebP picture under 200 kB."))
    if len(upload) > LARGEST_BYTES:
        raise refusal
    try:
        with Image.open(BytesIO(upload), formats=("PNG", "JPEG", "WEBP")) as picture:
            if max(picture.size) > LARGEST_SIDE:
                raise refusal
            picture.thumbnail((SIDE, SIDE))
            out = BytesIO()
            picture.convert("RGBA").save(out, "PNG", optimize=True)
    except (
        UnidentifiedImageError,
        Image.DecompressionBombError,
        OSError,
        ValueError,
        SyntaxError,
    ) as error:
        raise refusal from error
    return out.getvalue()
