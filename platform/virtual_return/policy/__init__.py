"""Who may do what to which object in which state: pure functions, and nowhere else.

Each rule takes who acts (an `Actor`, an account, or nobody) and the thing, asks no database, and
returns a `Decision`: allowed, refused with a sentence, hidden, or open after a second factor.
Python calls the rule itself, `policy.needs.edit(user, need).require()`; templates ask
`may("need.edit", need)`. What each address answers to whom is data in `policy/routes/`, which
`tests/policy` holds the application to and `docs/security/permissions.md` is made from.
"""

from virtual_return.policy import engagements as engagements
from virtual_return.policy import experts as experts
from virtual_return.policy import institutions as institutions
from virtual_return.policy import needs as needs
from virtual_return.policy import programme as programme
from virtual_return.policy.actor import Actor as Actor
from virtual_return.policy.acts import RULES as RULES
from virtual_return.policy.acts import decide as decide
from virtual_return.policy.decisions import Answer as Answer
from virtual_return.policy.decisions import Decision as Decision
