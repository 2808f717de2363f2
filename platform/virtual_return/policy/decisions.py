"""What a rule answers, and what becomes of the answer."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from virtual_return.errors import Conflict, DomainError, Forbidden, NotFound
from virtual_return.i18n import gettext


class Answer(StrEnum):
    """May they?"""

    ALLOW = "allow"
    # The thing is known to them, and not theirs to do this with: 403.
    REFUSE = "refuse"
    # They may not know that it exists: 404.
    HIDE = "hide"
    # They may, and not in the state that the thing is in: 409.
    NOT_NOW = "not_now"
    # They may, once they show a second factor: the pages of staff and of people's names lead there.
    STEP_UP = "step_up"


ERRORS: dict[Answer, type[DomainError]] = {
    Answer.REFUSE: Forbidden,
    Answer.HIDE: NotFound,
    Answer.NOT_NOW: Conflict,
    Answer.STEP_UP: Forbidden,
}


@dataclass(frozen=True, slots=True)
class Decision:
    """An answer, with the sentence that says what to do instead."""

    answer: Answer
    # English, marked with N_; translated when it is shown.
    sentence: str = ""

    def __bool__(self) -> bool:
        return self.answer is Answer.ALLOW

    def require(self) -> None:
        """Return if allowed, else raise what the page answers."""
        if not self:
            raise ERRORS[self.answer](gettext(self.sentence) if self.sentence else "")


ALLOW = Decision(Answer.ALLOW)
HIDE = Decision(Answer.HIDE)


def refuse(sentence: str) -> Decision:
    return Decision(Answer.REFUSE, sentence)


def not_now(sentence: str) -> Decision:
    return Decision(Answer.NOT_NOW, sentence)
