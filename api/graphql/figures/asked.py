"""What figures are asked of, and what is common to their answers. A hidden number is null, and says that it is hidden."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Annotated, Final, TypeAlias

import strawberry

from api.actions.figures import names
from api.actions.figures.reading import SIGN_IN, quarters, unit_of
from api.actions.figures.told import QUARTERS, Scope, counted_place
from api.graphql.context import Info
from graph.model import errors
from graph.model import territory as places
from graph.model.figures.periods import last_quarters, read_period
from graph.model.figures.registry import definitions
from graph.model.figures.sums import AtLeast
from graph.model.vocabulary import categories

NOT_BY_THEME: Final = "Ce chiffre n’est pas publié par thème : il ne se lit ainsi que pour son propre service."


@strawberry.input(description="Whole quarters, one after the other, both ends included.")
class Period:
    """Nothing shorter is published."""

    from_: str = strawberry.field(name="from", description='The first quarter: "2026-T1".')
    to: str | None = strawberry.field(default=None, description="The last one; the first alone when null.")


PeriodAsked: TypeAlias = Annotated[
    Period,
    strawberry.argument(description="Quarters that were published; of one's own service, of the last two years."),
]
TerritoryAsked: TypeAlias = Annotated[
    strawberry.ID | None, strawberry.argument(description="Where the persons live; everywhere when null.")
]
CategoryAsked: TypeAlias = Annotated[
    strawberry.ID | None, strawberry.argument(description="Of needs of this category alone.")
]
ExactAsked: TypeAlias = Annotated[
    bool, strawberry.argument(description="Of one's own service, to the last one: for who heads it. No territory then.")
]


@strawberry.type(description="What a figure says, in French.")
class FigureDefinition:
    """As pages and reports print it."""

    id: strawberry.ID = strawberry.field(description="The figure's name, for programs.")
    name: str = strawberry.field(description="What it is called.")
    words: str = strawberry.field(description="How it is counted.")
    unit: str = strawberry.field(description="In what.")
    source: str = strawberry.field(description="From what.")

    @classmethod
    def named(cls, id_: str) -> FigureDefinition:
        """That of a figure of the list."""
        one = definitions()[id_]
        return cls(id=strawberry.ID(one.id), name=one.title, words=one.definition, unit=one.unit, source=one.source)


@strawberry.type(description="How many. What would let fewer than eleven persons be recognised is hidden.")
class Count:
    """A number that may be told or not."""

    value: int | None = strawberry.field(description="Null when it is hidden.")
    hidden: bool = strawberry.field(description="Whether it is hidden.")
    at_least: bool = strawberry.field(description="Whether hidden numbers of some quarters would have to be added.")

    @classmethod
    def of(cls, count: int | None) -> Count:
        """From what is told."""
        value = None if count is None else int(count)
        return cls(value=value, hidden=count is None, at_least=isinstance(count, AtLeast))


@strawberry.type(description="A body of which a figure tells.")
class FigureBody:
    """By its id, with the name that it has in the directory."""

    id: strawberry.ID = strawberry.field(description="Its id in the directory.")
    name: str = strawberry.field(description="Its name; its id when the directory does not know it any more.")

    @classmethod
    def of(cls, id_: str, named: Mapping[str, str]) -> FigureBody:
        """From the names that were read."""
        return cls(id=strawberry.ID(id_), name=named.get(id_, id_))


@strawberry.type(description="A part of what is counted: a territory, a body, a theme.")
class FigurePart:
    """How many in it."""

    id: strawberry.ID | None = strawberry.field(description="What it is; null for those of which that is not known.")
    name: str = strawberry.field(description="In French.")
    count: Count = strawberry.field(description="How many.")

    @classmethod
    def of(cls, id_: str, name: str, count: int | None) -> FigurePart:
        """From what is told."""
        return cls(id=strawberry.ID(id_) if id_ else None, name=name, count=Count.of(count))


async def scope_of(
    info: Info, period: Period, territory: str | None = None, category: str | None = None, *, exact: bool = False
) -> Scope:
    """What is asked, once it is known to be there to be read. Raises InvalidInput, NotAllowed."""
    rooms, viewer = info.context.rooms, info.context.viewer
    must_be_known(info)
    if exact:
        await unit_of(rooms, viewer)
        published, offered = {}, set(last_quarters(info.context.now, QUARTERS))
    else:
        published = await quarters(rooms, viewer)
        offered = set(published)
    asked = read_period(period.from_, period.to or "")
    for quarter in asked.quarters:
        if quarter not in offered:
            raise errors.InvalidInput(f"Le {quarter.words} n’est pas publié.", "period")
    if category and category not in categories():
        raise errors.InvalidInput("Ce thème n’est pas dans la liste.", "category")
    if exact and territory:
        raise errors.InvalidInput("Les chiffres d’un service ne se lisent pas par territoire.", "territory")
    where = counted_place(rooms.places, territory_of(info, territory)) if territory else None
    if where and where.id == places.COUNTRY:
        where = None
    return Scope(period=asked, territory=where, category=category or "", exact=exact, published=published)


def must_be_known(info: Info) -> None:
    """Raises NotAllowed for a visitor: no figure of persons is open to everyone."""
    if not info.context.viewer.signed_in:
        raise errors.NotAllowed(SIGN_IN)


def territory_of(info: Info, id_: str) -> places.Territory:
    """A territory of the map. Raises InvalidInput."""
    found = info.context.rooms.places.get(id_)
    if found is None:
        raise errors.InvalidInput("Ce territoire n’existe pas dans la carte.", "territory")
    return found


async def parts_named(info: Info, split: str, ids: Iterable[str]) -> Mapping[str, str]:
    """What the parts of a split are called."""
    return await names.parts(info.context.rooms, split, ids)
