"""One import: get, transform, check, compare, load, clean up."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final, Protocol

from graph.model.errors import InvalidInput
from graph.store.loading import Loader, Plan
from graph.store.unit import Graph
from importers.references import checked, mentioned
from importers.registry import Harvest, Source, source
from importers.report import Refused, Report

# A file cut short, or the wrong one, looks like a source that dropped most of its records.
MOST_GONE: Final = 1 / 3


class Progress(Protocol):
    """Told how an import goes on: a stage with its number of steps (None when unknown), then steps done."""

    def stage(self, label: str, steps: int | None) -> None:
        """A new stage begins; `label` is French."""
        ...

    def advance(self, steps: int) -> None:
        """So many steps of the stage are done."""
        ...


class Silent:
    """Progress that nobody watches."""

    def stage(self, label: str, steps: int | None) -> None:
        """Does nothing."""

    def advance(self, steps: int) -> None:
        """Does nothing."""


async def run_import(
    graph: Graph,
    source_name: str,
    *,
    path: Path | None = None,
    dry_run: bool = False,
    force: bool = False,
    progress: Progress | None = None,
) -> Report:
    """Bring the graph to what a source says now; a second run finds nothing new and nothing changed.

    `path` replaces the shipped file (a folder for the territory and the demonstration). `force` lets more than a third
    of a source's records go. Raises InvalidInput (its BrokenSource names file and line) before anything is written,
    Unavailable when the graph does not answer; a load that was cut is ended by running it again.
    """
    shown = progress or Silent()
    chosen = source(source_name)
    shown.stage("Lecture", None)
    harvest = await asyncio.to_thread(chosen.gather, path)
    loader = Loader(graph, chosen.name)
    shown.stage("Comparaison avec le graphe", None)
    plan, refused = await _planned(loader, harvest)
    plan, kept = _spare((*harvest.refused, *refused), plan, force)
    _refuse_to_lose(plan, force)
    if not dry_run:
        shown.stage("Écriture", plan.steps)
        await loader.load(plan, shown.advance)
    return replace(_report(chosen, harvest, plan, refused, dry_run), kept=kept)


async def _planned(loader: Loader, harvest: Harvest) -> tuple[Plan, tuple[Refused, ...]]:
    if harvest.batch is None:
        return await loader.plan_territories(harvest.territories), ()
    wanted = mentioned(harvest.batch)
    territories = await loader.known_territories(wanted)
    if wanted and not territories:
        raise InvalidInput(
            "Le graphe n’a encore aucun territoire : importez d’abord la source « territory ».", "source"
        )
    batch, refused = checked(harvest.batch, territories, await loader.known_organisations())
    return await loader.plan_batch(batch), refused


def _spare(refused: Sequence[Refused], plan: Plan, force: bool) -> tuple[Plan, tuple[str, ...]]:
    """A record that is missing only because its row was refused must not be lost: with refusals, nothing is taken away."""
    if force or not refused:
        return plan, ()
    return replace(plan, gone=(), leaving=()), plan.gone


def _refuse_to_lose(plan: Plan, force: bool) -> None:
    before = plan.unchanged + len(plan.changed) + len(plan.gone)
    if not force and len(plan.gone) > before * MOST_GONE:
        raise InvalidInput(
            f"{len(plan.gone)} fiches sur {before} de cette source disparaîtraient : le fichier est-il entier, et est-ce "
            "le bon ? Rien n’a été écrit. Pour continuer quand même, forcez l’import.",
            "path",
        )


def _report(chosen: Source, harvest: Harvest, plan: Plan, refused: tuple[Refused, ...], dry_run: bool) -> Report:
    return Report(
        title=chosen.title,
        dry_run=dry_run,
        new=plan.new,
        changed=plan.changed,
        unchanged=plan.unchanged,
        gone=plan.gone,
        refused=(*harvest.refused, *refused),
        skipped=harvest.skipped,
    )
