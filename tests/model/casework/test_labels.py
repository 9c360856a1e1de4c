"""Whatever a person reads of a file has its French."""

from __future__ import annotations

from enum import StrEnum

import pytest

from graph.model.casework.contact import AgeBand, Cause, Channel, Requester, Sequel, Sex
from graph.model.casework.file import ActorKind, CircleKind, FileState, LeadCause, MemberRole, Outcome
from graph.model.casework.grounds import BY_LAW, Ground, Means, ShareGroup
from graph.model.casework.handoff import Kind, OrderedLead, ReasonCode, State, Step
from graph.model.casework.owed import Holder, Owed
from graph.model.casework.story import WritingKind
from graph.model.casework.writings import NoteKind
from graph.model.vocabulary import button, label, labels
from graph.store.casework.reads import ReadPage

SHOWN: dict[str, type[StrEnum]] = {
    "kind": Kind,
    "state": State,
    "step": Step,
    "reason": ReasonCode,
    "order": OrderedLead,
    "outcome": Outcome,
    "file_state": FileState,
    "member_role": MemberRole,
    "circle": CircleKind,
    "lead_cause": LeadCause,
    "actor": ActorKind,
    "ground": Ground,
    "share": ShareGroup,
    "means": Means,
    "owed": Owed,
    "holder": Holder,
    "note": NoteKind,
    "channel": Channel,
    "requester": Requester,
    "sex": Sex,
    "age_band": AgeBand,
    "cause": Cause,
    "sequel": Sequel,
    "writing": WritingKind,
    "read_page": ReadPage,
}
# What the timeline says beside the steps of handoffs.
ACTS = {"meet", "close", "reopen"}


@pytest.mark.parametrize("family", SHOWN)
def test_every_value_has_its_words_and_no_word_is_left_over(family: str):
    said = {code for of, code in labels() if of == family}
    assert said - (ACTS if family == "step" else set()) == {value.value for value in SHOWN[family]}
    assert [value for value in SHOWN[family] if not label(family, value)] == []


@pytest.mark.parametrize("family", SHOWN)
def test_no_two_values_are_said_alike(family: str):
    said = [label(family, value) for value in SHOWN[family]]
    assert len(set(said)) == len(said)


def test_a_ground_of_the_law_names_its_article():
    named = BY_LAW - {Ground.LEGAL_DUTY}
    assert [ground for ground in named if "article" not in label("ground", ground)] == []
    assert [ground for ground in named if "art. " not in button("ground", ground)] == []


def test_what_is_owed_is_a_verb_on_its_button():
    verbs = {button("owed", owed).split()[0] for owed in Owed}
    assert [verb for verb in verbs if not verb.endswith(("er", "ir", "re"))] == []


def test_punctuation_is_that_of_french():
    families = set(SHOWN)
    wrong = [key for key, words in labels().items() if key[0] in families and "'" in words.button + words.reading]
    assert wrong == []
