"""The effect of an agreement in words: ranges, never one number; what may mislead."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from graph.model.figures.impact import ENOUGH, RESAMPLES, Caution, Effect, Gauge, Impact
from graph.model.figures.ranges import Range

TOO_FEW: Final = "trop peu pour conclure"
NAMES: Final = {
    Gauge.VOLUME: ("Besoins", "par mois"),
    Gauge.GIVEN: ("Quantité donnée", "par mois"),
    Gauge.DELAY: ("Délai jusqu’à l’aide", "jours"),
    Gauge.UNIT_COST: ("Coût de l’unité", "€"),
    Gauge.MINUTES: ("Temps des professionnels", "minutes par dossier"),
}
DEFINITIONS: Final = {
    Gauge.VOLUME: "Besoins notés dans les dossiers du service, pour ce que couvre la convention, divisés par le nombre de mois.",
    Gauge.GIVEN: "Quantité donnée dans l’unité de la convention, sous elle ou non, divisée par le nombre de mois.",
    Gauge.DELAY: (
        "Du jour où le besoin est noté au premier contact confirmé ou à la première prestation. Médiane de Kaplan-Meier : "
        "qui attend encore compte."
    ),
    Gauge.UNIT_COST: "Somme payée divisée par la quantité, là où un prix est noté.",
    Gauge.MINUTES: "Minutes notées par les professionnels de l’organisme pour le compte duquel on agit, par dossier.",
}
CAUTIONS: Final = {
    Caution.TOO_FEW: f"Moins de {ENOUGH} dossiers d’un côté : trop peu pour conclure.",
    Caution.SEASON: "Les deux périodes ne couvrent pas les mêmes mois de l’année : la saison peut faire la différence.",
    Caution.LENGTH: "Les deux périodes n’ont pas la même longueur.",
    Caution.MIX_OF_PLACES: "Les communes des personnes ne sont pas les mêmes avant et après.",
    Caution.MIX_OF_URGENCY: "La part des besoins urgents n’est pas la même avant et après.",
    Caution.NO_PRICE: "Des prestations n’ont pas de prix noté : elles ne comptent pas dans le coût.",
    Caution.NO_MINUTES: "Des prestations n’ont pas de temps noté : elles comptent pour zéro minute.",
    Caution.ALREADY_MOVING: "Le nombre de besoins changeait déjà avant la convention.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class EffectView:
    """A line of the table."""

    name: str
    unit: str
    before: str
    after: str
    difference: str
    says: str
    definition: str


def effect_words(effect: Effect, unit: str) -> EffectView:
    """One measure."""
    name, of = NAMES[effect.gauge]
    if effect.gauge is Gauge.GIVEN and unit:
        name = f"Quantité donnée ({unit})"
    return EffectView(
        name=name,
        unit=of,
        before=ranged(effect.before),
        after=ranged(effect.after),
        difference=ranged(effect.difference, sign=True),
        says=_says(effect),
        definition=DEFINITIONS[effect.gauge],
    )


def _says(effect: Effect) -> str:
    if effect.difference.low is None:
        return TOO_FEW
    if not effect.settled:
        return "pas de différence sûre"
    return "plus qu’avant" if (effect.difference.point or 0) > 0 else "moins qu’avant"


def sentence(found: Impact) -> str:
    """What may be said of it, in a sentence."""
    if not found.enough:
        return f"Trop peu pour conclure : {found.files[0]} dossiers avant, {found.files[1]} depuis."
    cost = next(effect for effect in found.effects if effect.gauge is Gauge.UNIT_COST)
    first, low, high = cost.before.point, cost.difference.low, cost.difference.high
    if first and low is not None and high is not None and cost.settled:
        ends = sorted((abs(100 * low / first), abs(100 * high / first)))
        way = "moins" if high < 0 else "plus"
        return f"Une unité coûte entre {ends[0]:.0f} et {ends[1]:.0f} % de {way} qu’avant la convention."
    sure = [effect for effect in found.effects if effect.settled]
    if not sure:
        return "Aucune différence sûre entre avant et après."
    words = ", ".join(f"{NAMES[effect.gauge][0].lower()} : {_says(effect)}" for effect in sure)
    return f"{words[0].upper()}{words[1:]}."


def method() -> str:
    """How ranges are made."""
    return (
        "Chaque fourchette contient la vraie valeur 95 fois sur 100. Besoins par mois : formule de Byar pour un décompte. "
        f"Les autres : bootstrap, dossiers tirés au sort jusqu’à {RESAMPLES} fois, toujours les mêmes tirages. La période "
        "d’avant compte les mêmes mois, un an plus tôt. Rien de tout cela ne prouve que la convention en est la cause."
    )


def ranged(one: Range, unit: str = "", *, sign: bool = False) -> str:
    """ "entre 66 et 71 €"; the point alone where no range is known."""
    after = f" {unit}" if unit else ""
    if one.point is None:
        return "non connu"
    if one.low is None or one.high is None:
        return f"{amount(one.point, sign=sign)}{after}"
    return (
        f"{amount(one.point, sign=sign)}{after} (entre {amount(one.low, sign=sign)} et {amount(one.high, sign=sign)})"
    )


def amount(number: float, *, sign: bool = False) -> str:
    """A number with as many digits as are worth reading."""
    size = abs(number)
    told = f"{size:,.0f}" if size >= 100 or size == round(size) else f"{size:.1f}"
    told = told.replace(",", "\u202f").replace(".", ",")
    if number < 0 and told.strip("0,"):
        return f"−{told}"
    return f"+{told}" if sign and told.strip("0,") else told
