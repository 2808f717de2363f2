"""What every address answers to everybody: one line of data beside each endpoint.

A new endpoint gets a line in the module of its kind; without one, `tests/policy` fails.
"""

from virtual_return.policy.routes import (
    accounts,
    coordination,
    experts,
    institutions,
    needs,
    open_pages,
)
from virtual_return.policy.routes.audiences import Route as Route

ROUTES: dict[str, Route] = {
    **open_pages.ROUTES,
    **accounts.ROUTES,
    **experts.ROUTES,
    **institutions.ROUTES,
    **needs.ROUTES,
    **coordination.ROUTES,
}
