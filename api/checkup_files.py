"""`maillage doctor` on the files of people: each replayed from its log, what differs said in a sentence, never what is in it."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import nullcontext
from types import MappingProxyType
from typing import Final

from api.actions.figures.keeping import wrong_flows
from api.anchoring import check_anchors
from api.progress import bar_of
from api.settings import Settings
from api.telling import console
from graph.store.casework.anchors import Anchors
from graph.store.casework.checking import check_files, count_files, orphans
from graph.store.casework.keyring import Keyring
from graph.store.casework.proving import Flaw, FlawKind
from graph.store.unit import Graph

MOST_SHOWN: Final = 50
SAID: Final[Mapping[FlawKind, str]] = MappingProxyType(
    {
        FlawKind.NO_KEY: "sa clé manque au trousseau : le dossier ne se lit plus",
        FlawKind.KEY_LEFT: "le dossier est effacé, et sa clé est encore dans le trousseau",
        FlawKind.ENTRY_MISSING: "une entrée du journal manque",
        FlawKind.CHAIN_BROKEN: "la chaîne du journal est rompue à cette entrée",
        FlawKind.HEAD: "le dossier ne s’arrête pas où s’arrête son journal",
        FlawKind.UNREADABLE: "ce qui est scellé ne s’ouvre pas avec la clé du dossier",
        FlawKind.COMMITMENT: "l’entrée ne dit pas ce que son engagement annonce",
        FlawKind.NOT_REPLAYED: "le journal ne se rejoue pas au-delà de cette entrée",
        FlawKind.SNAPSHOT: "l’état conservé n’est pas celui que donne le journal",
        FlawKind.ROW: "des propriétés ne sont pas celles que donne le journal",
        FlawKind.ROW_MISSING: "une ligne que donne le journal manque",
        FlawKind.ROW_SURPLUS: "une ligne que le journal ne donne pas",
        FlawKind.NO_FILE: "une ligne d’un dossier qui n’existe pas",
        FlawKind.NO_LEAD: "le dossier est ouvert, et personne n’en est référent",
        FlawKind.LEAD_LEFT: "le dossier est clos, et garde un référent",
        FlawKind.LEAD_GONE: "le référent ne travaille pas, ou plus, dans l’organisme",
        FlawKind.LEAD_OFF: "le référent ne prend plus de dossier : celui-ci n’a pas été repris",
        FlawKind.NOT_OWED: "personne ne doit rien au sujet de ce qui est encore ouvert",
        FlawKind.NO_OUTCOME: "c’est terminé, et rien ne dit comment",
        FlawKind.EXPIRED_UNSEEN: "la demande est restée sans réponse, et n’est dans aucune liste",
        FlawKind.NO_EFFECT: "la dernière écriture n’est pas dans la boîte d’envoi",
        FlawKind.ANCHOR_GONE: "cette entrée, signée dans le registre, n’est plus dans le graphe",
        FlawKind.ANCHOR_DIFFERS: "cette entrée n’est pas celle que le registre a signée : le journal a été réécrit",
        FlawKind.ANCHOR_FORGED: "cette ligne du registre n’est pas signée par la clé du trousseau",
        FlawKind.FLOWS: "les passages entre organismes ne sont pas ceux que donnent les demandes",
        FlawKind.ANCHORS_CUT: "cette ligne du registre ne suit pas celle d’avant : il en manque, ou elles ont été changées",
    }
)


class _Told:
    """What was told so far: each flaw as it is found, up to a number of them."""

    def __init__(self) -> None:
        self.count = 0

    def tell(self, flaw: Flaw) -> None:
        self.count += 1
        if self.count <= MOST_SHOWN:
            subject = f"dossier {flaw.file}" if flaw.file else flaw.where
            where = f" [{flaw.where}]" if flaw.file and flaw.where not in {"", flaw.file} else ""
            what = f" ({flaw.what})" if flaw.what else ""
            console.print(f"  {subject} : {SAID[flaw.kind]}{what}{where}.", markup=False, soft_wrap=True)


async def check_casework(graph: Graph, settings: Settings) -> int:
    """Prove every file and compare the register of heads; the number of flaws, each told. Says nothing where there is no file.

    Raises Unavailable.
    """
    told, keyring, path = _Told(), Keyring(settings.keyring_folder), settings.anchors_file
    total = await count_files(graph)
    with bar_of(console, "Dossiers") if total else nullcontext() as bar:
        files = await check_files(graph, keyring, told.tell, bar.reach if bar else _unseen)
    key = keyring.held("anchors")
    signer = Anchors(path, key).by if key else ""
    lines = await check_anchors(graph, path, signer, told.tell) if path.exists() else 0
    for month in await wrong_flows(graph):
        told.tell(Flaw(FlawKind.FLOWS, "", f"mois {month}"))
    if told.count > MOST_SHOWN:
        console.print(f"  … et {told.count - MOST_SHOWN} autres.")
    if files or lines or told.count:
        console.print(f"Dossiers relus : {files}. Lignes du registre : {lines}. Différences : {told.count}.")
    if spare := await orphans(graph, keyring):
        console.print(f"Clés sans dossier : {spare}. Elles ne gênent pas : une écriture refusée en laisse une.")
    return told.count


def _unseen(done: int, total: int) -> None:
    """No bar where nothing is read."""
