"""Note what a page showed, after its answer has gone out: a page that reads writes nothing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from flask import Response, after_this_request, request
from sqlalchemy.exc import SQLAlchemyError

from models.choices import OutcomeKind, OutcomeList
from virtual_return.db import Database
from virtual_return.outcomes.operations import Event, lost, record
from virtual_return.services import services


def note_people(need_id: int, shown: Iterable[tuple[int, int, str]]) -> None:
    """Note a page of people for a need: expert, rank and generation of each."""
    kind, which = OutcomeKind.SHOWN, OutcomeList.PEOPLE
    note([Event(need_id, expert_id, which, kind, rank, made) for expert_id, rank, made in shown])


def note_needs(expert_id: int, shown: Iterable[tuple[int, int, str]]) -> None:
    """Note a page of needs for a person: need, rank and generation of each."""
    kind, which = OutcomeKind.SHOWN, OutcomeList.NEEDS
    note([Event(need_id, expert_id, which, kind, rank, made) for need_id, rank, made in shown])


def note_opened(need_id: int, expert_id: int, which: OutcomeList) -> None:
    """Note that one match was looked at closely."""
    note([Event(need_id, expert_id, which, OutcomeKind.OPENED)])


def note(events: Sequence[Event]) -> None:
    """Write these in a transaction of their own once the reader has the answer."""
    if not events or request.method != "GET":
        return
    database = services().database

    @after_this_request
    def _later(response: Response) -> Response:
        if response.status_code < 400:
            response.call_on_close(lambda: _write(database, events))
        return response


def _write(database: Database, events: Sequence[Event]) -> None:
    try:
        with database.writing() as session:
            record(session, events)
    except SQLAlchemyError as error:
        lost(len(events), error)
