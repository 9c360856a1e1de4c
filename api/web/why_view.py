"""Why a relay stands where it does: every reason with its weight, in words and in points, and what would change the order."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil
from typing import Final

from graph.model.order import REPEATED
from graph.model.relay import Relay

# From so many points on, a reason is said to weigh so much; the table of weights is in graph/model/weights.py.
IN_FAVOUR: Final = ((40.0, "décisif"), (10.0, "compte beaucoup"), (3.0, "compte"), (0.05, "compte un peu"))
AGAINST: Final = ((10.0, "fait beaucoup reculer"), (3.0, "fait reculer"), (0.05, "fait un peu reculer"))
NOTHING: Final = "dit pour information"
# How far behind the next one is: what could then bring it in front.
WOULD_CHANGE: Final = (
    (6.0, "un détail les échangerait : une ouverture, la distance, une vérification plus récente"),
    (40.0, "« C’est urgent », un public, un autre lieu ou une place qui se libère peuvent les échanger"),
)
ONLY_ANOTHER: Final = "seul un autre problème, ou le nom d’un organisme, changerait cet ordre"
NEAR: Final = "Intervient au plus près du lieu demandé"
ECHO: Final = "Le même organisme répond déjà plus haut : d’autres portes passent devant"


@dataclass(frozen=True, slots=True)
class Weighed:
    """A reason, how much it weighs in words, and its points: "+80"."""

    text: str
    weighs: str
    points: str


@dataclass(frozen=True, slots=True)
class Why:
    """Every reason, most weighty first, with what they come to and what parts this relay from the next."""

    reasons: tuple[Weighed, ...]
    total: str
    margin: str


def why(relay: Relay, behind: Relay | None) -> Why:
    """`behind` is the next relay of the answer, or None when it is not known."""
    counted = [*((reason.text, reason.weight) for reason in relay.reasons), *_unsaid(relay)]
    return Why(
        reasons=tuple(Weighed(text, weight_words(weight), points(weight)) for text, weight in counted),
        total=points(relay.score).removeprefix("+"),
        margin=_margin(relay.score - behind.score) if behind else "",
    )


def weight_words(weight: float) -> str:
    """How much a reason weighs: "compte beaucoup"."""
    table = IN_FAVOUR if weight > 0 else AGAINST
    return next((words for least, words in table if abs(weight) >= least), NOTHING)


def points(weight: float) -> str:
    """ "+80", "−0,8", "0"."""
    said = f"{weight:+.1f}".replace(".", ",").replace("-", "−").removesuffix(",0")
    return said if said not in ("+0", "−0") else "0"


def _unsaid(relay: Relay) -> list[tuple[str, float]]:
    """What the score holds beyond the reasons: how near its territory is, and that its body answers several times."""
    rest = round(relay.score - sum(reason.weight for reason in relay.reasons), 3)
    echoes = max(ceil(rest / REPEATED), 0)
    near = round(rest - echoes * REPEATED, 3)
    return [said for said in ((NEAR, near), (ECHO, echoes * REPEATED)) if said[1]]


def _margin(gap: float) -> str:
    """What parts it from the next one. What rounds to no point at all is none: the name then decides."""
    if gap < 0.05:
        return "À égalité avec le suivant : l’ordre alphabétique décide."
    change = next((words for most, words in WOULD_CHANGE if gap < most), ONLY_ANOTHER)
    number = points(gap).removeprefix("+")
    return f"{number} point{'s' if gap >= 2 else ''} devant le suivant : {change}."
