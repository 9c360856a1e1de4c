"""The table of a reorganisation's page that tells what stands open where files go by commune."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from api.actions.reorganised_places import PlaceStock
from api.web.pictures.table import number_words
from api.web.reorganised_view import HIDDEN, Named
from graph.model.figures.periods import Quarter

NAMED_PLACES: Final = 5


def stock_rows(stocks: Iterable[PlaceStock], named: Named) -> list[dict[str, str]]:
    """A line for each pair of bodies: from whom, to whom, where, how many in the network, how many of one's own."""
    return [
        {
            "source": named.body(one.goes.source),
            "to": named.body(one.goes.to),
            "places": _places(one),
            "network": HIDDEN if one.network is None else number_words(one.network),
            "own": "" if one.own is None else number_words(one.own),
        }
        for one in stocks
    ]


def stock_note(quarter: Quarter | None) -> str:
    """What the numbers are, and why no others are told."""
    if quarter is None:
        return "Aucun trimestre n’est encore publié : les nombres viendront avec le premier."
    return (
        f"Dossiers ouverts dans ces territoires à la fin du {quarter.words}, tous organismes ensemble, tels qu’ils sont publiés : "
        "choisir d’autres communes ne fait rien apprendre de plus. « Au moins » : une partie est masquée. Le nombre exact de ses "
        "propres dossiers se lit par qui dirige le service."
    )


def _places(one: PlaceStock) -> str:
    names = [place.name for place in one.places]
    more = len(names) - NAMED_PLACES
    return ", ".join(names[:NAMED_PLACES]) + (f" et {more} autre{'s' if more > 1 else ''}" if more > 0 else "")
