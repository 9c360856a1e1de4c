"""`maillage doctor`: graph and index compared, what the search engine did not carry out, and, when asked, the repair; files of
people replayed, which nothing repairs.
"""

from __future__ import annotations

import asyncio
import time
from typing import Final

from api.checkup_files import check_casework
from api.premises import Premises, premises
from api.settings import Settings
from api.telling import console
from api.upkeep import drain
from graph.store.outbox import INDEX_KINDS
from search.repair import Health, Mended, examine, mend

# How long a repair is waited for: a rebuild by the worker of another process included.
REPAIR_SECONDS: Final = 120
MOST_SHOWN: Final = 50


async def check(settings: Settings, *, repair: bool = False) -> int:
    """Say what differs, and with `repair` mend it and say what is left. The number of faults found, or left."""
    async with premises(settings) as house:
        health = await examine(house.graph, house.search)
        _tell(health)
        flaws = await check_casework(house.graph, settings)
        if not repair or not health.faults:
            if health.faults:
                console.print("« maillage doctor --repair » répare ; « maillage reindex » reconstruit l’index entier.")
            return health.faults + flaws
        _tell_mended(await mend(house.graph, house.search, health))
        await _until_carried_out(house, settings)
        left = await examine(house.graph, house.search)
    console.print("Après réparation :")
    _tell(left)
    return left.faults + flaws


async def _until_carried_out(house: Premises, settings: Settings) -> None:
    if house.owner or house.search.shared:
        # When it is another's turn to write, this does nothing, and the other does it.
        await drain(house, settings)
    end = time.monotonic() + REPAIR_SECONDS
    while time.monotonic() < end:
        async with house.graph.reading() as unit:
            if not await unit.outbox.pending(INDEX_KINDS):
                return
        await asyncio.sleep(0.3)
    console.print(
        f"Après {REPAIR_SECONDS} secondes, le worker n’a pas encore tout repris. Les demandes restent enregistrées ; "
        "son journal dit ce qui le retient."
    )


def _tell(health: Health) -> None:
    if health.found is None:
        console.print(f"Effets en attente : {health.waiting}. L’index n’est pas construit.")
    else:
        console.print(f"Effets en attente : {health.waiting}. Différences entre graphe et index : {len(health.found)}.")
        for key, difference in sorted(health.found.items())[:MOST_SHOWN]:
            console.print(f"  {key} : {difference.what}", markup=False)
        if len(health.found) > MOST_SHOWN:
            console.print(f"  … et {len(health.found) - MOST_SHOWN} autres.")
    if health.parked:
        console.print(f"Effets mis de côté après plusieurs échecs : {health.parked} (le journal dit lesquels).")
    if health.mails_waiting:
        console.print(f"Courriels en attente d’envoi : {health.mails_waiting}.")
    if health.mails_parked:
        console.print(
            f"Courriels mis de côté, que le serveur refuse : {health.mails_parked} (le journal dit pourquoi)."
        )
    if health.troubles:
        console.print(f"Écritures que le serveur de recherche n’a pas faites : {len(health.troubles)}.")
        for trouble in health.troubles[:MOST_SHOWN]:
            console.print(f"  {trouble.text}", markup=False)


def _tell_mended(mended: Mended) -> None:
    what = "reconstruction de l’index demandée" if mended.rebuild else f"organismes à réécrire : {mended.organisations}"
    also = [f"effets repris : {mended.retried}"] if mended.retried else []
    also += [f"tâches du serveur de recherche oubliées : {mended.forgotten}"] if mended.forgotten else []
    console.print(f"Réparation : {' ; '.join([what, *also])}.")
