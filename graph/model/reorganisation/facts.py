"""What a plan is judged by: the bodies that it speaks of, with what they have, and the open files it may move."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from graph.model.casework.file import File
from graph.model.casework.handoff import Kind
from graph.model.directory import Organisation, Post, Service

# What whoever leads the file answers.
OF_LEAD: Final = frozenset({Kind.ASSIGN, Kind.TAKE_OVER})


@dataclass(frozen=True, slots=True, kw_only=True)
class DirectoryFacts:
    """The bodies of a plan and those that are part of one which it ends, by id, with their services, posts, and active members.

    `files` counts the open files that each leads, `handoffs` the open handoffs that it sent or has to answer. `above` is, by
    body, what it is part of, the nearest first. `territories` are those of the plan's that there are.
    """

    bodies: Mapping[str, Organisation] = field(default_factory=dict)
    services: Mapping[str, Service] = field(default_factory=dict)
    posts: Mapping[str, Post] = field(default_factory=dict)
    members: Mapping[str, frozenset[str]] = field(default_factory=dict)
    files: Mapping[str, int] = field(default_factory=dict)
    handoffs: Mapping[str, int] = field(default_factory=dict)
    above: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    territories: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class HandoffFacts:
    """An open handoff, as far as a plan looks at it: both its ends, what it is about; `of_lead` where whoever leads the file
    answers it (an assignment, a proposal to take over).
    """

    id: str
    file: str
    sender: str
    sender_account: str
    target: str
    service: str = ""
    post: str = ""
    account: str = ""
    competences: tuple[str, ...] = ()
    of_lead: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class FileFacts:
    """An open file, as far as a plan looks at it. `zones` are the commune of the person and all that it lies in."""

    id: str
    organisation: str
    account: str = ""
    zones: frozenset[str] = frozenset()
    competences: tuple[str, ...] = ()
    handoffs: tuple[HandoffFacts, ...] = ()
    workers: frozenset[str] = frozenset()


def file_facts(file: File, zones: Iterable[str] = ()) -> FileFacts:
    """What a plan looks at of an open file; `zones` those of where its people live."""
    assert file.lead is not None
    about = {need.id: need.competence for need in file.needs.values()}
    handoffs = tuple(
        HandoffFacts(
            id=one.id,
            file=file.id,
            sender=one.sender,
            sender_account=one.sender_account,
            target=one.target.organisation,
            service=one.target.service,
            post=one.target.post,
            account=one.target.professional,
            competences=tuple(about[need] for need in one.needs if need in about),
            of_lead=one.kind in OF_LEAD,
        )
        for one in file.handoffs.values()
        if one.open
    )
    return FileFacts(
        id=file.id,
        organisation=file.lead.organisation,
        account=file.lead.account,
        zones=frozenset(zones),
        competences=tuple(need.competence for need in file.needs.values() if need.open),
        handoffs=handoffs,
        workers=file.workers,
    )
