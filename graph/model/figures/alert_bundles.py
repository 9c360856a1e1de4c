"""Alerts of one cause are told as one: a theme that many places lose at once, many themes that one place loses at once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from graph.model.figures.alerts import Alert, AlertKind, Standing, in_order, place

# From so many on a list of them is read less than a sentence about them.
MANY: Final = 4
# Those of a theme in a territory.
BUNDLED: Final = frozenset(
    {AlertKind.ZONE_LOST_LAST_RELAY, AlertKind.NEEDS_UNANSWERED, AlertKind.SEARCHES_EMPTY},
)


class Common(StrEnum):
    """What alerts that are told together have in common."""

    THEME = "theme"
    TERRITORY = "territory"


@dataclass(frozen=True, slots=True)
class Bundle:
    """Alerts of one kind that are told together, the largest first; one that is told alone has nothing in `common`."""

    standing: tuple[Standing, ...]
    common: Common | None = None

    @property
    def first(self) -> Alert:
        """The largest."""
        return self.standing[0].alert

    @property
    def figure(self) -> int:
        """Of all of them; of many themes in one place that of the largest, for it may count the same people."""
        if self.common is Common.TERRITORY:
            return self.first.figure
        return sum(one.alert.figure for one in self.standing)


def bundled(standing: Iterable[Standing]) -> list[Bundle]:
    """Each alert once, in the order of the page by the largest of each bundle."""
    found: list[Bundle] = []
    left = list(standing)
    for common, key in ((Common.THEME, _theme), (Common.TERRITORY, _territory)):
        alike: defaultdict[tuple[str, ...], list[Standing]] = defaultdict(list)
        for one in left:
            alike[key(one.alert)].append(one)
        left = []
        for some in alike.values():
            if len(some) >= MANY and some[0].alert.kind in BUNDLED:
                found.append(Bundle(tuple(in_order(some)), common))
            else:
                left += some
    found += [Bundle((one,)) for one in left]
    return sorted(found, key=_order)


def _theme(alert: Alert) -> tuple[str, ...]:
    # Without a theme there is none in common.
    return alert.kind, alert.competence or alert.id, *_event(alert)


def _territory(alert: Alert) -> tuple[str, ...]:
    return alert.kind, alert.territory, *_event(alert)


def _event(alert: Alert) -> tuple[str, ...]:
    """What is lost on one day is lost together; what is counted over a month has no day."""
    return (alert.since.isoformat(),) if alert.kind is AlertKind.ZONE_LOST_LAST_RELAY else ()


def _order(bundle: Bundle) -> tuple[object, ...]:
    urgency, kind, _, since, id_ = place(bundle.standing[0])
    return urgency, kind, -bundle.figure, since, id_
