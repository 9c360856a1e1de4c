"""Templates: where they are, what they may call, and the page around them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

from fastapi import Request
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.responses import HTMLResponse

from api.auth.viewer import viewer_of
from api.web.account_view import head
from api.web.assets import asset
from api.words.dates import MONTHS, clock, exact_day, today_words
from api.words.phone import phone
from graph.model.wording import emergency_numbers
from search.hours import PARIS

FOLDER: Final = Path(__file__).parent
NO_BREAK: Final = "\u00a0"
KEPT: Final = "private, no-cache"
# For a page that tells of people or of exact figures: who shares the device must not find it again.
NOT_KEPT: Final = "private, no-store"
DAY_AND_MONTH: Final = re.compile(rf"\b(\d{{1,2}}|1er) (?=(?:{'|'.join(MONTHS)})\b)")


def typography(text: str) -> str:
    """French spacing: no line may break before high punctuation, inside « », or between a figure and its unit."""
    text = re.sub(r" (?=[:;?!»%€])", NO_BREAK, text)
    text = text.replace("« ", "«" + NO_BREAK)
    text = re.sub(r"(?<=\d) (?=(?:h|km|m|min|jours?|mois|ans?|\d{2,3})\b)", NO_BREAK, text)
    text = re.sub(rf"(?<=\d{NO_BREAK}h) (?=\d\d\b)", NO_BREAK, text)
    return DAY_AND_MONTH.sub(rf"\1{NO_BREAK}", text)


def mailto(address: str) -> str:
    """What opens a letter to this address, and to nobody else: nothing in it adds a copy or a subject."""
    return f"mailto:{quote(address, safe='@+')}"


def listed(names: Sequence[str]) -> str:
    """Several labels as one phrase: "Femmes, familles"; an acronym keeps its capitals."""
    return ", ".join(name if number == 0 or name[1:2].isupper() else _lower(name) for number, name in enumerate(names))


def _lower(name: str) -> str:
    return name[:1].lower() + name[1:]


def sheet_path(kind: str, id_: str) -> str:
    """The address of a sheet: "/service/demo:ccas-accueil"."""
    return f"/{kind}/{quote(id_, safe=':@!$,')}"


def members_path(organisation: str) -> str:
    """The address of an organisation's members."""
    return f"{sheet_path('organisme', organisation)}/membres"


@cache
def environment() -> Environment:
    """One for the process. Everything is escaped; an unknown variable is a fault, not an empty string."""
    made = Environment(
        loader=FileSystemLoader(FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters.update(fr=typography, exact=exact_day, listed=listed, mailto=mailto)
    made.globals.update(asset=asset, phone=phone, sheet_path=sheet_path, members_path=members_path)
    return made


def now() -> datetime:
    """The moment, in the time of the field."""
    return datetime.now(PARIS)


def page(
    request: Request,
    template: str,
    context: Mapping[str, Any],
    *,
    status: int = 200,
    at: datetime | None = None,
    kept: bool = True,
) -> HTMLResponse:
    """A whole page. `template` is a path under web/, `at` the moment that it speaks of (now when absent). No browser keeps one
    that is not to be `kept`.
    """
    at = at or now()
    settings = request.app.state.settings
    around = {
        "path": request.url.path,
        "now_words": today_words(at),
        # On paper the year counts.
        "printed_words": f"{exact_day(at.date())} à {clock(at.time())}",
        "address": str(request.url),
        "numbers": emergency_numbers(),
        "gallery_open": settings.demo,
        "viewer": viewer_of(request),
        "head": head(request, settings),
    }
    html = environment().get_template(template).render({**around, **context})
    return HTMLResponse(
        html, status_code=status, headers={"Cache-Control": KEPT if kept else NOT_KEPT, "Vary": "Accept"}
    )
