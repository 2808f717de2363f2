"""The addresses of putting two accounts together, as a table for the blueprint of accounts."""

from __future__ import annotations

from virtual_return.accounts.merging import views

GET, POST, BOTH = ["GET"], ["POST"], ["GET", "POST"]
ROUTES = (
    ("/settings/merge", "merge", views.begin, BOTH),
    ("/settings/merge/link/<token>", "merge_proof", views.prove, BOTH),
    ("/settings/merge/second-step", "merge_factor", views.show_factor, BOTH),
    ("/settings/merge/second-step/passkey", "merge_passkey", views.show_passkey, POST),
    ("/settings/merge/confirm", "merge_confirm", views.confirm, BOTH),
    ("/settings/merge/leave", "leave_merge", views.leave, POST),
)
