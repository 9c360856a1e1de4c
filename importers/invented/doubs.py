"""The network of the demonstration: the bodies of its directory that act in the Doubs, with invented staff in a few of them."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import cache
from typing import Final

from graph.model.casework.leaving import Leave
from graph.model.directory import Batch
from importers.invented.network import Body, Desert, Network, Planted, Worker
from importers.sources.demonstration.get import read
from importers.sources.demonstration.transform import transform
from importers.sources.territory.get import read as read_map

PLACE: Final = "departement:25"
BESANCON: Final = "25056"
CENTRE: Final = "demo:cms-planoise"
DESK: Final = "demo:ccas-besancon--guichet"
HOUSING: Final = frozenset(
    {
        "logement-hebergement--rechercher-une-solution-dhebergement-temporaire",
        "logement-hebergement--louer-un-logement",
        "parcours--sortie-de-prison",
    }
)
# Handled at Besançon alone, in the directory itself.
ONLINE: Final = "numerique--acceder-a-des-services-en-ligne"
ALONE: Final = "grand-age--isolement-et-visites"
PLACES: Final = ("planoise", "centre", "palente", "saint-vit", "ornans", "baume", "montbeliard", "audincourt")
DOORS: Final = (
    *(f"demo:cms-{place}" for place in PLACES),
    "demo:ccas-besancon--guichet",
    "demo:ccas-pontarlier",
    "demo:ccas-montbeliard",
)
NAMES: Final = (
    "Élodie Pernot",
    "Mathieu Sarrazin",
    "Nora Belkacem",
    "Antoine Vernerey",
    "Sabine Lhomme",
    "Julien Courtois",
)

# The accounts of the demonstration that have files, as demonstration.csv of api/auth has them.
CHLOE: Final = Worker(account="demo:travailleuse.sociale", name="Chloé Hardy", function="assistante sociale")
SYLVIE: Final = Worker(
    account="demo:responsable.cms", name="Sylvie Jacquet", function="responsable de centre", head=True
)

GUICHET: Final = Worker(account="demo:accueil.guichet", name="Josiane Petetin", function="conseillère d’accueil")
REFERENT: Final = Worker(
    account="demo:referente.ccas", name="Nadège Faivre", function="conseillère en économie sociale et familiale"
)


@cache
def directory() -> Batch:
    """What is shipped of it."""
    batch, _ = transform(read())
    return batch


@cache
def communes() -> dict[str, tuple[int, frozenset[str]]]:
    """The communes of the Doubs: inhabitants, and the zones that contain each."""
    return {
        row["code"]: (int(row["population"]), frozenset({row["code"], f"epci:{row['epci']}", PLACE}))
        for row in read_map().communes.rows
        if row["departement"] == PLACE.partition(":")[2]
    }


def doubs(end: datetime) -> Network:
    """The network as it is at `end`: somebody left the year before, somebody is on leave these days."""
    handles: dict[str, set[str]] = {}
    for service in directory().services:
        handles.setdefault(service.organisation, set()).update(service.competences)
    staff = _staff(end)
    bodies = {}
    for one in directory().organisations:
        where = frozenset(code for code, (_, zones) in communes().items() if zones & set(one.covers))
        if where and handles.get(one.id):
            known = frozenset(handles[one.id])
            bodies[one.id] = Body(id=one.id, handles=known, communes=where, staff=staff.get(one.id, ()))
    elsewhere = frozenset(communes()) - {BESANCON}
    planted = Planted(
        bottleneck="demo:siao-doubs",
        gated=HOUSING,
        silent=("demo:udaf-doubs--pcb", "demo:mobilite-doubs"),
        saturated="demo:csapa-besancon",
        mismatched="demo:savs-doubs",
        transitional=DESK,
        deserts=(Desert(competence=ONLINE, communes=elsewhere), Desert(competence=ALONE, communes=elsewhere)),
    )
    today = end.date()
    return Network(
        bodies=bodies,
        doors=DOORS,
        communes={code: people for code, (people, _) in communes().items()},
        planted=planted,
        leaves=(
            Leave(
                account=staff[CENTRE][2].account,
                organisation=CENTRE,
                since=today - timedelta(days=4),
                until=today + timedelta(days=10),
                substitute=CHLOE.account,
            ),
        ),
    )


def _staff(end: datetime) -> dict[str, tuple[Worker, ...]]:
    """Who works where: the accounts of the demonstration, and colleagues to whom nobody signs in."""
    names = iter(NAMES)
    left = end - timedelta(days=200)
    return {
        CENTRE: (
            CHLOE,
            SYLVIE,
            *(_invented(CENTRE, next(names)) for _ in range(2)),
            _invented(CENTRE, next(names), left),
        ),
        DESK: (GUICHET, _invented(DESK, next(names))),
        "demo:ccas-besancon": (REFERENT,),
        "demo:siao-doubs": (_invented("demo:siao-doubs", next(names)),),
    }


def _invented(organisation: str, name: str, leaves: datetime | None = None) -> Worker:
    first, _, family = name.lower().partition(" ")
    return Worker(account=f"invented:{first}.{family}", name=name, leaves=leaves)
