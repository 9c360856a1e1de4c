"""What comes in, piece by piece: each record once, under the id that it is kept under, its references checked, compared."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Final, TypeVar

from graph.model.directory import Agreement, Batch, Organisation, Post, Professional, Service
from graph.model.errors import InvalidInput
from graph.model.likeness import Body
from graph.store.loading import Loader, Plan
from graph.store.seen import Seen
from importers.merge import Doubt, bodies_named, matches, renamed, sought
from importers.references import checked, mentioned
from importers.registry import Piece
from importers.report import Refused, Report

R = TypeVar("R", Organisation, Service, Professional, Post, Agreement)

TOLD_TWICE: Final = (
    "Cet identifiant est déjà plus haut dans le fichier. La première fiche est gardée, celle-ci est laissée."
)


class Intake:
    """Plans the pieces of one load in turn, and keeps its report."""

    def __init__(self, loader: Loader, source: str, seen: Seen, report: Report) -> None:
        self.loader = loader
        self.report = report
        self._source = source
        self._seen = seen
        self._territories: set[str] = set()
        # Records by kind that the graph has, of those told; and kinds of which this load tells nothing.
        self.standing: Counter[type] = Counter()
        self.silent: set[type] = set()

    async def plan(self, piece: Piece) -> Plan:
        """What this piece changes. Raises InvalidInput when the graph has no map for it to stand on."""
        subjects, known = await self._recognise(piece.batch)
        told_as = {subject: told for told, subject in subjects.items()}
        batch = self._once(renamed(piece.batch, subjects), told_as, piece.lines)
        await self._learn_territories(batch)
        batch, refused = checked(
            batch,
            self._territories,
            known | self._seen.told(Organisation, bodies_named(batch)),
            self._seen.told(Professional, {holder.professional for post in batch.posts for holder in post.holders}),
        )
        plan = await self.loader.compare(batch, told_as)
        self._remember(batch)
        self._count(batch, frozenset(plan.new))
        self.silent |= piece.silent
        self.report.refuse(piece.refused)
        self.report.refuse(replace(r, line=piece.lines.get(str(r.line), r.line)) for r in refused)
        self.report.skipped.update(piece.skipped)
        self.report.new.add(plan.new)
        self.report.changed.add(plan.changed)
        self.report.unchanged += plan.unchanged
        return plan

    async def _recognise(self, batch: Batch) -> tuple[dict[str, str], frozenset[str]]:
        """Bodies kept under another id than this piece names them by, with that id; and all bodies that the graph has."""
        named = bodies_named(batch)
        written, known = await self.loader.recognise(named)
        subjects = {**written, **self._seen.kept_under(named)}
        known |= frozenset(subjects.values())
        fresh = [o for o in batch.organisations if o.id not in known and o.id not in subjects]
        candidates = await self.loader.alike(*sought(fresh)) if fresh else []
        taken = self._seen.told(Organisation, {body.id for body in candidates})
        found = matches(self._source, fresh, [body for body in candidates if body.id not in taken])
        self._seen.keep_under(found.same)
        self.report.merged += len(found.same)
        doubts = (*found.doubts, *self._also_taken(fresh, candidates, taken))
        self.report.doubts.add(doubt.in_words() for doubt in doubts)
        return {**subjects, **found.same}, known | frozenset(found.same.values())

    def _also_taken(
        self, fresh: Sequence[Organisation], candidates: Iterable[Body], taken: frozenset[str]
    ) -> tuple[Doubt, ...]:
        """Those that may be a body of another source which this one tells already, under another id."""
        shared = [
            replace(body, origins=others)
            for body in candidates
            if (body.id in taken or self._source in body.origins) and (others := body.origins - {self._source})
        ]
        found = matches(self._source, fresh, shared)
        names = {body.id: body.name for body in fresh}
        same = [Doubt(id_, subject, names[id_]) for id_, subject in found.same.items()]
        return tuple(dict.fromkeys((*same, *found.doubts)))

    def _count(self, batch: Batch, new: frozenset[str]) -> None:
        for kind, ids in _told(batch):
            self.standing[kind] += sum(id_ not in new for id_ in ids)

    def _once(self, batch: Batch, told_as: Mapping[str, str], lines: Mapping[str, int]) -> Batch:
        """Each id once, the first that was told."""

        def first(kind: type[R], records: tuple[R, ...]) -> tuple[R, ...]:
            before = set(self._seen.told(kind, [record.id for record in records]))
            kept: list[R] = []
            for record in records:
                if record.id in before:
                    told = told_as.get(record.id, record.id)
                    self.report.refuse([Refused(lines.get(told, told), "id", told, TOLD_TWICE)])
                else:
                    kept.append(record)
                before.add(record.id)
            return tuple(kept)

        return replace(
            batch,
            organisations=first(Organisation, batch.organisations),
            services=first(Service, batch.services),
            professionals=first(Professional, batch.professionals),
            posts=first(Post, batch.posts),
            agreements=first(Agreement, batch.agreements),
        )

    async def _learn_territories(self, batch: Batch) -> None:
        """Those that hold are remembered: France has 35,000."""
        wanted = mentioned(batch) - self._territories
        self._territories |= await self.loader.known_territories(wanted)
        if wanted and not self._territories and not await self.loader.has_map():
            raise InvalidInput(
                "Le graphe n’a encore aucun territoire : importez d’abord la source « territory ».", "source"
            )

    def _remember(self, batch: Batch) -> None:
        for kind, ids in _told(batch):
            self._seen.tell(kind, ids)


def _told(batch: Batch) -> Sequence[tuple[type, list[str]]]:
    return (
        (Organisation, [r.id for r in batch.organisations]),
        (Service, [r.id for r in batch.services]),
        (Professional, [r.id for r in batch.professionals]),
        (Post, [r.id for r in batch.posts]),
        (Agreement, [r.id for r in batch.agreements]),
    )
