"""What the page of components shows: made up, and never stored."""

from __future__ import annotations

from typing import Any

from wtforms import (
    BooleanField,
    Form,
    IntegerField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # Stubs are behind.
from wtforms.validators import DataRequired, NumberRange, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from models.choices import Band, EngagementKind, Mode, NeedState, Visibility


def options(**labels: str) -> list[SelectChoice]:
    """Return choices by value and label."""
    return [SelectChoice(value, label) for value, label in labels.items()]


class SampleForm(Form):
    """One field of each kind."""

    title = StringField("What do you need?", [DataRequired("Write what you need.")])
    problem = TextAreaField("What is the problem?", [Optional()])
    kind = SelectField("Kind", choices=options(review="Review", teaching="Guest lecture"))
    mode = RadioField(
        "Mode",
        [DataRequired("Choose how you would work.")],
        choices=options(remote="Remote", mixed="Remote with a visit"),
    )
    languages = SelectMultipleField(
        "Languages",
        choices=options(ar="العربية", en="English", fr="Français"),
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )
    hours = IntegerField("Hours a week", [NumberRange(1, 40, "Give a number from 1 to 40.")])
    agreed = BooleanField("Somebody local will learn from this")


PAIRS = (
    {
        "need_text": "Nous cherchons quelqu’un pour revoir le module sur le traitement de l’eau.",
        "need_language": "fr",
        "person_text": "Designed and taught a course on low-cost water treatment for small towns.",
        "person_language": "en",
    },
    {
        "need_text": "نحتاج إلى مراجعة خطة السلامة في المختبر",
        "need_language": "ar",
        "person_text": "Wrote the safety handbook of a teaching laboratory.",
        "person_language": "en",
    },
)


def samples() -> dict[str, Any]:
    """Return the variables of the page."""
    failed = SampleForm(data={"hours": 90})
    failed.validate()
    return {
        "whole": SampleForm(prefix="whole-"),
        "failed": failed,
        "pairs": PAIRS,
        "bands": list(Band),
        "states": list(NeedState),
        "visibilities": list(Visibility),
        "kind": EngagementKind.REVIEW,
        "mode": Mode.REMOTE,
    }
