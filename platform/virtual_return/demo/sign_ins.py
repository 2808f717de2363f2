"""The three accounts that anybody may enter where the demonstration is loaded."""

from __future__ import annotations

EXPERT = "expert@demo.example.org"
OWNER = "owner@demo.example.org"
COORDINATOR = "coordinator@demo.example.org"

# E-mail and label, in the order in which the sign-in page offers them.
DEMO_SIGN_INS = (
    (EXPERT, "Hodan Warsame, expert in water supply"),
    (OWNER, "Guled Farah, owner of Barwaaqo University"),
    (COORDINATOR, "Leila Mansour, coordinator"),
)
