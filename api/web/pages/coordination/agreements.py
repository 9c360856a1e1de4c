"""What an agreement changed, with its ranges, and what a copy of it would be elsewhere: always named a simulation."""

from __future__ import annotations

from typing import Any, Final
from urllib.parse import quote

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse

from api.actions.figures.agreements import Seen, Simulated, agreement_seen, agreements, simulated
from api.auth.viewer import must_sign_in
from api.rooms import Rooms
from api.web.acting import rooms_of
from api.web.render import now, page, sheet_path
from api.words.dates import exact_day
from graph.model.casework.clocks import PARIS
from graph.model.directory import Agreement
from graph.model.figures.copying_words import basis_words, copy_sentence, supposition
from graph.model.figures.impact import Arm
from graph.model.figures.impact_words import CAUTIONS, effect_words, method, ranged, sentence
from graph.model.territory import COUNTRY, TerritoryLevel
from graph.model.vocabulary import competence

PATH: Final = "/coordination/conventions"
KINDS: Final = {"convention": "Convention", "mandat_de_gestion": "Mandat de gestion"}

router = APIRouter(include_in_schema=False)


@router.get(PATH)
async def every(request: Request) -> HTMLResponse:
    """Agreements that hold or held. Raises NotSignedIn, NotAllowed."""
    found, bodies = await agreements(rooms_of(request), must_sign_in(request))
    names = {id_: body.name for id_, body in bodies.items()}
    lines = [
        {
            "path": f"{PATH}/{quote(one.id, safe=':')}",
            "label": one.label,
            "kind": KINDS[one.kind.value],
            "parties": _parties(one, names),
            "held": _held(one),
        }
        for one in found
    ]
    return page(request, "pages/coordination/agreements.html", {"lines": lines}, kept=False)


@router.get(PATH + "/{id_:path}")
async def one(request: Request, id_: str, departement: str = "") -> HTMLResponse:
    """One agreement: its effect, and its copy to a département. Raises NotSignedIn, NotAllowed, NotFound, InvalidInput."""
    rooms, viewer, at = rooms_of(request), must_sign_in(request), now()
    seen = await agreement_seen(rooms, viewer, id_, at)
    copy = await simulated(rooms, viewer, seen, departement[:40]) if departement else None
    agreement, unit = seen.agreement, seen.agreement.unit
    context = {
        "agreement": agreement,
        "path": f"{PATH}/{quote(agreement.id, safe=':')}",
        "kind": KINDS[agreement.kind.value],
        "parties": _parties(agreement, {key: body.name for key, body in seen.bodies.items()}),
        "held": _held(agreement),
        "competences": [competence(one).label for one in agreement.competences],
        "sentence": sentence(seen.effect) if seen.effect else seen.why,
        "effects": [effect_words(effect, unit) for effect in seen.effect.effects] if seen.effect else [],
        "arms": [_months(arm) for arm in (seen.before, seen.after) if arm],
        "files": seen.effect.files if seen.effect else (),
        "under": seen.effect.under if seen.effect else 0,
        "cautions": [CAUTIONS[caution] for caution in seen.effect.cautions] if seen.effect else [],
        "method": method(),
        "departements": _departements(rooms),
        "departement": departement,
        "copy": _copy(copy, seen) if copy else None,
    }
    return page(request, "pages/coordination/agreement.html", context, at=at, kept=False)


def _parties(agreement: Agreement, names: dict[str, str]) -> str:
    givers = ", ".join(names.get(id_, id_) for id_ in agreement.granted_by)
    return f"{names.get(agreement.given_to, agreement.given_to)} agit pour le compte de {givers}"


def _held(agreement: Agreement) -> str:
    until = f" jusqu’au {exact_day(agreement.until)}" if agreement.until else ""
    return f"depuis le {exact_day(agreement.since)}{until}"


def _months(arm: Arm) -> str:
    return f"du {exact_day(arm.begin.astimezone(PARIS).date())} au {exact_day(arm.end.astimezone(PARIS).date())} exclu"


def _departements(rooms: Rooms) -> list[tuple[str, str]]:
    found = [one for one in rooms.places.within(COUNTRY) if one.level is TerritoryLevel.DEPARTEMENT]
    return [(one.id, one.name) for one in sorted(found, key=lambda one: one.name)]


def _copy(found: Simulated, seen: Seen) -> dict[str, Any]:
    return {
        "sentence": copy_sentence(found.copy, found.territory, seen.agreement.unit),
        "operators": [(sheet_path("organisme", one.id), one.name) for one in found.operators],
        "estimates": [(basis_words(one), ranged(one.volume)) for one in found.copy.estimates],
        "price": ranged(found.copy.price, "€"),
        "supposition": supposition(found.copy),
    }
