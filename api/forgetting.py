"""`maillage forget`: what time asks for, told or done."""

from __future__ import annotations

from datetime import UTC, datetime

from api.actions.casework import forgetting
from api.premises import premises
from api.progress import bar_of
from api.settings import Settings
from api.telling import console


async def forget(settings: Settings, *, dry_run: bool) -> None:
    """Erase what is due and tell what soon will be; or count both, and write nothing. Raises Unavailable, in words."""
    at = datetime.now(UTC)
    async with premises(settings) as house:
        found = await forgetting.planned(house.graph, at)
        console.print("À ce jour, deux ans après le dernier contact :")
        for count, words in (
            (found.due, "à effacer maintenant"),
            (found.visa, "à effacer après le visa du service d’archives, par le responsable"),
            (found.told, "annoncés, dont le délai court"),
            (found.to_tell, "à annoncer au responsable, trente jours avant"),
            (found.open, "encore ouverts, sans contact depuis deux ans : à clore par leur référent"),
        ):
            console.print(f"  {count:6}  {words}", markup=False)
        if dry_run:
            console.print("Rien n’a été écrit ni effacé.")
            return
        with bar_of(console, "Effacement") as bar:
            erased = await forgetting.by_time(house.graph, at, bar.reach)
        console.print(f"{erased} dossiers effacés, clés détruites.")
