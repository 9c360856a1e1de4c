"""From what a structure or a service says to a record of the directory; what has no field of its own stays in words."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from functools import lru_cache
from math import isfinite
from typing import Final

from data_inclusion.schema import v1
from opening_hours import validate

from graph.model.directory import Contact, ListingState, Mode, Organisation, Place, Public, Service
from importers.french import phone, typographic
from importers.sources.data_inclusion import v0
from importers.sources.data_inclusion.reading import Reading
from importers.streams.record import Record

SOURCE: Final = "data-inclusion"
MOST_HOURS: Final = 1_000
BY_PROFESSIONALS: Final = "La demande est faite par un professionnel"


def organisation(said: v1.Structure, kind: str, place: Place | None, covers: tuple[str, ...]) -> Organisation:
    """A structure as a body of our directory."""
    hours, in_words = hours_of(said.horaires_accueil)
    return Organisation(
        id=record_id(said.id),
        name=typographic(said.nom),
        kind=kind,
        source=SOURCE,
        vouched_on=said.date_maj,
        description=_paragraphs(said.description, in_words),
        siret=said.siret or "",
        covers=covers,
        place=place,
        contact=_contact(said, said.site_web or said.lien_source),
        hours=hours,
    )


def service(
    record: Record,
    reading: Reading[v1.Service],
    said: v1.Service,
    own: str,
    competences: tuple[str, ...],
    place: Place | None,
    covers: tuple[str, ...],
) -> Service:
    """A service as one of our directory, under its `own` id; the people it names are not taken over (see README)."""
    hours, in_words = hours_of(said.horaires_accueil)
    return Service(
        id=record_id(own),
        name=typographic(said.nom),
        organisation=record_id(said.structure_id),
        competences=competences,
        covers=covers,
        source=SOURCE,
        vouched_on=said.date_maj,
        description=_paragraphs(said.description, _duration(said), _ways(said), in_words),
        conditions=_conditions(said),
        fee=_fee(said),
        publics=tuple(public for public in Public if public in (said.publics or ())),
        modes=modes_of(said),
        place=place,
        contact=_contact(said, said.lien_mobilisation or said.lien_source),
        hours=hours,
        free=None if said.frais is None else said.frais is v1.Frais.GRATUIT,
        state=v0.state(record.fields, datetime.now(UTC).date()) if reading.is_v0 else ListingState.PUBLISHED,
    )


def record_id(own: str) -> str:
    """Our id of a structure or a service of the publication."""
    return f"{SOURCE}:{own}"


def modes_of(said: v1.Service) -> tuple[Mode, ...]:
    """How one is received, in the order of our list."""
    return tuple(mode for mode in Mode if mode in (said.modes_accueil or ()))


def hours_of(written: str | None) -> tuple[str, str]:
    """Opening hours that can be read, or a sentence that keeps those that cannot."""
    if not written:
        return "", ""
    return (written, "") if _is_readable(written) else ("", f"Horaires indiqués : {written.rstrip('.')}.")


@lru_cache(maxsize=4096)
def _is_readable(hours: str) -> bool:
    return len(hours) <= MOST_HOURS and validate(hours)


def _contact(said: v1.Structure | v1.Service, url: object) -> Contact:
    return Contact(phone=phone(said.telephone or ""), email=said.courriel or "", url=str(url or ""))


def _fee(said: v1.Service) -> str:
    """The precise words, after "Gratuit" or "Payant" when both are known; the flag says it alone."""
    words = said.frais_precisions
    return "" if not words else f"{said.frais.label}. {words}" if said.frais else words


def _conditions(said: v1.Service) -> str:
    parts = [said.conditions_acces, said.publics_precisions]
    if said.mobilisable_par == {v1.PersonneMobilisatrice.PROFESSIONNELS}:
        parts.append(BY_PROFESSIONALS)
    return " ".join(f"{part.rstrip(' .')}." for part in parts if part)


def _ways(said: v1.Service) -> str:
    """How to have it, in words."""
    ways = ", ".join(way.label.lower() for way in sorted(said.modes_mobilisation or ()))
    parts = [f"Pour y recourir : {ways}." if ways else "", said.mobilisation_precisions or ""]
    return " ".join(part for part in parts if part)


def _duration(said: v1.Service) -> str:
    weeks, hours = said.nombre_semaines, said.volume_horaire_hebdomadaire
    told = [
        f"{weeks} semaine{'s' if weeks > 1 else ''}" if weeks else "",
        f"{hours:g}".replace(".", ",") + " h par semaine" if hours and isfinite(hours) else "",
    ]
    return f"Durée : {', '.join(part for part in told if part)}." if any(told) else ""


def _paragraphs(*parts: Sequence[str] | str | None) -> str:
    return "\n\n".join(str(part) for part in parts if part)
