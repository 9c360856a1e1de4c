"""What a batch refers to must exist: territories in the graph, organisations in the batch or in the graph."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Final, TypeVar

from graph.model.directory import Agreement, Batch, Organisation, Post, Professional, Service, Succession
from graph.model.vocabulary import competences
from importers.report import Refused

Record = TypeVar("Record", Organisation, Service, Professional, Post, Agreement)
# A field, the id that it names, what is wrong with it.
Fault = tuple[str, str, str]

NO_TERRITORY: Final = "Ce territoire n’est pas dans le graphe."
NO_COMPETENCE: Final = "Cette compétence n’est pas dans la liste fermée."
NO_PROFESSIONAL: Final = "Ce professionnel n’est pas dans la source, ou a été refusé."
NO_ORGANISATION: Final = "Cette organisation n’existe pas, ou a été refusée."


def checked(
    batch: Batch, territories: Collection[str], organisations: Collection[str], professionals: Collection[str] = ()
) -> tuple[Batch, tuple[Refused, ...]]:
    """The records whose references all hold, and those refused, each named by its id.

    `territories` and `organisations` are ids that hold already, in the graph or earlier in the source; `professionals` those
    told earlier. An organisation whose parent is missing stays, alone; a succession that lacks one of its ends is dropped.
    Both are told.
    """
    check = _Check(frozenset(territories), frozenset(organisations))
    bodies = check.kept(batch.organisations, check.places)
    check.organisations |= {body.id for body in bodies}
    workers = check.kept(batch.professionals, lambda p: check.bodies("organisations", p.organisations))
    known = {worker.id for worker in workers}.union(professionals)
    result = Batch(
        organisations=tuple(check.with_parent(body) for body in bodies),
        successions=tuple(check.whole(batch.successions)),
        services=check.kept(batch.services, lambda s: (*check.places(s), *check.owner(s))),
        professionals=workers,
        posts=check.kept(batch.posts, lambda p: (*check.places(p), *check.owner(p), *check.holders(p, known))),
        agreements=check.kept(batch.agreements, lambda a: (*check.places(a), *check.parties(a))),
    )
    return result, tuple(check.refused)


def mentioned(batch: Batch) -> frozenset[str]:
    """Every territory that a batch refers to."""
    covering = (*batch.organisations, *batch.services, *batch.posts, *batch.agreements)
    placed = [record.place for record in (*batch.organisations, *batch.services) if record.place]
    covered = {zone for record in covering for zone in record.covers}
    return frozenset(covered | {place.territory for place in placed if place.territory})


@dataclass(slots=True)
class _Check:
    """What is known so far, and what has been refused."""

    territories: frozenset[str]
    organisations: frozenset[str]
    refused: list[Refused] = field(default_factory=list)

    def kept(self, records: Sequence[Record], faults: Callable[[Record], Iterable[Fault]]) -> tuple[Record, ...]:
        kept: list[Record] = []
        for record in records:
            found = [Refused(record.id, *fault) for fault in faults(record)]
            self.refused += found
            if not found:
                kept.append(record)
        return tuple(kept)

    def places(self, record: Organisation | Service | Post | Agreement) -> Iterator[Fault]:
        if not isinstance(record, Organisation):
            for id_ in record.competences:
                if id_ not in competences():
                    yield "competences", id_, NO_COMPETENCE
        for zone in record.covers:
            if zone not in self.territories:
                yield "covers", zone, NO_TERRITORY
        place = record.place if isinstance(record, Organisation | Service) else None
        if place and place.territory and place.territory not in self.territories:
            yield "place", place.territory, NO_TERRITORY

    def bodies(self, name: str, ids: Iterable[str]) -> Iterator[Fault]:
        return ((name, id_, NO_ORGANISATION) for id_ in ids if id_ not in self.organisations)

    def owner(self, record: Service | Post) -> Iterator[Fault]:
        return self.bodies("organisation", [record.organisation])

    def holders(self, post: Post, known: Collection[str]) -> Iterator[Fault]:
        return (
            ("holders", holder.professional, NO_PROFESSIONAL)
            for holder in post.holders
            if holder.professional not in known
        )

    def parties(self, agreement: Agreement) -> Iterator[Fault]:
        yield from self.bodies("granted_by", agreement.granted_by)
        yield from self.bodies("given_to", [agreement.given_to])

    def with_parent(self, body: Organisation) -> Organisation:
        if not body.part_of or body.part_of in self.organisations:
            return body
        self.refused.append(
            Refused(body.id, "part_of", body.part_of, f"{NO_ORGANISATION} Le lien est laissé de côté.", aside=True)
        )
        return replace(body, part_of="")

    def whole(self, successions: Iterable[Succession]) -> Iterator[Succession]:
        for succession in successions:
            ends = (("predecessor", succession.predecessor), ("successor", succession.successor))
            missing = [
                Refused(succession.predecessor, name, id_, NO_ORGANISATION)
                for name, id_ in ends
                if id_ not in self.organisations
            ]
            self.refused += missing
            if not missing:
                yield succession
