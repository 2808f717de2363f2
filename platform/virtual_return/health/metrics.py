"""Prometheus figures, counted from the database at the moment of asking: no personal data."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector
from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from models import (
    Engagement,
    Expert,
    Institution,
    MailMessage,
    Need,
    OutboxEntry,
    Outcome,
    now,
)
from virtual_return.matches.service import index_health
from virtual_return.outcomes import losses

COUNTED: dict[str, tuple[str, Select[Any, int]]] = {
    "experts": (
        "Expert profiles by visibility.",
        select(Expert.visibility, func.count()).group_by(Expert.visibility),
    ),
    "institutions": (
        "Institutions by state.",
        select(Institution.state, func.count()).group_by(Institution.state),
    ),
    "needs": ("Needs by state.", select(Need.state, func.count()).group_by(Need.state)),
    "engagements": (
        "Engagements by state.",
        select(Engagement.state, func.count()).group_by(Engagement.state),
    ),
    "mail_messages": (
        "Mail by state.",
        select(MailMessage.state, func.count()).group_by(MailMessage.state),
    ),
}


class ProgrammeCollector(Collector):
    """Figures of one programme at one moment."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def collect(self) -> Iterator[GaugeMetricFamily]:
        for name, (help_text, query) in COUNTED.items():
            family = GaugeMetricFamily(f"virtual_return_{name}", help_text, labels=["state"])
            for state, count in self._session.execute(query):
                family.add_metric([str(state)], count)
            yield family
        yield from self._outbox()
        yield self._outcomes()
        yield GaugeMetricFamily(
            "virtual_return_outcomes_lost",
            "Outcomes that this server could not write since it started.",
            value=losses.total(),
        )
        state = index_health(self._session)
        yield GaugeMetricFamily(
            "virtual_return_index_lag_changes", "Changes that the index lacks.", value=state.lag
        )

    def _outcomes(self) -> GaugeMetricFamily:
        family = GaugeMetricFamily(
            "virtual_return_outcomes",
            "What became of matches in the last twelve months.",
            labels=["kind", "list"],
        )
        counted = select(Outcome.kind, Outcome.list, func.count()).group_by(
            Outcome.kind, Outcome.list
        )
        for kind, which, count in self._session.execute(counted):
            family.add_metric([str(kind), str(which)], count)
        return family

    def _outbox(self) -> Iterator[GaugeMetricFamily]:
        waiting = OutboxEntry.done_at.is_(None) & OutboxEntry.failed_at.is_(None)
        count = self._session.scalar(select(func.count(OutboxEntry.id)).where(waiting))
        oldest = self._session.scalar(select(func.min(OutboxEntry.available_at)).where(waiting))
        failed = self._session.scalar(
            select(func.count()).select_from(OutboxEntry).where(OutboxEntry.failed_at.is_not(None))
        )
        age_s = max(0.0, (now() - oldest).total_seconds()) if oldest is not None else 0.0
        for name, help_text, value in (
            ("waiting", "Background work that waits.", count or 0),
            ("failed", "Background work that was given up.", failed or 0),
            ("oldest_seconds", "Age of the oldest work that waits.", age_s),
        ):
            yield GaugeMetricFamily(f"virtual_return_outbox_{name}", help_text, value=value)


def render(session: Session) -> bytes:
    """Return all figures in Prometheus' text format."""
    registry = CollectorRegistry()
    registry.register(ProgrammeCollector(session))
    return generate_latest(registry)
