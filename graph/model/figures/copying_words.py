"""A simulated copy of an agreement in words: on what it stands, and what it supposes."""

from __future__ import annotations

from typing import Final

from graph.model.figures.copying import Basis, Copy, Estimate
from graph.model.figures.impact_words import amount, ranged
from graph.model.figures.of_deliveries import without_the_day
from graph.model.territory import Territory

BASES: Final = {
    Basis.POPULATION: "À population égale : {here} habitants ici, {there} là-bas",
    Basis.NEEDS: "À besoins égaux : {here} besoins publiés ici sur un an, {there} là-bas",
}
# Whether the volume was measured here, and whether the price was; else they are as they were agreed.
SUPPOSED: Final = {
    (True, True): "tels qu’ils ont été mesurés",
    (True, False): "les besoins tels qu’ils ont été mesurés, les prix tels que la convention les a prévus",
    (False, True): "les besoins tels que la convention les a prévus, les prix tels qu’ils ont été mesurés",
    (False, False): "tels que la convention les a prévus",
}


def basis_words(one: Estimate) -> str:
    """On what an estimate stands, with the two numbers that it is scaled by."""
    return BASES[one.basis].format(here=amount(one.here), there=amount(one.there))


def copy_sentence(copy: Copy, where: Territory, unit: str) -> str:
    """What the copy would be, in a sentence; `unit` is what the agreement counts, be it by the day, "" where it does not say."""
    if copy.volume.point is None:
        return f"Rien ne permet d’estimer le volume {where.where()}."
    what = without_the_day(unit) or "unité"
    volume = ranged(copy.volume, f"{what} par mois")
    cost = "" if copy.cost.point is None else f", soit {ranged(copy.cost, '€ par mois')}"
    return f"La même convention {where.where()} : {volume}{cost}."


def supposition(copy: Copy) -> str:
    """What it takes for true, and that nothing comes of it."""
    priced = copy.price.point is not None
    what = "les besoins et les prix" if priced else "les besoins"
    told = SUPPOSED[copy.volume_measured, copy.price_measured if priced else copy.volume_measured]
    return (
        f"Simulation : elle suppose que {what} y sont ceux d’ici, {told}. Rien n’est enregistré ni proposé à personne."
    )
