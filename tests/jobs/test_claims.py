"""The latest attempt alone may finish an entry."""

from datetime import timedelta

import pytest

from models import OutboxEntry, now
from virtual_return.jobs import claims
from virtual_return.jobs.claims import SupersededError
from virtual_return.jobs.outbox import enqueue


@pytest.fixture
def entry(session):
    return session.get_one(OutboxEntry, enqueue(session, "a", unique_key="k"))


def hand_out(session):
    return claims.hand_out(session, claims.due(session, ["a"], 1)[0])


def let_the_lease_pass(session, entry):
    session.refresh(entry)
    entry.available_at = now() - timedelta(seconds=1)
    session.flush()


def test_handing_out_twice_succeeds_once(session, entry):
    seen = claims.due(session, ["a"], 1)[0]

    assert claims.hand_out(session, seen) is not None
    assert claims.hand_out(session, seen) is None


def test_an_entry_in_work_is_not_due(session, entry):
    hand_out(session)

    assert not claims.due(session, ["a"], 1)


def test_an_entry_whose_worker_died_is_due_again(session, entry):
    hand_out(session)
    let_the_lease_pass(session, entry)

    assert hand_out(session).attempt == 2


def test_a_sign_of_life_keeps_it(session, entry):
    claim = hand_out(session)
    let_the_lease_pass(session, entry)

    assert claims.renew(session, claim)
    assert not claims.due(session, ["a"], 1)


def test_an_earlier_attempt_cannot_start_renew_or_finish(session, entry):
    first = hand_out(session)
    let_the_lease_pass(session, entry)
    hand_out(session)

    assert claims.start(session, first.entry_id, first.attempt) is None
    assert not claims.renew(session, first)
    with pytest.raises(SupersededError):
        claims.finish(session, first)


def test_what_is_done_is_never_started_again(session, entry):
    claim = hand_out(session)
    claims.finish(session, claim)

    assert claims.start(session, claim.entry_id, claim.attempt) is None
    with pytest.raises(SupersededError):
        claims.finish(session, claim)


def test_each_failure_waits_longer_until_it_is_given_up(session, entry):
    waits = []
    for _ in range(3):
        claim = hand_out(session)
        claims.fail(session, claim, "ValueError", 3)
        session.refresh(entry)
        waits.append((entry.available_at - now()).total_seconds())
        if entry.failed_at is None:
            let_the_lease_pass(session, entry)

    assert [round(wait) for wait in waits] == [2, 4, 8]
    assert entry.failed_at is not None
    assert entry.last_error == "ValueError"


def test_old_entries_are_forgotten_and_waiting_ones_never(session, entry):
    for name, age in (("done_at", 8), ("failed_at", 91)):
        old = session.get_one(OutboxEntry, enqueue(session, "old"))
        setattr(old, name, now() - timedelta(days=age))
    entry.available_at = now() - timedelta(days=400)
    session.flush()

    assert claims.prune(session) == 2
    assert session.get(OutboxEntry, entry.id) is not None
