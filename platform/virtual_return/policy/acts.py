"""The register of rules: each act has a name, for templates and for the documentation."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from virtual_return.policy.actor import Anybody
from virtual_return.policy.decisions import Decision

Rule = TypeVar("Rule", bound=Callable[..., Decision])
RULES: dict[str, Callable[..., Decision]] = {}


def act(name: str) -> Callable[[Rule], Rule]:
    """Give a rule its name; its first line of documentation says who may."""

    def register(rule: Rule) -> Rule:
        if name in RULES:
            raise ValueError(f"There are two rules for {name}.")
        RULES[name] = rule
        return rule

    return register


def decide(actor: Anybody, name: str, *things: Any) -> Decision:
    """Apply the rule of a name; a name without a rule is a mistake, never an answer."""
    return RULES[name](actor, *things)
