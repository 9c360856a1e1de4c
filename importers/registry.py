"""The table of sources: what each is called, under which licence it may be shipped, how it is read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Final

from graph.model.directory import Batch, Service
from graph.model.errors import InvalidInput
from graph.model.territory import Territory
from importers.report import Refused
from importers.sources.data_inclusion import get as data_inclusion_files
from importers.sources.demonstration import get as demonstration_files
from importers.sources.demonstration import transform as demonstration_records
from importers.sources.dila import get as dila_files
from importers.sources.dila import transform as dila_records
from importers.sources.france_travail import get as france_travail_files
from importers.sources.france_travail import transform as france_travail_records
from importers.sources.territory import get as territory_files
from importers.sources.territory import transform as territory_records
from importers.sources.territory.atlas import shipped
from importers.tables import BrokenSource


@dataclass(frozen=True, slots=True, kw_only=True)
class Harvest:
    """What a source says, ready to be compared with the graph; it holds territories or a batch, not both.

    `silent` has the kinds of record of which it tells nothing at all: none of them is gone.
    """

    territories: tuple[Territory, ...] = ()
    batch: Batch | None = None
    refused: tuple[Refused, ...] = ()
    skipped: Mapping[str, int] = field(default_factory=dict)
    silent: frozenset[type] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """Some records of a source too large to hold, in file order; organisations come before what refers to them.

    `lines` has the line of a record by its id, where it is known: a refusal names it. `silent` is as a harvest's.
    """

    batch: Batch
    refused: tuple[Refused, ...] = ()
    skipped: Mapping[str, int] = field(default_factory=dict)
    lines: Mapping[str, int] = field(default_factory=dict)
    silent: frozenset[type] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One source. `gather` reads its shipped files, or those at the path, and raises BrokenSource when it cannot.

    `stream` reads a file of any size: pieces of at most 500 records; it raises BrokenSource when the file cannot be read on.
    """

    name: str
    title: str
    licence: str
    gather: Callable[[Path | None], Harvest]
    stream: Callable[[Path], Iterator[Piece]] | None = None
    shipped: bool = True


def _territory(path: Path | None) -> Harvest:
    territories, refused = territory_records.transform(territory_files.read(path))
    return Harvest(territories=territories, refused=refused)


def _dila(path: Path | None) -> Harvest:
    batch, refused, skipped = dila_records.transform(dila_files.read(path), shipped())
    return Harvest(batch=batch, refused=refused, skipped=skipped)


def _france_travail(path: Path | None) -> Harvest:
    batch, refused = france_travail_records.transform(france_travail_files.read(path), shipped())
    return Harvest(batch=batch, refused=refused)


def _demonstration(path: Path | None) -> Harvest:
    folder = path or demonstration_files.HERE
    documents = demonstration_files.read(folder)
    broken = next((document for document in documents if document.fault), None)
    if broken or not documents:
        fault = f"ce fichier ne peut pas être lu ({broken.fault})." if broken else "ce dossier n’a aucun fichier .toml."
        raise BrokenSource(folder / broken.name if broken else folder, fault)
    batch, refused = demonstration_records.transform(documents)
    return Harvest(batch=batch, refused=tuple(refused))


def _data_inclusion_pieces(path: Path) -> Iterator[Piece]:
    # Imported when it is read: its schema takes a third of a second to build, and every process starts with this table.
    from importers.sources.data_inclusion.transform import pieces

    publication = data_inclusion_files.find(path)
    silent: frozenset[type] = frozenset() if publication.services else frozenset({Service})
    for batch, refused, skipped in pieces(publication, shipped()):
        yield Piece(batch=batch, refused=refused, skipped=skipped, silent=silent)


def _data_inclusion(path: Path | None) -> Harvest:
    """All pieces at once, for a publication small enough to hold."""
    if path is None:
        raise InvalidInput("Cette source n’est pas livrée : indiquez son fichier ou son dossier avec --file.", "path")
    pieces = list(_data_inclusion_pieces(path))
    skipped: Counter[str] = Counter()
    for piece in pieces:
        skipped.update(piece.skipped)
    return Harvest(
        batch=Batch(
            organisations=tuple(body for piece in pieces for body in piece.batch.organisations),
            services=tuple(service for piece in pieces for service in piece.batch.services),
        ),
        refused=tuple(refused for piece in pieces for refused in piece.refused),
        skipped=skipped,
        silent=frozenset(kind for piece in pieces for kind in piece.silent),
    )


# In the order in which they are loaded: the map comes first, for everything stands on it.
SOURCES: Final[Mapping[str, Source]] = MappingProxyType(
    {
        source.name: source
        for source in (
            Source(
                name="territory",
                title="Communes, intercommunalités, départements et régions (INSEE 2026, La Poste)",
                licence="Licence Ouverte 2.0",
                gather=_territory,
            ),
            Source(
                name=dila_records.SOURCE,
                title="Annuaire de l’administration 2019 (DILA) : Doubs, Paris, Hauts-de-Seine",
                licence="Licence Ouverte",
                gather=_dila,
            ),
            Source(
                name=france_travail_records.SOURCE,
                title="Directions de France Travail",
                licence="MIT",
                gather=_france_travail,
            ),
            Source(
                name="demonstration",
                title="Réseau de démonstration, organismes inventés",
                licence="Apache-2.0",
                gather=_demonstration,
            ),
            Source(
                name="data-inclusion",
                title="data·inclusion, offre d’insertion",
                licence="Licence Ouverte 2.0",
                gather=_data_inclusion,
                stream=_data_inclusion_pieces,
                shipped=False,
            ),
        )
    }
)

# What a first start loads, and what "tout" means.
SHIPPED: Final = tuple(name for name, found in SOURCES.items() if found.shipped)


def source(name: str) -> Source:
    """One source. Raises InvalidInput, which lists those there are."""
    if name not in SOURCES:
        raise InvalidInput(f"La source « {name} » n’existe pas. Sources connues : {', '.join(SOURCES)}.", "source")
    return SOURCES[name]
