"""What would tell who a person is, and how it is kept out of a text."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

from matching.masking import Known, PlaceholderKind, mask_identity
from models import Expert
from virtual_return.errors import N_
from virtual_return.i18n import gettext

PLACEHOLDERS = {
    PlaceholderKind.NAME: N_("name"),
    PlaceholderKind.EMPLOYER: N_("employer"),
    PlaceholderKind.PLACE: N_("place"),
    PlaceholderKind.LINK: N_("link"),
    PlaceholderKind.EMAIL: N_("e-mail"),
    PlaceholderKind.PHONE: N_("telephone"),
    PlaceholderKind.HANDLE: N_("account name"),
    PlaceholderKind.IDENTIFIER: N_("number"),
}
# Shorter texts are no names, but letters that stand in every text.
MIN_LENGTH = 2


def identifying(expert: Expert) -> list[Known]:
    """Return everything in a profile that names its person, or leads to the name."""
    return [known for known in _all(expert) if len(known.text.strip()) >= MIN_LENGTH]


def without_identity(text: str, known: list[Known]) -> str:
    """Return a text with what identifies somebody replaced by words in brackets."""
    if not text:
        return ""
    return mask_identity(text, known).render(lambda kind: gettext(PLACEHOLDERS[kind]))


def _all(expert: Expert) -> Iterator[Known]:
    user = expert.user
    yield Known(user.name, PlaceholderKind.NAME)
    if user.email:
        local, _at, _domain = user.email.partition("@")
        yield Known(user.email, PlaceholderKind.EMAIL)
        yield Known(local, PlaceholderKind.NAME)
    yield Known(expert.employer, PlaceholderKind.EMPLOYER)
    yield Known(expert.city, PlaceholderKind.PLACE)
    for qualification in expert.qualifications:
        yield Known(qualification.awarding_body, PlaceholderKind.EMPLOYER)
    for link in (*expert.links, *(item.link for item in expert.evidence)):
        yield Known(link, PlaceholderKind.LINK)
        yield Known((urlsplit(link).hostname or "").removeprefix("www."), PlaceholderKind.LINK)
