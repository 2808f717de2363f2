"""Every choice that people see has words."""

from __future__ import annotations

from enum import StrEnum

import pytest
from flask import Flask

from models import choices
from virtual_return.templating.labels import choices_of, label

# What no page shows; outcomes are figures for operators and lines of an export.
SILENT = {
    choices.OwnerKind,
    choices.MailState,
    choices.OutcomeKind,
    choices.OutcomeList,
    choices.RequestState,
    choices.CoHostingSide,
    # Pages say these in whole sentences, or by the name of the provider itself.
    choices.RecordSource,
    choices.RecordState,
    choices.ProposalState,
    choices.ProviderPreset,
}
KINDS = [
    kind
    for kind in vars(choices).values()
    if isinstance(kind, type) and issubclass(kind, StrEnum) and kind is not StrEnum
]


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind not in SILENT])
def test_every_member_has_a_label(face: Flask, kind: type[StrEnum]) -> None:
    with face.test_request_context("/"):
        labels = [label(member) for member in kind]

        assert all(labels)
        assert len(set(labels)) == len(labels)
        assert [str(text) for _, text in choices_of(kind)] == labels


def test_two_lists_may_use_one_value(face: Flask) -> None:
    with face.test_request_context("/"):
        assert label(choices.Mode.MIXED) != label(choices.EngagementKind.MIXED)
        assert label(None) == ""
