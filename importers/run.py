"""One import: read, transform, check, compare, load, clean up."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Iterator, Mapping
from contextlib import aclosing, asynccontextmanager
from pathlib import Path
from typing import Final, Protocol

from graph.model.directory import Agreement, Organisation, Post, Professional, Service
from graph.model.errors import InvalidInput, Unavailable
from graph.model.territory import Territory
from graph.store import edges
from graph.store.loading import CHUNK, Loader, Plan
from graph.store.seen import Seen
from graph.store.turn import LEASE_SECONDS, Turn
from graph.store.unit import Graph
from importers.intake import Intake
from importers.registry import Harvest, Piece, Source, source
from importers.report import Report
from importers.tables import BrokenSource

# A file cut short, or the wrong one, looks like a source that dropped most of its records.
MOST_GONE: Final = 1 / 3
WORDS: Final[Mapping[type, str]] = {
    Territory: "territoires",
    Organisation: "organismes",
    Service: "services",
    Professional: "professionnels",
    Post: "postes",
    Agreement: "accords",
}
# What a load writes was compared with what the sources said before: two at once would lose what the other one said.
TURN: Final = "import"
# A holder that died is waited for as long as its lease may last.
WAIT_SECONDS: Final = LEASE_SECONDS + 2
ASK_SECONDS: Final = 0.5


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
    Unavailable when the graph does not answer or another import goes on; a load that was cut is ended by running it again.

    A source that streams is written as it is read, in memory that does not depend on its size: whether too much is missing,
    or the file is broken further on, is known after its new and changed records are written, and before anything goes.
    """
    return await run_source(graph, source(source_name), path=path, dry_run=dry_run, force=force, progress=progress)


async def run_source(
    graph: Graph,
    chosen: Source,
    *,
    path: Path | None = None,
    dry_run: bool = False,
    force: bool = False,
    progress: Progress | None = None,
) -> Report:
    """The same for a source that need not be in the table."""
    shown = progress or Silent()
    report = Report(title=chosen.title, dry_run=dry_run)
    if dry_run:
        await _import(graph, chosen, path, report, force, shown)
        return report
    async with _alone(graph, shown):
        await _import(graph, chosen, path, report, force, shown)
    return report


@asynccontextmanager
async def _alone(graph: Graph, shown: Progress) -> AsyncIterator[None]:
    """One import at a time. Raises Unavailable, in words, while there is another."""
    turn = Turn(graph, TURN)
    loop = asyncio.get_running_loop()
    end = loop.time() + WAIT_SECONDS
    while not await turn.take():
        shown.stage("Attente de la fin d’un autre import", None)
        if loop.time() > end:
            raise Unavailable(
                "Un autre import est en cours sur ce graphe : rien n’a été lu ni écrit. Attendez qu’il finisse, puis relancez."
            )
        await asyncio.sleep(ASK_SECONDS)
    try:
        async with turn.kept():
            yield
    finally:
        await turn.give_back()


async def _import(
    graph: Graph, chosen: Source, path: Path | None, report: Report, force: bool, shown: Progress
) -> None:
    loader = Loader(graph, chosen.name)
    shown.stage("Lecture", None)
    if chosen.stream and path:
        with Seen() as seen:
            run = _Run(Intake(loader, chosen.name, seen, report), seen, force, shown)
            await run.stream(chosen.stream(path))
        return
    harvest = await asyncio.to_thread(chosen.gather, path)
    shown.stage("Comparaison avec le graphe", None)
    if harvest.batch is None:
        await _territories(loader, harvest, report, force, shown)
        return
    with Seen() as seen:
        run = _Run(Intake(loader, chosen.name, seen, report), seen, force, shown)
        await run.whole(
            Piece(batch=harvest.batch, refused=harvest.refused, skipped=harvest.skipped, silent=harvest.silent)
        )


async def _territories(loader: Loader, harvest: Harvest, report: Report, force: bool, shown: Progress) -> None:
    plan = await loader.plan_territories(harvest.territories)
    report.refuse(harvest.refused)
    report.skipped.update(harvest.skipped)
    report.new.add(plan.new)
    report.changed.add(plan.changed)
    report.unchanged = plan.unchanged
    before = plan.unchanged + len(plan.changed) + len(plan.gone)
    _judge(report, {Territory: (len(plan.gone), before)}, force, "Rien n’a été écrit.")
    (report.gone if _may_go(report, force) else report.kept).add(plan.gone)
    if not report.dry_run:
        shown.stage("Écriture", plan.steps)
        await loader.load(plan, shown.advance)


