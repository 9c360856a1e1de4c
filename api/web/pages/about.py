"""Pages that hold still: help, accessibility, and the gallery of components."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse

from api.web.chosen import MAY_COMPARE, MAY_KEEP
from api.web.gallery import gallery
from api.web.kept import KeptRoute
from api.web.listing_view import freshness
from api.web.question import Asked
from api.web.render import now, page
from graph.model.errors import NotFound
from graph.model.weights import FRESH_FOR, STALE_AFTER

# A plain word, an acronym, a sentence.
QUESTIONS: Final = (
    ("impayés de loyer", "Besançon"),
    ("RSA", "Nanterre"),
    ("hôtel pour une famille", "Paris"),
)

SELECTION: Final = {"may_compare": MAY_COMPARE, "may_keep": MAY_KEEP}

router = APIRouter(include_in_schema=False, route_class=KeptRoute)


@router.get("/aide")
async def help_page(request: Request) -> HTMLResponse:
    """How to read an answer, the keys, the numbers."""
    today = now().date()
    examples = (
        (
            freshness(today - timedelta(days=21), today),
            "quelqu’un a confirmé ces informations il y a moins de six mois",
        ),
        (freshness(today - FRESH_FOR * 2, today), "plus de six mois ont passé, vérifiez par téléphone"),
        (freshness(today - STALE_AFTER * 2, today), "plus de deux ans ont passé, l’information peut être fausse"),
    )
    questions = tuple((f"{text} à {place}", Asked(text=text, place=place).address()) for text, place in QUESTIONS)
    return page(request, "pages/help.html", {"examples": examples, "questions": questions} | SELECTION)


@router.get("/accessibilite")
async def accessibility(request: Request) -> HTMLResponse:
    """What is done, what is not."""
    return page(request, "pages/accessibility.html", {})


@router.get("/galerie")
async def gallery_page(request: Request) -> HTMLResponse:
    """Each component in each state. Raises NotFound outside the demonstration."""
    if not request.app.state.settings.demo:
        raise NotFound("Cette page n’existe pas.")
    return page(request, "pages/gallery.html", gallery(now()))
