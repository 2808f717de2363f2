"""What is refused is rolled back, and leaves an event in the audit trail."""

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from models import AuditEvent, User
from tests.support.client import PageClient
from tests.support.factories import Cast
from virtual_return.errors import Conflict
from virtual_return.transaction import audited_refusal, current_session


def test_a_refusal_is_written_apart_from_what_it_rolls_back(
    app: Flask, client: PageClient, session: Session, cast: Cast
) -> None:
    def refuse() -> str:
        current_session().add(User(email="half@example.org"))
        with audited_refusal(
            "test.refused", actor_id=cast.owner.id, object_kind="need", object_id=7
        ):
            raise Conflict("No.")

    app.add_url_rule("/refuse", "refuse", refuse, methods=["GET", "POST"])
    for ask in (client.get, client.post):
        assert "No." in ask("/refuse", status=409).text
    assert session.scalar(select(User).where(User.email == "half@example.org")) is None
    events = session.scalars(select(AuditEvent).where(AuditEvent.action == "test.refused")).all()
    assert [(event.actor_id, event.object_id) for event in events] == [(cast.owner.id, 7)] * 2
    assert events[0].details == {"cause": "Conflict"}
