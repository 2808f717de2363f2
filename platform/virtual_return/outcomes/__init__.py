"""What became of matches, kept for twelve months to evaluate offline; nothing that ranks reads it.

Capabilities above say what was shown and what was done. A row that is lost breaks nothing: it is
counted, and the page or the act goes on.
"""

from virtual_return.outcomes import leaving, merging


def install() -> None:
    """Take part in erasing, exporting and merging accounts."""
    leaving.install()
    merging.install()
