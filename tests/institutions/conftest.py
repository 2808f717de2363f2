"""What tests of institutions share."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from models import Institution, InstitutionEvidence
from models.choices import ProofKind, ProofState
from virtual_return.db import Database, make_engine
from virtual_return.errors import DomainError


@pytest.fixture
def real(database_url: str) -> Iterator[Database]:
    """A database of its own, whose commits others see."""
    engine = make_engine(database_url)
    yield Database(engine)
    engine.dispose()


AtOnce = Callable[..., list[Any]]


@pytest.fixture
def at_once(real: Database, app: Flask) -> AtOnce:
    """Run acts in transactions that begin together; a refusal is returned, not raised."""

    def run_all(*acts: Callable[[Session], Any]) -> list[Any]:
        barrier = Barrier(len(acts))

        def run(act: Callable[[Session], Any]) -> Any:
            barrier.wait(10)
            try:
                with app.app_context(), real.writing() as session:
                    return act(session)
            except DomainError as error:
                return error

        with ThreadPoolExecutor(len(acts)) as pool:
            return list(pool.map(run, acts))

    return run_all


def prove_domain(session: Session, institution: Institution) -> None:
    """Let an institution have proved its web domain."""
    session.add(
        InstitutionEvidence(
            institution_id=institution.id,
            kind=ProofKind.DNS,
            state=ProofState.PROVED,
            domain=institution.domain,
        )
    )
    session.flush()
