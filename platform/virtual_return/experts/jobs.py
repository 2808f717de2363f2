"""Background work of profiles: read a record elsewhere when its owner asked for it."""

from __future__ import annotations

from models import RecordImport
from models.choices import RecordState
from virtual_return.experts import orcid, orcid_client
from virtual_return.experts.orcid_record import read_record
from virtual_return.jobs.queues import Queue
from virtual_return.jobs.registry import Registry
from virtual_return.logs import get_logger
from virtual_return.services import services


def register(registry: Registry) -> None:
    """Add the job."""
    registry.add_job(orcid.READ, read_orcid, queue=Queue.DIGEST, timeout_s=120)


def read_orcid(import_id: int) -> None:
    """Read one record and propose what it says; nothing is open in the database meanwhile."""
    bound = services()
    with bound.database.reading() as session:
        row = session.get(RecordImport, import_id)
        if row is None or row.state is not RecordState.WAITING:
            return
        identifier = row.identifier
    record, problem = None, RecordState.UNREADABLE
    try:
        record = read_record(orcid_client.fetch(bound.settings.orcid_api_url, identifier))
    except orcid_client.RecordAwayError:
        problem = RecordState.AWAY
    except orcid_client.RecordMissingError:
        problem = RecordState.MISSING
    except (orcid_client.RecordUnreadableError, ValueError):
        problem = RecordState.UNREADABLE
    with bound.database.writing() as session:
        row = session.get(RecordImport, import_id)
        if row is None or row.identifier != identifier:
            return
        if record is None:
            row.state = problem
            get_logger().warning("record_not_read", problem=problem.value)
        else:
            orcid.store(session, row, record)
