"""Anonymous forms of what people wrote: proposed by us, worded and approved by them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, replace

from sqlalchemy.orm import Session

from models import EvidenceItem, Expert, User, now
from virtual_return.experts.identifying import identifying, without_identity
from virtual_return.experts.saving import saved

HEADLINE_LENGTH = 200
TITLE_LENGTH = 500


@dataclass(frozen=True, slots=True)
class Wording:
    """One text beside the form in which others may read it; for its author alone."""

    # None: the headline and the text about oneself.
    item_id: int | None
    title: str
    text: str
    title_anonymous: str
    text_anonymous: str
    language: str | None
    is_approved: bool

    @property
    def mark(self) -> str:
        """Return a fingerprint of the form: whoever approves it has read exactly this."""
        said = f"{self.title_anonymous}\0{self.text_anonymous}"
        return hashlib.sha256(said.encode()).hexdigest()[:16]

    @property
    def is_empty(self) -> bool:
        return not (self.title or self.text or self.title_anonymous or self.text_anonymous)


def wordings(expert: Expert) -> Iterator[Wording]:
    """Return every text that needs a form, with the form that it has."""
    about = _wording_of_about(expert)
    if not about.is_empty:
        yield about
    for item in expert.evidence:
        yield _wording_of_item(expert, item)


def waiting(expert: Expert) -> list[Wording]:
    """Return the texts whose form nobody reads yet."""
    return [wording for wording in wordings(expert) if not wording.is_approved]


def is_worded(expert: Expert) -> bool:
    """Say whether there are texts, and others read all of them."""
    return any(True for _text in wordings(expert)) and not waiting(expert)


def wording(expert: Expert, item_id: int | None) -> Wording | None:
    """Return one text with its form; None where the profile has no such text."""
    if item_id is None:
        return _wording_of_about(expert)
    item = find_item(expert, item_id)
    return _wording_of_item(expert, item) if item else None


def find_item(expert: Expert, item_id: int) -> EvidenceItem | None:
    """Return an item of this profile, and of no other."""
    return next((item for item in expert.evidence if item.id == item_id), None)


def propose_about(expert: Expert, headline: str, about: str) -> None:
    """Write new texts with a proposal for each; what had been approved no longer is.

    Words that the author chose for the old text are kept, to be looked at again.
    """
    if (headline, about) == (expert.headline, expert.about) and _has_about_form(expert):
        return
    expert.headline_anonymous = _proposal(
        expert, expert.headline, expert.headline_anonymous, headline
    )[:HEADLINE_LENGTH]
    expert.about_anonymous = _proposal(expert, expert.about, expert.about_anonymous, about)
    expert.headline, expert.about = headline, about
    expert.anonymous_approved_at = None


def propose_item(expert: Expert, item: EvidenceItem, title: str, text: str) -> None:
    """Write the texts of an item, as `propose_about` does."""
    had_form = bool(item.title_anonymous or item.text_anonymous)
    if (title, text) == (item.title, item.text) and had_form:
        return
    item.title_anonymous = _proposal(expert, item.title, item.title_anonymous, title)[:TITLE_LENGTH]
    item.text_anonymous = _proposal(expert, item.text, item.text_anonymous, text)
    item.title, item.text = title, text
    item.anonymous_approved_at = None


def mask_again(expert: Expert) -> None:
    """Take out of every form what identifies the person since an employer, say, was added."""
    known = identifying(expert)
    expert.headline_anonymous = without_identity(expert.headline_anonymous, known)[:HEADLINE_LENGTH]
    expert.about_anonymous = without_identity(expert.about_anonymous, known)
    for item in expert.evidence:
        item.title_anonymous = without_identity(item.title_anonymous, known)[:TITLE_LENGTH]
        item.text_anonymous = without_identity(item.text_anonymous, known)


def approve(
    session: Session, actor: User, expert: Expert, item_id: int | None, *, title: str, text: str
) -> bool:
    """Let others read a text in this form, unless it names its author.

    Where it does, the names are taken out and the form waits for another look: False.
    """
    known = identifying(expert)
    is_about = item_id is None
    limit = HEADLINE_LENGTH if is_about else TITLE_LENGTH
    masked = (without_identity(title, known)[:limit], without_identity(text, known))
    is_clean = masked == (title, text)
    moment = now() if is_clean else None
    item = find_item(expert, item_id) if item_id is not None else None
    if is_about:
        expert.headline_anonymous, expert.about_anonymous = masked
        expert.anonymous_approved_at = moment
    elif item is not None:
        item.title_anonymous, item.text_anonymous = masked
        item.anonymous_approved_at = moment
    saved(
        session, actor, expert, "expert.form_approved" if is_clean else "expert.form_masked",
        item_id=item_id or 0,
    )  # fmt: skip
    return is_clean


def approve_as_shown(
    session: Session, actor: User, expert: Expert, marks: dict[int | None, str]
) -> tuple[int, int]:
    """Approve proposals as they were read; return how many, and how many had changed since."""
    approved = changed_since = 0
    for proposal in waiting(expert):
        if proposal.item_id not in marks:
            continue
        if proposal.mark == marks[proposal.item_id] and approve(
            session, actor, expert, proposal.item_id,
            title=proposal.title_anonymous, text=proposal.text_anonymous,
        ):  # fmt: skip
            approved += 1
        else:
            changed_since += 1
    return approved, changed_since


def withdraw_approval(session: Session, actor: User, expert: Expert, item_id: int | None) -> None:
    """Stop showing a text; its form is kept for another day."""
    item = find_item(expert, item_id) if item_id is not None else None
    if item is not None:
        item.anonymous_approved_at = None
    elif item_id is None:
        expert.anonymous_approved_at = None
    saved(session, actor, expert, "expert.form_withdrawn", item_id=item_id or 0)


def _proposal(expert: Expert, old: str, old_form: str, new: str) -> str:
    known = identifying(expert)
    is_own_wording = old_form not in ("", without_identity(old, known))
    return old_form if is_own_wording and new else without_identity(new, known)


def _has_about_form(expert: Expert) -> bool:
    is_needed = bool(expert.headline or expert.about)
    return not is_needed or bool(expert.headline_anonymous or expert.about_anonymous)


def _wording_of_about(expert: Expert) -> Wording:
    return _with_proposal(
        expert,
        Wording(
            None, expert.headline, expert.about, expert.headline_anonymous,
            expert.about_anonymous, expert.language, expert.anonymous_approved_at is not None,
        ),
    )  # fmt: skip


def _wording_of_item(expert: Expert, item: EvidenceItem) -> Wording:
    return _with_proposal(
        expert,
        Wording(
            item.id, item.title, item.text, item.title_anonymous, item.text_anonymous,
            item.language, item.anonymous_approved_at is not None,
        ),
    )  # fmt: skip


def _with_proposal(expert: Expert, found: Wording) -> Wording:
    """Propose a form for texts that came without one, as by an import."""
    if found.is_approved or found.title_anonymous or found.text_anonymous:
        return found
    known = identifying(expert)
    return replace(
        found,
        title_anonymous=without_identity(found.title, known),
        text_anonymous=without_identity(found.text, known),
    )