class _Run:
    """One load of a batch, or of a stream of pieces."""

    def __init__(self, intake: Intake, seen: Seen, force: bool, shown: Progress) -> None:
        self._intake = intake
        self._loader = intake.loader
        self._report = intake.report
        self._seen = seen
        self._force = force
        self._shown = shown

    async def whole(self, piece: Piece) -> None:
        """All that the source says, judged before anything is written."""
        plan = await self._intake.plan(piece)
        await self._loader.miss(self._seen, self._intake.silent)
        _judge(self._report, self._missed(), self._force, "Rien n’a été écrit.")
        if not self._report.dry_run:
            self._shown.stage("Écriture", plan.steps)
            await self._loader.load(plan, self._shown.advance)
        await self._clean_up()

    async def stream(self, pieces: Iterator[Piece]) -> None:
        """Written as it comes, then judged, then what is gone is taken away."""
        self._shown.stage("Lecture et écriture", None)
        try:
            await self._stream(pieces)
        except BrokenSource as fault:
            if self._report.dry_run or not (self._report.new.count or self._report.changed.count):
                raise
            raise InvalidInput(
                f"{fault.fault} Les fiches lues avant sont enregistrées, aucune n’a été retirée : réparez le fichier, "
                "puis relancez l’import, il reprendra là où il en est.",
                "path",
            ) from fault
        self._shown.stage("Comparaison avec le graphe", None)
        await self._loader.miss(self._seen, self._intake.silent)
        _judge(
            self._report,
            self._missed(),
            self._force,
            "Les fiches nouvelles et modifiées sont enregistrées, aucune n’a été retirée.",
        )
        await self._clean_up()

    def _missed(self) -> dict[type, tuple[int, int]]:
        """Of each kind: how many are gone, and how many there were."""
        gone = {kind: self._seen.missed(kind) for kind in edges.KINDS}
        return {kind: (count, count + self._intake.standing[kind]) for kind, count in gone.items()}

    async def _stream(self, pieces: Iterator[Piece]) -> None:
        """A piece is compared while the one before is written: what it may need of that one, `seen` knows."""
        writing: asyncio.Task[None] | None = None
        try:
            async with aclosing(_one_ahead(pieces)) as coming:
                async for piece in coming:
                    plan = await self._intake.plan(piece)
                    if writing:
                        await writing
                    writing = asyncio.create_task(self._write(plan))
        finally:
            if writing:
                await writing

    async def _write(self, plan: Plan) -> None:
        if not self._report.dry_run:
            await self._loader.load(plan, lambda done: None)
        self._shown.advance(plan.unchanged + len(plan.moving))

    async def _clean_up(self) -> None:
        """Take away what the source no longer says; a record that is only missing because its row was refused is kept."""
        may_go = _may_go(self._report, self._force)
        for kind in edges.KINDS:
            for ids in self._seen.missing(kind, CHUNK):
                (self._report.gone if may_go else self._report.kept).add(ids)
                if may_go and not self._report.dry_run:
                    await self._loader.take_away(kind, ids)


def _may_go(report: Report, force: bool) -> bool:
    return force or not report.refused.count


def _judge(report: Report, missed: Mapping[type, tuple[int, int]], force: bool, written: str) -> None:
    """Raises InvalidInput when of one kind more would go than a source drops in earnest: how many, of how many there were."""
    if force or not _may_go(report, force):
        return
    too_many = [
        f"{gone} {WORDS[kind]} sur {before}" for kind, (gone, before) in missed.items() if gone > before * MOST_GONE
    ]
    if too_many:
        raise InvalidInput(
            f"{', '.join(too_many)} de cette source disparaîtraient : le fichier est-il entier, et est-ce "
            f"le bon ? {written} Pour continuer quand même, forcez l’import.",
            "path",
        )


async def _one_ahead(pieces: Iterator[Piece]) -> AsyncGenerator[Piece]:
    """The pieces, each read by a thread while the one before is written."""
    coming = asyncio.create_task(asyncio.to_thread(next, pieces, None))
    try:
        while (piece := await asyncio.shield(coming)) is not None:
            coming = asyncio.create_task(asyncio.to_thread(next, pieces, None))
            yield piece
    finally:
        # A generator cannot be closed while its thread is in it.
        await asyncio.wait((coming,))
        if not coming.cancelled():
            coming.exception()
        if close := getattr(pieces, "close", None):
            close()
