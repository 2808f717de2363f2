"""The three accounts that anybody may enter where the demonstration is loaded."""

from __future__ import annotations

from virtual_return.errors import N_

EXPERT = "expert@demo.example.org"
OWNER = "owner@demo.example.org"
COORDINATOR = "coordinator@demo.example.org"

# E-mail and label, in the order in which the sign-in page offers them.
DEMO_SIGN_INS = (
    (EXPERT, N_("Hodan Warsame, expert in water supply")),
    (OWNER, N_("Guled Farah, owner of Barwaaqo University")),
    (COORDINATOR, N_("Leila Mansour, coordinator")),
)
