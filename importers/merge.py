"""The same body told by two sources: found before it is written, kept under the id that was first; doubts are told."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final, TypeVar

from graph.model.directory import Agreement, Batch, Organisation, Post, Professional, Service, Succession
from graph.model.likeness import Body, Verdict, body_of, likeness, verdict

R = TypeVar("R", Organisation, Service, Professional, Post, Agreement, Succession)

# Where each kind of record names an organisation: one id, or several.
NAMED_IN: Final[Mapping[type, tuple[str, ...]]] = {
    Organisation: ("part_of",),
    Service: ("organisation",),
    Professional: ("organisations",),
    Post: ("organisation",),
    Agreement: ("granted_by", "given_to"),
    Succession: ("predecessor", "successor"),
}


@dataclass(frozen=True, slots=True)
class Doubt:
    """Two records that may be the same body: the one told now, and one that is known."""

    told: str
    known: str
    name: str

    def in_words(self) -> str:
        """One line for the console, in French."""
        return f"{self.told} et {self.known} — « {self.name} »"


@dataclass(frozen=True, slots=True)
class Matches:
    """The ids of bodies known already, by the id under which they are told; and the doubts."""

    same: Mapping[str, str] = field(default_factory=dict)
    doubts: tuple[Doubt, ...] = ()


def sought(told: Iterable[Organisation]) -> tuple[list[str], list[str]]:
    """The SIRET and the likenesses by which bodies that may be these are looked for."""
    bodies = [body_of(organisation) for organisation in told]
    sirets = {body.siret for body in bodies if body.siret}
    alike = {like for body in bodies if (like := likeness(body.kind, body.territory, body.name))}
    return sorted(sirets), sorted(alike)


def matches(origin: str, told: Iterable[Organisation], known: Sequence[Body]) -> Matches:
    """Which of the bodies told by `origin` are known already.

    Two bodies of one source are never made one: what `origin` tells already is no candidate, and when a body told could be
    two known ones, or a known one two of those told, that is a doubt.
    """
    candidates = [body for body in known if origin not in body.origins]
    by_siret, by_likeness = _grouped(candidates)
    found: dict[str, str] = {}
    doubts: list[Doubt] = []
    names: dict[str, str] = {}
    for organisation in told:
        body = body_of(organisation)
        near = {
            other.id: verdict(body, other)
            for other in (
                *by_siret.get(body.siret, ()),
                *by_likeness.get(likeness(body.kind, body.territory, body.name), ()),
            )
        }
        same = sorted(id_ for id_, said in near.items() if said is Verdict.SAME)
        names[body.id] = body.name
        if len(same) == 1:
            found[body.id] = same[0]
        doubtful = [id_ for id_, said in near.items() if said is Verdict.DOUBTFUL]
        doubts += [Doubt(body.id, id_, body.name) for id_ in sorted((same if len(same) > 1 else []) + doubtful)]
    wanted = Counter(found.values())
    doubts += [Doubt(id_, subject, names[id_]) for id_, subject in found.items() if wanted[subject] > 1]
    same_ = {id_: subject for id_, subject in found.items() if wanted[subject] == 1}
    return Matches(same_, tuple(doubts))


def renamed(batch: Batch, subjects: Mapping[str, str]) -> Batch:
    """The batch with bodies under the ids that they are kept under, wherever they are named."""
    if not subjects:
        return batch
    return Batch(
        organisations=tuple(_renamed(replace(o, id=subjects.get(o.id, o.id)), subjects) for o in batch.organisations),
        successions=tuple(_renamed(s, subjects) for s in batch.successions),
        services=tuple(_renamed(s, subjects) for s in batch.services),
        professionals=tuple(_renamed(p, subjects) for p in batch.professionals),
        posts=tuple(_renamed(p, subjects) for p in batch.posts),
        agreements=tuple(_renamed(a, subjects) for a in batch.agreements),
    )


def bodies_named(batch: Batch) -> frozenset[str]:
    """Every organisation that a batch tells or refers to."""
    found = {organisation.id for organisation in batch.organisations}
    for record in _all(batch):
        for name in NAMED_IN[type(record)]:
            held: str | tuple[str, ...] = getattr(record, name)
            found.update((held,) if isinstance(held, str) else held)
    return frozenset(found - {""})


def _all(batch: Batch) -> Iterable[Any]:
    yield from batch.organisations
    yield from batch.successions
    yield from batch.services
    yield from batch.professionals
    yield from batch.posts
    yield from batch.agreements


def _renamed(record: R, subjects: Mapping[str, str]) -> R:
    changed: dict[str, Any] = {}
    for name in NAMED_IN[type(record)]:
        held: str | tuple[str, ...] = getattr(record, name)
        other = subjects.get(held, held) if isinstance(held, str) else tuple(subjects.get(id_, id_) for id_ in held)
        if other != held:
            changed[name] = other
    return replace(record, **changed) if changed else record


def _grouped(bodies: Iterable[Body]) -> tuple[dict[str, list[Body]], dict[str, list[Body]]]:
    by_siret: dict[str, list[Body]] = defaultdict(list)
    by_likeness: dict[str, list[Body]] = defaultdict(list)
    for body in bodies:
        if body.siret:
            by_siret[body.siret].append(body)
        if like := likeness(body.kind, body.territory, body.name):
            by_likeness[like].append(body)
    return by_siret, by_likeness
