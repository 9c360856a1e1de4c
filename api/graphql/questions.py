"""A question as clients of the API put it, with its bounds."""

from __future__ import annotations

from datetime import datetime
from typing import Final

import strawberry

from api.actions.find_relay import Ask
from api.graphql.enums import Mode, OrganisationKind, Public
from graph.model import errors, territory
from graph.model.narrowing import Narrowing

PLACE_LIMIT: Final = 200
LIST_LIMIT: Final = 20
# Choices that are on or off: the same names in the question, in Narrowing and in Facets.
CHOICES: Final = (
    "open_now",
    "has_room",
    "fresh",
    "without_residence_condition",
    "interpreter",
    "accessible",
    "free",
)
YEARS: Final = range(2000, 2101)


@strawberry.input(description="A place on the globe, WGS 84.")
class PointInput:
    """In degrees."""

    lat: float = strawberry.field(description="Latitude, in degrees north, -90 to 90.")
    lon: float = strawberry.field(description="Longitude, in degrees east, -180 to 180.")


@strawberry.input(
    description="Who handles this, for whom, where, when. Words or a competence are needed; the rest narrows."
)
class RelayQuestion:
    """A question as clients put it."""

    text: str | None = strawberry.field(default=None, description="The problem in the worker's words, in French.")
    competences: list[strawberry.ID] | None = strawberry.field(
        default=None, description="Competences taken as they are; the words are then only matched with names."
    )
    territory: strawberry.ID | None = strawberry.field(
        default=None, description="INSEE code of a commune or municipal arrondissement, or another territory's id."
    )
    near: PointInput | None = strawberry.field(default=None, description="Instead of a territory, or with it.")
    radius_km: float | None = strawberry.field(
        default=None,
        description="In kilometres around `near`, for services bound to no territory; no bound by default.",
    )
    publics: list[Public] | None = strawberry.field(default=None, description="Who the person is.")
    modes: list[Mode] | None = strawberry.field(default=None, description="How the person can be received.")
    at: datetime | None = strawberry.field(
        default=None, description="Opening is judged at this moment, given with its offset; now when absent."
    )
    urgent: bool | None = strawberry.field(
        default=False, description="Whether it cannot wait: the telephone comes first."
    )

    kinds: list[OrganisationKind] | None = strawberry.field(
        default=None, description="Only organisations of one of these kinds."
    )
    open_now: bool | None = strawberry.field(default=False, description="Only what is known to be open.")
    has_room: bool | None = strawberry.field(
        default=False, description="Only who told of room in the last thirty days."
    )
    fresh: bool | None = strawberry.field(
        default=False, description="Only what was vouched for in the last six months."
    )
    without_residence_condition: bool | None = strawberry.field(
        default=False, description="Only what is open without condition of residence status."
    )
    interpreter: bool | None = strawberry.field(default=False, description="Only with an interpreter.")
    accessible: bool | None = strawberry.field(default=False, description="Only what a wheelchair can enter.")
    free: bool | None = strawberry.field(default=False, description="Only what is free of charge.")

    def ask(self, moment: datetime) -> Ask:
        """To the action, judged at this moment. Raises InvalidInput, naming the field."""
        for name in ("competences", "publics", "modes", "kinds"):
            if len(getattr(self, name) or ()) > LIST_LIMIT:
                raise errors.InvalidInput(f"Pas plus de {LIST_LIMIT} valeurs ici.", name)
        return Ask(
            text=self.text or "",
            competences=tuple(self.competences or ()),
            territory=_bounded(self.territory or "", PLACE_LIMIT, "territory"),
            near=territory.Point(self.near.lat, self.near.lon) if self.near else None,
            radius_km=self.radius_km,
            publics=tuple(self.publics or ()),
            modes=tuple(self.modes or ()),
            at=moment,
            urgent=bool(self.urgent),
            narrowing=Narrowing(
                kinds=tuple(kind.value for kind in self.kinds or ()),
                **{name: bool(getattr(self, name)) for name in CHOICES},
            ),
        )

    def moment(self, now: datetime) -> datetime:
        """When opening is judged. Raises InvalidInput for a moment without offset, or out of this century."""
        moment = self.at or now
        if moment.tzinfo is None:
            raise errors.InvalidInput(
                "Donnez l’heure avec son décalage, par exemple « 2026-03-02T10:00:00+01:00 ».", "at"
            )
        return in_range(moment, "at")


def _bounded(text: str, limit: int, field: str) -> str:
    if len(text) > limit:
        raise errors.InvalidInput(f"Pas plus de {limit} caractères ici.", field)
    return text


def in_range(moment: datetime, field: str) -> datetime:
    """The moment, of this century. Raises InvalidInput, naming the field."""
    if moment.year not in YEARS:
        raise errors.InvalidInput(f"La date va de {YEARS[0]} à {YEARS[-1]}.", field)
    return moment
