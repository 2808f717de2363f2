"""Demonstration sign-ins: accounts of the demonstration programme, entered without a mail."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import cast

from flask import Flask, current_app
from sqlalchemy import select
from sqlalchemy.orm import Session

from models import User
from virtual_return.services import services

EXTENSION = "demo_sign_ins"


@dataclass(frozen=True, slots=True)
class DemoSignIn:
    """One account that anybody may enter; `label` says who that is."""

    email: str
    label: str


def offer_demo_sign_ins(app: Flask, sign_ins: Iterable[tuple[str, str]]) -> None:
    """Show these (e-mail, label) pairs on the sign-in page, where they are loaded."""
    app.extensions[EXTENSION] = tuple(DemoSignIn(email, label) for email, label in sign_ins)


def offered(session: Session) -> list[DemoSignIn]:
    """Return those whose accounts are in the database; never any in production."""
    if not services().settings.shows_demonstration:
        return []
    known = cast("tuple[DemoSignIn, ...]", current_app.extensions.get(EXTENSION, ()))
    loaded = set(
        session.scalars(select(User.email).where(User.email.in_([item.email for item in known])))
    )
    return [item for item in known if item.email in loaded]
