"""The audit trail: who did what, chained so that nobody can change it unnoticed.

An operation that changes something says so with `record`, in its own transaction.
"""

from virtual_return.audit import chain as chain
from virtual_return.audit.recording import record as record
