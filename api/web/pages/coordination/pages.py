"""The doors of coordination: each page, its pictures and its tables as files."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse, Response

from api.actions.figures import alerts
from api.actions.figures.reading import may_read_figures
from api.demonstrating import to_come
from api.web.downloads import attachment
from api.web.pages.coordination.answer import Answer, Builder
from api.web.pages.coordination.asked import SERVICE, Wish, wish_of
from api.web.pages.coordination.chains import paths
from api.web.pages.coordination.coverage import covered
from api.web.pages.coordination.delays import waiting
from api.web.pages.coordination.load import load
from api.web.pages.coordination.network import network
from api.web.pages.coordination.parcours import parcours
from api.web.pictures.table import Drawn
from api.web.render import page
from graph.model.access import Operation, may
from graph.model.directory import Public
from graph.model.errors import NotFound
from graph.model.figures.registry import Definition, definitions
from graph.model.vocabulary import categories, competences, label
from importers.sheets.csv_file import CSV_TYPE

PATH: Final = "/coordination"
NOT_YET: Final = (
    "Aucun trimestre n’est encore publié : les chiffres d’un trimestre paraissent une fois, après sa fin, et ne "
    "changent plus."
)
STILL_LIVING: Final = (
    "La démonstration écrit encore ses dossiers inventés : les chiffres paraissent quand tous sont là, dans une minute "
    "ou deux."
)
LIGHT: Final = "clair"
# A picture opened by itself brings its own styles, and nothing else.
OF_A_PICTURE: Final = "default-src 'none'; style-src 'unsafe-inline'"

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True, slots=True)
class Page:
    """A question, and what answers it. `about` says what is counted; `now` that it is of this moment, and needs no quarter."""

    slug: str
    name: str
    question: str
    about: str
    build: Builder
    figures: tuple[str, ...] = ()
    now: bool = False

    @property
    def definitions(self) -> tuple[Definition, ...]:
        """Of the figures that it shows."""
        return tuple(definitions()[id_] for id_ in self.figures)


PAGES: Final = {
    one.slug: one
    for one in (
        Page(
            "parcours", "Parcours", "Qui passe le relais à qui, et qu’en advient-il ?",
            "Une demande est un relais passé d’un organisme à un autre pour un ou plusieurs besoins d’un dossier. "
            "La largeur d’une bande est leur nombre.", parcours, ("flows", "acceptance"),
        ),
        Page(
            "reseau", "Réseau", "Où les personnes restent-elles bloquées ?",
            "Un cercle est un organisme, d’autant plus grand qu’il reçoit de demandes ; un trait, ce que l’un passe à l’autre.",
            network, ("dead_ends", "bottlenecks", "cuts"),
        ),
        Page(
            "delais", "Délais", "Combien de temps attend-on ?",
            "Des jours entiers, de la demande de la personne au premier contact avec qui peut l’aider.", waiting,
            ("first_contact", "answer_times"),
        ),
        Page(
            "charge", "Charge", "Quand la charge est-elle la plus forte ?", "Le nombre de demandes reçues, mois par mois.",
            load, ("calendar",),
        ),
        Page(
            "couverture", "Couverture", "Où personne ne répond-il ?",
            "Les communes qu’aucun relais publié ne couvre pour un thème, et les habitants qui y vivent (Insee).",
            covered, ("uncovered",), now=True,
        ),
        Page(
            "enchainements", "Enchaînements", "Par quels chemins passent les besoins ?",
            "La suite des organismes à qui un besoin a été adressé.", paths,
            ("chains", "bounces"),
        ),
    )
}  # fmt: skip


@router.get(PATH)
async def overview(request: Request) -> HTMLResponse:
    """The questions, each with the sentence that answers it. Raises NotSignedIn, NotAllowed, InvalidInput."""
    rooms, viewer, wish = await wish_of(request)
    answers = []
    for one in PAGES.values():
        told = one.now or wish.period is not None
        answers.append((one, (await one.build(rooms, viewer, wish)).sentence if told else ""))
    context = _around(wish) | {
        "answers": answers,
        "not_yet": await _not_yet(rooms),
        "alerts": len((await alerts.told(rooms, viewer)).standing) if may_read_figures(viewer) else None,
        "may_plan": may(viewer, Operation.PLAN_REORGANISATIONS),
    }
    return page(request, "pages/coordination/overview.html", context, kept=not wish.exact)


@router.get(PATH + "/{slug}.csv")
async def table(request: Request, slug: str) -> Response:
    """A table of a page; `image` says which. Raises NotSignedIn, NotAllowed, NotFound, InvalidInput."""
    drawn, wish = await _drawn(request, slug)
    return attachment(drawn.table.csv(), CSV_TYPE, f"{_name(drawn, wish)}.csv")


@router.get(PATH + "/{slug}.svg")
async def picture(request: Request, slug: str) -> Response:
    """A picture of a page, by itself. Raises NotSignedIn, NotAllowed, NotFound, InvalidInput."""
    drawn, wish = await _drawn(request, slug)
    light = request.query_params.get("teinte") == LIGHT
    alone, headers = drawn.canvas.alone(light=light), {"Content-Security-Policy": OF_A_PICTURE}
    return attachment(alone, "image/svg+xml", f"{_name(drawn, wish)}.svg", headers)


@router.get(PATH + "/{slug}")
async def question(request: Request, slug: str) -> HTMLResponse:
    """A page. Raises NotSignedIn, NotAllowed, NotFound, InvalidInput."""
    it = _page(slug)
    rooms, viewer, wish = await wish_of(request)
    answer = await _answer(it, rooms, viewer, wish)
    context = _around(wish) | {"it": it, "answer": answer, "themes": _themes(), "publics": _publics()}
    return page(request, "pages/coordination/question.html", context, kept=not wish.exact)


async def _answer(it: Page, rooms: Any, viewer: Any, wish: Wish) -> Answer:
    return await it.build(rooms, viewer, wish) if it.now or wish.period else Answer(await _not_yet(rooms))


async def _not_yet(rooms: Any) -> str:
    return STILL_LIVING if rooms.settings.demo and await to_come(rooms.graph) else NOT_YET


def _page(slug: str) -> Page:
    if slug not in PAGES:
        raise NotFound("Cette page de coordination n’existe pas.")
    return PAGES[slug]


async def _drawn(request: Request, slug: str) -> tuple[Drawn, Wish]:
    it = _page(slug)
    rooms, viewer, wish = await wish_of(request)
    found = (await _answer(it, rooms, viewer, wish)).drawn
    asked = request.query_params.get("image", "")
    drawn = next((one for one in found if asked in {"", one.name}), None)
    if drawn is None:
        raise NotFound("Il n’y a pas d’image ici : rien n’est publié de ce qui est demandé.")
    return drawn, wish


def _name(drawn: Drawn, wish: Wish) -> str:
    parts = [drawn.name, str(wish.period.first) if wish.period else "", str(wish.period.last) if wish.period else ""]
    return "-".join(dict.fromkeys(part for part in parts if part)).lower()


def _around(wish: Wish) -> dict[str, Any]:
    return {
        "wish": wish,
        "pages": tuple(PAGES.values()),
        "categories": tuple(sorted(categories().items(), key=lambda one: one[1])),
        "own_view": wish.query(vue=SERVICE, territoire="", du="", au=""),
        "network_view": wish.query(vue="", du="", au=""),
    }


def _themes() -> tuple[tuple[str, tuple[tuple[str, str], ...]], ...]:
    """Competences by category, for a list to choose from."""
    return tuple(
        (name, tuple((id_, one.label) for id_, one in competences().items() if one.category == category))
        for category, name in sorted(categories().items(), key=lambda one: one[1])
    )


def _publics() -> tuple[tuple[str, str], ...]:
    return tuple((public.value, label("public", public.value)) for public in Public)
