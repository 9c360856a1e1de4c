"""From a figure to the files that it counted: those of one's service for who heads it, one's own for the others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Final

from api.actions.casework.filing import noted
from api.actions.casework.reading import MOST_UNITS, FileList, Scope, listed, part_of, read_in_list
from api.actions.figures.reading import exact, may_read_exactly, unit_of
from api.actions.reports.asking import MOST_MONTHS
from api.rooms import Rooms
from graph.model.access import Operation, Subject, Viewer, may
from graph.model.casework.clocks import PARIS
from graph.model.casework.desk_report import beside, read_month
from graph.model.casework.grounds import ShareGroup
from graph.model.errors import InvalidInput, NotAllowed
from graph.model.figures.facts import Facts
from graph.model.figures.periods import Span, month_begin
from graph.model.figures.selecting import ARROW, Chosen, Found, Split, choices, selected, splits_of, unknown_to
from graph.store.below import below
from graph.store.casework.reads import ReadPage
from graph.store.unit import Unit

# More files than anyone leads, or works on, in some years.
MOST_OWN: Final = 5000
A_MONTH: Final = len("2026-03")
A_DAY: Final = len("2026-03-05")
NOT_A_PROFESSIONAL: Final = (
    "Les dossiers sont lus par les professionnels qui accompagnent : ce droit manque à ce compte."
)


@dataclass(frozen=True, slots=True)
class Line:
    """A file that was counted. `open` tells whether it is hers to open; the others are known by their handoffs alone."""

    found: Found
    open: bool


@dataclass(frozen=True, slots=True)
class Selection:
    """A page of the files that a figure counted, the latest first. `files` and `counted` are of all of them, `elsewhere` those
    that others lead, `untold` those of these that have no line: nobody is told of whom they are. `choices` is what each narrowing
    would leave.
    """

    chosen: Chosen
    unit: str
    lines: tuple[Line, ...]
    files: int
    counted: int
    elsewhere: int
    untold: int
    choices: Mapping[Split, Mapping[str, int]]
    names: Mapping[str, str]


async def selection(
    rooms: Rooms, viewer: Viewer, chosen: Chosen, *, unit: bool, first: int, skip: int = 0
) -> Selection:
    """Of the whole service (`unit`), or of her own files: none is opened. Raises NotSignedIn, NotAllowed."""
    if not (viewer.organisation and may(viewer, Operation.OPEN_FILE, Subject(organisation=viewer.organisation))):
        raise NotAllowed(NOT_A_PROFESSIONAL)
    facts, house, name = await _facts(rooms, viewer, chosen, unit)
    async with rooms.graph.reading() as reads:
        led = await _led(reads, facts, house) if unit else None
        if led is not None:
            facts = _without_others_places(facts, led)
        found = selected(facts, chosen, house)
        told = [one for one in found if led is None or one.file in led or not _unknown(one, house)]
        shown = told[skip : skip + first]
        narrowings = {split: choices(facts, chosen, split, house) for split in sorted(splits_of(chosen.counted))}
        bodies = {one for some in shown for each in some.handoffs for one in (each.sender, each.target)}
        names = await reads.accounts.organisation_names(sorted(bodies | _bodies(chosen, narrowings)))
        accounts = await reads.accounts.of(sorted(narrowings.get(Split.LEAD, {}).keys() - {""}))
    return Selection(
        chosen=chosen,
        unit=name,
        lines=tuple(Line(one, led is None or one.file in led) for one in shown),
        files=len(found),
        counted=sum(len(one.counted) for one in found),
        elsewhere=sum(led is not None and one.file not in led for one in found),
        untold=len(found) - len(told),
        choices=narrowings,
        names=names | {id_: account.name for id_, account in accounts.items()},
    )


async def known(rooms: Rooms, viewer: Viewer, lines: Sequence[Line], at: datetime) -> None:
    """Note that she reads which of these files have the needs that were counted. Raises Unavailable."""
    ids = [line.found.file for line in lines if line.open]
    if ids:
        await noted(rooms, viewer, ids, (ShareGroup.NEED,), ReadPage.LIST, at)


async def opened(rooms: Rooms, viewer: Viewer, found: Selection, at: datetime) -> FileList:
    """The files of a page that are hers to open; that they are read is noted. Those of which nothing is left are left out."""
    async with rooms.graph.reading() as unit:
        files = await listed(unit, [line.found.file for line in found.lines if line.open])
    await read_in_list(rooms, viewer, files, at)
    return files


async def _facts(rooms: Rooms, viewer: Viewer, chosen: Chosen, unit: bool) -> tuple[Facts, tuple[str, ...], str]:
    """What is counted from, the bodies of the house, and its name: "" for her own files. No graph is scanned: a house's files and
    handoffs are found by its id, those of one person by hers.
    """
    if unit:
        house = await unit_of(rooms, viewer)
        return await exact(rooms, viewer, chosen.span.begin, chosen.span.end), house.ids, house.name
    async with rooms.graph.reading() as reads:
        heads = may_read_exactly(viewer)
        ids = [viewer.organisation, *(await below(reads, viewer.organisation, MOST_UNITS) if heads else ())]
        part = part_of(viewer, Scope.MINE, ids, heads)
        files = [*await reads.file_lists.open(part, MOST_OWN), *await reads.file_lists.ended(part, MOST_OWN)]
        return await reads.facts.within(files), tuple(ids), ""


async def _led(unit: Unit, facts: Facts, house: tuple[str, ...]) -> frozenset[str]:
    """The files that the house leads, or led last."""
    files = {one.id: one for one in facts.files}
    files |= await unit.facts.files_of({one.file for one in facts.handoffs} - files.keys())
    return frozenset(id_ for id_, file in files.items() if file.lead in house)


def _without_others_places(facts: Facts, led: frozenset[str]) -> Facts:
    """Where somebody lives is told by whoever accompanies her: of a handoff alone nobody knows it."""
    handoffs = tuple(one if one.file in led else replace(one, commune="") for one in facts.handoffs)
    return replace(facts, handoffs=handoffs)


def _unknown(found: Found, house: tuple[str, ...]) -> bool:
    return all(unknown_to(house, one) for one in found.counted)


def _bodies(chosen: Chosen, narrowings: Mapping[Split, Mapping[str, int]]) -> set[str]:
    """The bodies that are named among the choices, and in what was chosen."""
    named = {id_ for split in (Split.TARGET, Split.SENDER) for id_ in narrowings.get(split, {})}
    named |= {chosen.by.get(split, "") for split in (Split.TARGET, Split.SENDER)}
    named |= set(chosen.by.get(Split.WAY, "").split(ARROW))
    return named - {""}


def span_of(first: str, last: str) -> Span:
    """From a month or a day to another, included, in Paris. Raises InvalidInput."""
    begin, end = _begin(first, "du"), _begin(last, "au")
    month = len(last) == A_MONTH
    after = month_begin(beside(last, 1)) if month else datetime.combine(end.date() + timedelta(days=1), time(0), PARIS)
    if after <= begin:
        raise InvalidInput("La période finit avant de commencer.", "au")
    if after - begin > timedelta(days=31 * MOST_MONTHS):
        raise InvalidInput(f"Pas plus de {MOST_MONTHS // 12} années à la fois.", "au")
    return Span(begin, after)


def _begin(text: str, field: str) -> datetime:
    if len(text) != A_DAY:
        return month_begin(read_month(text))
    try:
        return datetime.combine(date.fromisoformat(text), time(0), PARIS)
    except ValueError:
        raise InvalidInput(f"« {text} » n’est pas un jour : écrivez par exemple 2026-03-05.", field) from None
