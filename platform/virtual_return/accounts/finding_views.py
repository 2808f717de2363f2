"""Find where one can sign in: works without scripts, and while typing with them."""

from __future__ import annotations

from flask import render_template, request
from flask.typing import ResponseReturnValue

from virtual_return.accounts.providers import search, trusted
from virtual_return.accounts.providers.search import Results
from virtual_return.security import limiter, safe_path
from virtual_return.services import services
from virtual_return.transaction import current_session


@limiter.limit("600 per hour")
def find() -> ResponseReturnValue:
    """List the providers that fit what was typed, or the first of all."""
    words = " ".join(request.args.get("q", "").split())[: search.LONGEST]
    providers = trusted.enabled(current_session(), services().settings)
    found = search.search(providers, words) if words else Results(providers[: search.MOST_FOUND])
    is_part = request.args.get("part") == "1"
    return render_template(
        "accounts/find_results.html" if is_part else "accounts/find.html",
        found=found,
        words=words,
        wishes={
            "next": safe_path(request.args.get("next"), ""),
            "shared": "1" if request.args.get("shared") == "1" else "",
            "link": "1" if request.args.get("link") == "1" else "",
        },
    )
