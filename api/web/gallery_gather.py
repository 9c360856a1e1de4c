"""What the gallery shows of comparing, keeping and browsing: the same invented relays, in the states that matter."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Final

from api.actions.kept import Judged
from api.web.compare_view import comparison
from api.web.network_view import network
from api.web.selection_view import asked_for, selection
from api.web.territory_view import Child
from graph.model.directory import Body, Link, LinkKind, OrganisationSheet, Step, SuccessionKind
from graph.model.relay import Question, Relay

CROWD: Final = 60


def gathered(relays: Sequence[Relay], sheet: OrganisationSheet, question: Question) -> dict[str, object]:
    """Two relays of the answer and one that is not in it; a short list; neighbours of every kind, a crowd, a history."""
    first, second, third = relays[:3]
    chosen = [Judged(first.listing, 1, first), Judged(second.listing, 2, second), Judged(third.listing)]
    kept = selection([first.listing, third.listing], question.at)
    today = question.at.date()
    return {
        "comparison": comparison(chosen, question),
        "comparison_without": ("#g-comparer",) * len(chosen),
        "kept": tuple((one, asked_for(one.desk)) for one in kept.relays),
        "kept_text": kept.text,
        "crowd": network(_crowd(sheet, question.at), today),
        "crumbs": (("France", "#g-parcourir"), ("Région d’exemple", "#g-parcourir"), ("Doubs", "#g-parcourir")),
        "children": (Child("Commune d’exemple", "#g-parcourir", 1007), Child("Autre commune", "#g-parcourir", 0)),
    }


def _crowd(sheet: OrganisationSheet, at: datetime) -> OrganisationSheet:
    units = tuple(
        Link(
            kind=LinkKind.UNIT,
            id=f"gallery:unit-{number}",
            name=f"Unité d’exemple {number}",
            organisation_kind="CCAS",
            closed_on=date(2024, 1, 1) if number == 2 else None,
        )
        for number in range(1, CROWD + 1)
    )
    own, day = Body(sheet.organisation.id, sheet.organisation.name), date(2019, 7, 1)

    def step(before: str, after: Body, kind: SuccessionKind, scope: str = "") -> Step:
        return Step(before=Body(f"gallery:{before}", before, day), after=after, on=day, kind=kind, scope=scope)

    heir = Body("gallery:voisin", "Service voisin d’exemple")
    renamed = Step(
        before=own,
        after=Body("gallery:demain", "Pôle d’exemple"),
        on=date(at.year + 1, 1, 1),
        kind=SuccessionKind.RENAMED,
    )
    history = (
        step("Espace d’exemple nord", own, SuccessionKind.SPLIT, "Rive droite"),
        step("Espace d’exemple nord", heir, SuccessionKind.SPLIT, "Rive gauche"),
        step("Espace d’exemple sud", own, SuccessionKind.MERGED),
        step("Espace d’exemple est", own, SuccessionKind.MERGED),
        renamed,
    )
    return replace(sheet, links=units, history=history)
