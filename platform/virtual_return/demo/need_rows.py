"""Needs as rows, with the moments that their state implies."""

from __future__ import annotations

from datetime import datetime, timedelta

from models import CoHosting, Institution, Need, User
from models.choices import CoHostingSide, CoHostingState, NeedState
from virtual_return.demo.programme import NeedEntry
from virtual_return.demo.rows import need_language_rows, need_skill_rows
from virtual_return.needs.states import expiry_of

WAS_OPENED = (NeedState.OPEN, NeedState.FILLED, NeedState.CLOSED)
WAS_REVIEWED = (*WAS_OPENED, NeedState.APPROVED, NeedState.CHANGES_REQUESTED)
REVIEW_TIME = timedelta(days=3)


def need_row(
    entry: NeedEntry,
    institutions: dict[str, Institution],
    users: dict[str, User],
    skill_ids: dict[str, int],
) -> Need:
    """Return a need with its skills, languages and terms; `give_moments` comes after."""
    host = institutions[entry.institution]
    row = Need(
        institution=host,
        unit=next((unit for unit in host.units if unit.name == entry.unit), None),
        created_by=users[entry.author],
        partner_institution=institutions.get(entry.partner),
        skills=need_skill_rows(entry, skill_ids),
        languages=need_language_rows(entry),
    )
    _write_texts(row, entry)
    _write_terms(row, entry)
    return row


def agreements(rows: list[Need]) -> list[CoHosting]:
    """Return what two institutions agreed where a need names a partner."""
    return [
        CoHosting(
            need=row,
            institution=row.partner_institution,
            proposed_by=CoHostingSide.HOST,
            state=CoHostingState.AGREED,
        )
        for row in rows
        if row.partner_institution is not None
    ]


def give_moments(row: Need, entry: NeedEntry, coordinator_id: int, moment: datetime) -> None:
    """Write when it was submitted, opened and closed, and by whom it was reviewed."""
    opened = moment - timedelta(days=entry.opened_days_ago)
    if entry.state != NeedState.DRAFT:
        row.submitted_at = opened - REVIEW_TIME
    if entry.state in WAS_REVIEWED:
        row.reviewed_by_id = coordinator_id
    if entry.state in WAS_OPENED:
        row.opened_at = opened
        row.expires_at = expiry_of(row, opened)
    if entry.state in (NeedState.FILLED, NeedState.CLOSED):
        row.closed_at = moment - timedelta(days=1)


def _write_texts(row: Need, entry: NeedEntry) -> None:
    row.state = entry.state
    row.language = entry.language
    row.kind = entry.kind
    row.sector = entry.sector
    row.field_of_study = entry.field_of_study
    row.title = entry.title
    row.problem = entry.problem
    row.tried = entry.tried
    row.task = entry.task
    row.deliverable = entry.deliverable
    row.success = entry.success
    row.who_learns = entry.who_learns
    row.continues_with = entry.continues_with
    row.counterpart_name = entry.counterpart_name
    row.counterpart_role = entry.counterpart_role
    row.tools = entry.tools
    row.host_contribution = entry.host_contribution
    row.local_availability = entry.local_availability
    row.local_search = entry.local_search
    row.security_note = entry.security_note
    row.review_note = entry.review_note


def _write_terms(row: Need, entry: NeedEntry) -> None:
    terms = entry.terms
    row.mode = terms.mode
    row.hours_per_week = terms.hours_per_week
    row.weeks = terms.weeks
    row.window_start = terms.window_start
    row.window_end = terms.window_end
    row.latest_start = terms.latest_start
    row.overlap_hours = terms.overlap_hours
    row.time_zone = terms.time_zone
    row.connectivity = terms.connectivity
    row.money = terms.money
    row.money_amount = terms.amount
    row.money_currency = terms.currency
    row.money_payer = terms.payer
