"""Write docs/security/permissions.md from the rules and the matrix that tests hold us to."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "platform")]

from virtual_return import policy  # noqa: E402
from virtual_return.app import create_app  # noqa: E402
from virtual_return.config import Settings  # noqa: E402
from virtual_return.policy.routes import ROUTES, Route  # noqa: E402
from virtual_return.policy.routes.audiences import Kept, Who  # noqa: E402

PAGE = ROOT / "docs" / "security" / "permissions.md"
COLUMNS = {
    Who.VISITOR: "visitor",
    Who.STRANGER: "stranger",
    Who.EXPERT: "expert",
    Who.VIEWER: "viewer",
    Who.EDITOR: "editor",
    Who.OWNER: "owner",
    Who.OWNER_ONE_FACTOR: "owner¹",
    Who.PARTNER: "partner",
    Who.COORDINATOR: "staff",
    Who.COORDINATOR_ONE_FACTOR: "staff¹",
    Who.INSIDER: "staff²",
    Who.SUSPENDED: "suspended",
}
SIGNS = {
    Kept.SIGN_IN: "sign in",
    Kept.STEP_UP: "2nd factor",
    Kept.AWAY: "elsewhere",
    Kept.REFUSED: "403",
    Kept.HIDDEN: "404",
    Kept.CONFLICT: "409",
}
INTRODUCTION = """# Who may do what

This page is written by `python scripts/document_permissions.py` from `policy/`; a test keeps it in
step, and `tests/policy/test_matrix.py` sends every request of it to the running application.

## Rules
Pure functions in `platform/virtual_return/policy/`, used by pages, operations and templates.

| act | who may |
|---|---|
"""
LEGEND = """
## Addresses
What each address answers to everybody. A number in bold is what somebody gets who may enter: 200 a
page, 302 an act that was done, 422 a form that was sent empty; **404** and **409** in bold are for
things that are not there, or that have another state, in the world of the test.

*stranger* is signed in and belongs nowhere; *expert* has a profile and is the other side of the
engagement; *viewer*, *editor* and *owner* belong to the institution that the address is about;
*partner* owns another one that hosts its need together with it. ¹ with one factor only; ² belongs
to the institution. *elsewhere*: sent on to a page of their own. *suspended* was owner and staff.
"""


def rules() -> Iterator[str]:
    """Yield a line for each rule."""
    for name in sorted(policy.RULES):
        said = (policy.RULES[name].__doc__ or "").strip().splitlines()[0]
        yield f"| `{name}` | {said} |\n"


def addresses() -> dict[str, str]:
    """Return the address of each endpoint."""
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(environment="test", data_dir=Path(folder), encoder="hashing")
        app = create_app(settings)
    return {rule.endpoint: rule.rule for rule in app.url_map.iter_rules()}


def line(route: Route, address: str, method: str, state: str) -> str:
    """Return one line of the matrix."""
    kept_out, status = route.answer(state, method)
    cells = [SIGNS[kept_out[who]] if who in kept_out else f"**{status}**" for who in COLUMNS]
    where = f"{method} `{address}`" + (f" *{state.replace('_', ' ')}*" if state else "")
    return f"| {where} | {' | '.join(cells)} |\n"


def lines_of(route: Route, address: str) -> Iterator[str]:
    """Yield the lines of one address: as it is, then the states in which it differs."""
    for method in sorted(route.methods):
        usual = route.answer("", method)
        yield line(route, address, method, "")
        for state in route.states:
            if route.answer(state, method) != usual:
                yield line(route, address, method, state)


def page() -> str:
    """Return the whole page."""
    known = addresses()
    parts = [INTRODUCTION, *rules(), LEGEND]
    head = f"\n| address | {' | '.join(COLUMNS.values())} |\n|---{'|---' * len(COLUMNS)}|\n"
    capability = ""
    for endpoint in sorted(ROUTES):
        if endpoint.partition(".")[0] != capability:
            capability = endpoint.partition(".")[0]
            parts += [f"\n### {capability}\n", head]
        parts += lines_of(ROUTES[endpoint], known[endpoint])
    return "".join(parts)


if __name__ == "__main__":
    PAGE.parent.mkdir(parents=True, exist_ok=True)
    PAGE.write_text(page(), encoding="utf-8")
    print(f"Wrote {PAGE.relative_to(ROOT)}.")
