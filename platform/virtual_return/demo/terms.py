"""When, how and for what an expert wants to be asked."""

from __future__ import annotations

from datetime import date, timedelta

from models.choices import (
    AvailabilityKind,
    Bandwidth,
    DeliveryExperience,
    EngagementKind,
    Mode,
)
from virtual_return.demo.author import Author
from virtual_return.demo.programme import Span, Wishes
from virtual_return.demo.voices import Life
from virtual_return.reference.isced import field_name

TRAVEL = (EngagementKind.VISIT, EngagementKind.MIXED)
REMOTE = tuple(kind for kind in EngagementKind if kind not in TRAVEL)
REFUSED = {
    "en": ("fundraising", "press work", "weapons"),
    "fr": ("levée de fonds", "communication politique", "armement"),
    "ar": ("جمع التبرعات", "العمل السياسي", "التسليح"),
    "es": ("captación de fondos", "campañas políticas", "armamento"),
    "pt": ("angariação de fundos", "campanhas políticas", "armamento"),
}


def make_wishes(author: Author, life: Life, near: str, today: date) -> Wishes:
    """Return the terms of one expert; remote work is what everybody offers."""
    travels = author.chance(0.3)
    wanted = author.some(REMOTE, 3, len(REMOTE)) + (author.some(TRAVEL, 1, 2) if travels else ())
    refused = tuple(kind for kind in EngagementKind if kind not in wanted)
    topics = author.some(REFUSED[life.shelf.language], 1, 1) if author.chance(0.12) else ()
    return Wishes(
        modes=(Mode.REMOTE, Mode.ON_SITE, Mode.MIXED) if travels else (Mode.REMOTE,),
        kinds_wanted=wanted,
        kinds_refused=author.some(refused, 1, 1) if refused and author.chance(0.3) else (),
        fields_wanted=tuple(
            field_name(code, life.shelf.language) for code in (life.shelf.field, near) if code
        ),
        topics_refused=topics,
        hours_per_week=author.weighted({1: 1.0, 2: 3.0, 3: 3.0, 4: 3.0, 6: 2.0, 8: 1.0}),
        earliest_start=today + timedelta(days=author.random.randint(0, 30)),
        notice_weeks=author.random.randint(1, 4),
        capacity=author.weighted({1: 6.0, 2: 3.0, 3: 1.0}),
        delivery_experience=author.weighted(
            {
                DeliveryExperience.NONE: 1.0,
                DeliveryExperience.SOME: 3.0,
                DeliveryExperience.REGULAR: 3.0,
            }
        ),
        bandwidth=author.weighted(
            {Bandwidth.TEXT: 1.0, Bandwidth.AUDIO: 2.0, Bandwidth.VIDEO: 8.0}
        ),
        invitations_per_month=author.weighted({1: 1.0, 2: 2.0, 4: 6.0, 6: 1.0}),
        calendar=_calendar(author, today),
    )


def _calendar(author: Author, today: date) -> tuple[Span, ...]:
    """Return a holiday or an examination period for some."""
    if not author.chance(0.3):
        return ()
    start = today + timedelta(days=author.random.randint(120, 240))
    return (Span(AvailabilityKind.BLOCKED, start, start + timedelta(days=21)),)
