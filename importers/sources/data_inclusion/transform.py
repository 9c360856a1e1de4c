"""A publication in pieces, structures before the services that refer to them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from data_inclusion.schema import v1

from graph.model.directory import Batch, Mode, Organisation, Service
from graph.model.vocabulary import competences
from importers.report import Refused
from importers.sources.data_inclusion import records
from importers.sources.data_inclusion.cleaning import LOST
from importers.sources.data_inclusion.get import Publication
from importers.sources.data_inclusion.kind import kind_of
from importers.sources.data_inclusion.reading import NOT_LISTED, Model, Reading, read
from importers.sources.data_inclusion.seen import Known, Seen
from importers.sources.data_inclusion.v0_lists import themes
from importers.sources.data_inclusion.where import Stand, covered, stand, usual
from importers.sources.territory.atlas import Atlas
from importers.streams.record import Record
from importers.tables import BrokenSource

PIECE: Final = 500
IDENTIFIER: Final = re.compile(r"[^\s/?#%\\]{3,250}")
NO_THEME: Final = "services sans thématique"
# A batch, what was refused on the way to it, how many were left aside by their reason.
Cut = tuple[Batch, tuple[Refused, ...], Mapping[str, int]]


@dataclass(slots=True)
class Taken:
    """What has been taken since the last piece went out."""

    organisations: list[Organisation] = field(default_factory=list)
    services: list[Service] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)
    skipped: Counter[str] = field(default_factory=Counter)

    def records(self) -> int:
        """How many there are."""
        return len(self.organisations) + len(self.services)

    def is_full(self) -> bool:
        """Whether it is time for a piece to go out; one that is all refusals does too."""
        return max(self.records(), len(self.refused)) >= PIECE

    def cut(self) -> Cut:
        """What there is."""
        batch = Batch(organisations=tuple(self.organisations), services=tuple(self.services))
        return batch, tuple(self.refused), self.skipped


def pieces(publication: Publication, atlas: Atlas) -> Iterator[Cut]:
    """Pieces of at most 500 records, in the order of the files.

    Raises BrokenSource where a file cannot be read on.
    """
    with Seen(atlas) as seen:
        yield from _pieces(publication, _Reader(atlas, seen))


def _pieces(publication: Publication, reader: _Reader) -> Iterator[Cut]:
    number = 0
    for entry, take in _entries(publication, reader):
        number += 1
        if isinstance(entry, Record):
            reader.take(entry, take)
        else:
            reader.taken.refused.append(entry)
        if reader.taken.is_full():
            yield reader.taken.cut()
            reader.taken = Taken()
    if number == 0:
        raise BrokenSource(publication.structures.path, "il n’y a aucune fiche à importer.")
    last = reader.taken
    if last.organisations or last.services or last.refused or last.skipped:
        yield last.cut()


def _entries(publication: Publication, reader: _Reader) -> Iterator[tuple[Record | Refused, Callable[[Record], None]]]:
    for entry in publication.structures.records():
        yield entry, reader.take_structure
    if publication.services:
        for entry in publication.services.records():
            yield entry, reader.take_service


class _Reader:
    """Takes records one by one, and remembers what the next ones need."""

    def __init__(self, atlas: Atlas, seen: Seen) -> None:
        self._atlas, self._seen = atlas, seen
        self.taken = Taken()

    def take(self, record: Record, way: Callable[[Record], None]) -> None:
        """A record, in the way of its kind; what is refused of one that is taken all the same is told as left aside."""
        refused, before = self.taken.refused, self.taken.records()
        start = len(refused)
        way(record)
        if self.taken.records() > before:
            refused[start:] = [replace(entry, aside=True) for entry in refused[start:]]

    def take_structure(self, record: Record) -> None:
        """A structure, its values that cannot be taken told."""
        reading = self._read(record, v1.Structure)
        self._seen.tell_structure(reading.told_as)
        said = reading.said
        if said is None or not self._is_new(record, said.id, self._seen.first_structure(said.id)):
            return
        where = stand(record, said, self._atlas, self.taken.refused)
        if where is None:
            return
        networks = [network.value for network in said.reseaux_porteurs or ()]
        kind = kind_of(networks, str(reading.rest.get("typologie", "")), said.nom)
        covers = usual(kind, where.territory, self._atlas) if where.territory else ()
        self.taken.organisations.append(records.organisation(said, kind, where.place, covers))
        self._seen.note_structure(said.id, record.where, Known(kind, where.territory))

    def take_service(self, record: Record) -> None:
        """A service of a structure that was taken, with a theme of our list at least, and somewhere to be had."""
        reading = self._read(record, v1.Service)
        said = reading.said
        if said is None or not self._is_new(record, said.id, self._seen.first_service(said.id)):
            return
        structure = self._seen.structure(said.structure_id)
        if structure is None:
            message = f"La structure du service « {said.id} » n’est pas dans cette publication, ou a été refusée."
            self._refuse(record, "structure_id", said.structure_id, message)
            return
        themes_of_it = self._themes(record, reading)
        remote = records.modes_of(said) == (Mode.A_DISTANCE,)
        where = stand(record, said, self._atlas, self.taken.refused, shown=not remote)
        if not themes_of_it or where is None:
            return
        covers = self._covers(record, reading, structure, where)
        if covers:
            # The directory has one name for one thing; a producer may number its structures and its services alike. A structure
            # that is refused today may be taken tomorrow: the id of its namesake stays.
            own = f"{said.id}:service" if self._seen.tells_structure(said.id) else said.id
            self.taken.services.append(records.service(record, reading, said, own, themes_of_it, where.place, covers))
            self._seen.note_service(said.id, record.where)

    def _read(self, record: Record, model: type[Model]) -> Reading[Model]:
        reading = read(record, model)
        self.taken.refused += reading.refused
        return reading

    def _is_new(self, record: Record, id_: str, before: str) -> bool:
        if not IDENTIFIER.fullmatch(id_):
            message = "Un identifiant a de 3 à 250 signes, sans blanc ni / ? # % \\."
            self._refuse(record, "id", id_, message)
        elif before:
            self._refuse(record, "id", id_, f"Cet identifiant est déjà celui d’une autre fiche ({before}).")
        else:
            return True
        return False

    def _themes(self, record: Record, reading: Reading[v1.Service]) -> tuple[str, ...]:
        """Entries of our list, and the thématiques that led to none told."""
        given = reading.rest.get("thematiques")
        if not isinstance(given, list):
            self.taken.skipped[NO_THEME] += 1
            return ()
        found: list[str] = []
        for theme in given:
            became = themes().get(theme)
            if theme in competences():
                found.append(theme)
            elif became is None:
                self._refuse(record, "thematiques", theme, f"{NOT_LISTED} {LOST}")
            elif became.v1 or became.ours:
                found += (*became.v1, *became.ours)
            else:
                self._refuse(record, "thematiques", theme, f"Cette thématique v0 n’a pas d’équivalent. {LOST}")
        if not found:
            self._refuse(record, "thematiques", ", ".join(given), "Aucune thématique connue ne reste à ce service.")
        return tuple(dict.fromkeys(found))

    def _covers(self, record: Record, reading: Reading[v1.Service], structure: Known, where: Stand) -> tuple[str, ...]:
        """The zone of eligibility; else whom a body of that kind serves from where the service, or its structure, is."""
        zones = reading.rest.get("zone_eligibilite")
        given = covered(record, zones, self._atlas, self.taken.refused) if isinstance(zones, list) else ()
        territory = where.territory or structure.territory
        if given:
            return given
        if territory:
            return usual(structure.kind, territory, self._atlas)
        message = "Ni ce service ni sa structure ne disent où : il faut une zone d’éligibilité ou une commune."
        self._refuse(record, "zone_eligibilite", "", message)
        return ()

    def _refuse(self, record: Record, name: str, value: object, message: str) -> None:
        self.taken.refused.append(record.refused(name, value, message))
