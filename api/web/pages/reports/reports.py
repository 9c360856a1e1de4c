"""Reports: one page for each, which prints; the same as a workbook and as a CSV. A service's own activity has its door beside."""

from __future__ import annotations

from typing import Any, Final
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse, Response

from api.actions.figures.reading import unit_of
from api.actions.reports.asking import Asked, asked_of
from api.actions.reports.registry import Kind, kind_of, offered
from api.actions.reports.table import Align, Cell, Mark, Report, Table, said
from api.actions.reports.writing import XLSX_TYPE, as_csv, as_workbook, file_name
from api.auth.viewer import must_sign_in
from api.rooms import Rooms
from api.web.acting import rooms_of
from api.web.counted_address import to_files
from api.web.downloads import attachment
from api.web.render import now, page
from graph.model.access import Viewer
from graph.model.figures.periods import Span
from graph.model.figures.selecting import Counted
from graph.model.territory import COUNTRY, TerritoryLevel
from importers.sheets.csv_file import CSV_TYPE

PATH: Final = "/rapports"
UNIT: Final = "/equipe/activite"
LEVELS: Final = (TerritoryLevel.REGION, TerritoryLevel.DEPARTEMENT)
WIDE: Final = 5

router = APIRouter(include_in_schema=False)


@router.get(PATH)
async def every(request: Request) -> HTMLResponse:
    """Those that she may ask for. Raises NotSignedIn."""
    return page(request, "pages/reports/reports.html", {"kinds": offered(must_sign_in(request)), "base": PATH})


@router.get(PATH + "/{name}.csv")
async def as_table(
    request: Request, name: str, du: str = "", au: str = "", territoire: str = "", unite: str = ""
) -> Response:
    """One report as a CSV. Raises NotSignedIn, NotAllowed, NotFound, InvalidInput."""
    report = await _made(request, kind_of(name), _asked(kind_of(name), du, au, territoire, unite))
    return attachment(as_csv(report), CSV_TYPE, file_name(report, "csv"))


@router.get(PATH + "/{name}.xlsx")
async def as_book(
    request: Request, name: str, du: str = "", au: str = "", territoire: str = "", unite: str = ""
) -> Response:
    """One report as a workbook. Raises NotSignedIn, NotAllowed, NotFound, InvalidInput."""
    report = await _made(request, kind_of(name), _asked(kind_of(name), du, au, territoire, unite))
    return attachment(as_workbook(report), XLSX_TYPE, file_name(report, "xlsx"))


@router.get(PATH + "/{name}")
async def one(
    request: Request, name: str, du: str = "", au: str = "", territoire: str = "", unite: str = ""
) -> HTMLResponse:
    """One report. Raises NotSignedIn, NotAllowed, NotFound, InvalidInput."""
    return await _page(request, kind_of(name), f"{PATH}/{name}", _asked(kind_of(name), du, au, territoire, unite))


@router.get(UNIT)
async def unit(request: Request, du: str = "", au: str = "", unite: str = "") -> HTMLResponse:
    """A service seen exactly by its head. Raises NotSignedIn, NotAllowed, InvalidInput."""
    kind = kind_of("activite")
    return await _page(request, kind, UNIT, _asked(kind, du, au, "", unite))


def _asked(kind: Kind, first: str, last: str, territory: str, unit: str) -> Asked:
    return asked_of(first, last, now(), territory=territory[:80], organisation=unit[:120], back=kind.back)


async def _made(request: Request, kind: Kind, asked: Asked) -> Report:
    return await kind.make(rooms_of(request), must_sign_in(request), asked)


async def _page(request: Request, kind: Kind, address: str, asked: Asked) -> HTMLResponse:
    rooms, viewer = rooms_of(request), must_sign_in(request)
    report = await kind.make(rooms, viewer, asked)
    chosen = {"du": asked.first, "au": asked.last}
    chosen |= {"territoire": asked.territory} if asked.territory else {}
    chosen |= {"unite": asked.organisation} if asked.organisation else {}
    context = {
        "kind": kind,
        "report": report,
        "tables": [_table(table, asked) for table in report.tables],
        "address": address,
        "asked": asked,
        "query": urlencode(chosen),
        "files": f"{PATH}/{kind.name}",
        "territories": _territories(rooms) if kind.published else (),
        "units": await _units(rooms, viewer) if kind.name in {"activite", "obligations"} else (),
    }
    return page(request, "pages/reports/report.html", context, kept=False)


def _table(table: Table, asked: Asked) -> dict[str, Any]:
    # The files behind a line are those of the whole service: of one unit alone no line leads to them.
    span = Span(asked.begin, asked.end)
    leads = () if asked.organisation else table.leads
    return {
        "links": [to_files(Counted.FILES_OPEN, span, lead=account) for account in leads],
        "slug": table.slug,
        "title": table.title,
        "definition": table.definition,
        "wide": len(table.columns) > WIDE,
        "columns": [(column.head, column.align is Align.NUMBER) for column in table.columns],
        "lines": [[(said(cell), _of_number(cell), isinstance(cell, Mark)) for cell in line] for line in table.lines],
    }


def _of_number(cell: Cell) -> bool:
    return isinstance(cell, Mark) or not isinstance(cell, str)


def _territories(rooms: Rooms) -> list[tuple[str, str]]:
    found = [one for one in rooms.places.within(COUNTRY) if one.level in LEVELS]
    return [(one.id, one.name) for one in sorted(found, key=lambda one: (LEVELS.index(one.level), one.name))]


async def _units(rooms: Rooms, viewer: Viewer) -> list[tuple[str, str]]:
    """Her service and the units below it, by name."""
    house = await unit_of(rooms, viewer)
    async with rooms.graph.reading() as unit:
        names = await unit.accounts.organisation_names(house.ids)
    rest = sorted((names.get(id_, id_), id_) for id_ in house.ids[1:])
    return [("", house.name), *((id_, name) for name, id_ in rest)] if rest else []
