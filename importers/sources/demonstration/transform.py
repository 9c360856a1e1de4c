"""From the written tables to one batch of records. What cannot be taken is refused alone; the rest goes through."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final, Generic, TypeVar
from zoneinfo import ZoneInfo

from graph.model.directory import Agreement, Batch, Organisation, Post, Professional, Service, Succession
from importers.report import Refused
from importers.sources.demonstration import records
from importers.sources.demonstration.entry import Entry, EntryError
from importers.sources.demonstration.get import Document
from importers.sources.demonstration.lay_out import Layout, lay_out
from importers.sources.demonstration.unfold import Draft, Shape

Record = TypeVar("Record")
References = Iterator[tuple[str, str]]

FRANCE: Final = ZoneInfo("Europe/Paris")


@dataclass(frozen=True, slots=True)
class _Built(Generic[Record]):
    """A record with the draft it was made of."""

    record: Record
    draft: Draft


def transform(documents: Iterable[Document], today: date | None = None) -> tuple[Batch, tuple[Refused, ...]]:
    """The records of all documents, and the entries refused, each with its file, entry, field and value.

    Days are counted from `today`, by default the present day in France. An entry that refers to one that is refused,
    or that nobody describes, is refused with it. Raises nothing for what the documents say.
    """
    layout = lay_out(documents, today or datetime.now(FRANCE).date())
    organisations = _build(layout, Shape.ORGANISATION, lambda entry: records.organisation(entry, layout.communes))
    organisations = _with_parents(layout, organisations)
    known = {built.record.id for built in organisations}
    services = _build(layout, Shape.SERVICE, lambda entry: records.service(entry, layout.communes))
    posts = _plain(_referring(layout, _build(layout, Shape.POST, records.post), known, _owner))
    agreements = _build(layout, Shape.AGREEMENT, records.agreement)
    successions = _build(layout, Shape.SUCCESSION, records.succession)
    batch = Batch(
        organisations=_plain(organisations),
        successions=_plain(_referring(layout, successions, known, _ends)),
        services=_plain(_referring(layout, services, known, _owner)),
        professionals=_professionals(posts),
        posts=posts,
        agreements=_plain(_referring(layout, agreements, known, _parties)),
    )
    return batch, tuple(layout.refused)


def _build(layout: Layout, shape: Shape, make: Callable[[Entry], Record]) -> list[_Built[Record]]:
    """The records of one shape; what cannot be made is refused alone, and the second of two with the same id."""
    built: dict[str, _Built[Record]] = {}
    for draft in layout.drafts:
        if draft.shape is not shape:
            continue
        entry = Entry(draft.table, layout.today)
        try:
            record = make(entry)
            entry.finish()
            local = entry.text("id")
            if local in built:
                raise EntryError("id", local, f"Cet identifiant est déjà pris par « {built[local].draft.name} ».")
            built[local] = _Built(record, draft)
        except EntryError as fault:
            layout.refuse(draft.name, fault)
    return list(built.values())


def _with_parents(layout: Layout, organisations: list[_Built[Organisation]]) -> list[_Built[Organisation]]:
    """Refuses units of a body that is not there, then the units of these units, until none is left."""
    while True:
        known = {built.record.id for built in organisations}
        kept = _referring(layout, organisations, known, _parent)
        if len(kept) == len(organisations):
            return kept
        organisations = kept


def _referring(
    layout: Layout,
    built: list[_Built[Record]],
    known: Collection[str],
    references: Callable[[Record], References],
) -> list[_Built[Record]]:
    """Those whose references, as (field, id) pairs, are all to organisations that are known."""
    kept: list[_Built[Record]] = []
    for one in built:
        lost = next(((field, id_) for field, id_ in references(one.record) if id_ not in known), None)
        if lost is None:
            kept.append(one)
        else:
            layout.refuse(one.draft.name, EntryError(*lost, "Cette organisation n’existe pas ou a été refusée."))
    return kept


def _parent(organisation: Organisation) -> References:
    if organisation.part_of:
        yield "part_of", organisation.part_of


def _owner(record: Service | Post) -> References:
    yield "organisation", record.organisation


def _ends(succession: Succession) -> References:
    yield "predecessor", succession.predecessor
    yield "organisation", succession.successor


def _parties(agreement: Agreement) -> References:
    yield from (("granted_by", id_) for id_ in agreement.granted_by)
    yield "given_to", agreement.given_to


def _plain(built: list[_Built[Record]]) -> tuple[Record, ...]:
    return tuple(one.record for one in built)


def _professionals(posts: Iterable[Post]) -> tuple[Professional, ...]:
    """Those who hold posts; whoever holds posts in two organisations works in both, under the first function named."""
    found: dict[str, Professional] = {}
    for post in posts:
        for holder in post.holders:
            before = found.get(holder.professional)
            organisations = before.organisations if before else ()
            if post.organisation not in organisations:
                organisations = (*organisations, post.organisation)
            found[holder.professional] = Professional(
                id=holder.professional,
                name=holder.name,
                function=before.function if before else holder.function,
                organisations=organisations,
                demonstration=True,
            )
    return tuple(found.values())
