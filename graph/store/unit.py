"""The driver, one transaction an action, our own retries, time limits that hold."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from contextvars import ContextVar
from typing import Any, Final, LiteralString, TypeVar

import structlog
from neo4j import READ_ACCESS, WRITE_ACCESS, AsyncDriver, AsyncGraphDatabase, AsyncSession, AsyncTransaction
from neo4j.exceptions import (
    ConnectionAcquisitionTimeoutError,
    ConstraintError,
    DatabaseError,
    DriverError,
    IncompleteCommit,
    Neo4jError,
    ServiceUnavailable,
    SessionExpired,
    TransientError,
)

from graph.model.errors import Refusal, Unavailable
from graph.store import transactions
from graph.store.casework.keyring import Keyring
from graph.store.connection import (
    driver_of,
    is_missing_database,
    is_refusal,
    is_there_already,
    said_of,
    was_too_long,
)
from graph.store.engine import Address
from graph.store.repositories import Repositories
from graph.store.watched import RETRIES, name_of, part

Row = Mapping[str, Any]
T = TypeVar("T")

READ_SECONDS: Final = 5.0
WRITE_SECONDS: Final = 25.0
ATTEMPTS: Final = 8
# Of an engine that is away, a person who waits hears sooner.
SILENT_ATTEMPTS: Final = 5
OFTEN_LOST: Final = 2
TURN_SECONDS: Final = 5.0
OPENING_SECONDS: Final = 30.0
DATABASE_SECONDS: Final = 10.0
# Whoever asks whether the graph is there wants to know soon.
ANSWER_SECONDS: Final = 2.0
SCHEMA_SECONDS: Final = 60.0
STALLED: Final = (ConnectionAcquisitionTimeoutError, TimeoutError)
SILENT: Final = (ServiceUnavailable, SessionExpired, *STALLED)

log = structlog.get_logger(__name__)
calls_made: ContextVar[list[str] | None] = ContextVar("calls_made", default=None)
"""Set it to a list to record the Cypher of every call of the current task: what a test counts."""


class Unit(Repositories):
    """One transaction, with the repositories that speak in it."""

    def __init__(self, transaction: AsyncTransaction, seconds: float, keyring: Keyring | None = None) -> None:
        self._transaction = transaction
        self._seconds = seconds
        self._keyring = keyring

    @property
    def keyring(self) -> Keyring:
        """The keys of files. Raises Unavailable in a process that was opened without them."""
        if self._keyring is None:
            raise Unavailable("Ce processus n’a pas le trousseau des clés : il ne lit pas de dossier.")
        return self._keyring

    async def run(self, query: LiteralString, **parameters: Any) -> list[dict[str, Any]]:
        """The rows of one statement. Raises TimeoutError past the unit's limit: the engine's own limit ends it there."""
        made = calls_made.get()
        if made is not None:
            made.append(query)
        with part(name_of(query)):
            return await self._rows(query, parameters)

    async def _rows(self, query: LiteralString, parameters: dict[str, Any]) -> list[dict[str, Any]]:
        async with asyncio.timeout(self._seconds):
            result = await self._transaction.run(query, parameters)
            # Not `data()`: it looks for nodes in every value, and none comes back (half of the time of a large reading).
            return [dict(record.items()) async for record in result]


class Graph:
    """One driver a process. Units are opened here and nowhere else."""

    def __init__(self, driver: AsyncDriver, database: str, keyring: Keyring | None = None) -> None:
        self._driver = driver
        self._database = database
        self._keyring = keyring
        self._again, self._often_lost = asyncio.Lock(), 0
        # What a unit wrote, the next reads: in a cluster another server may answer, and it waits until it knows as much.
        self._bookmarks = AsyncGraphDatabase.bookmark_manager()

    @classmethod
    async def open(cls, address: Address, keyring: Keyring | None = None) -> Graph:
        """Connect, and wait for the database: it may appear a moment after the port. Without a keyring no file is read.

        Raises Unavailable.
        """
        graph = cls(driver_of(address), address.database, keyring)
        clock = asyncio.get_running_loop().time
        start = clock()
        while fault := await graph._silence():
            patience = DATABASE_SECONDS if is_missing_database(fault) else OPENING_SECONDS
            if is_refusal(fault) or clock() > start + patience:
                await graph.close()
                raise Unavailable(said_of(fault, address)) from fault
            await asyncio.sleep(0.1)
        return graph

    async def close(self) -> None:
        """Give the connections back."""
        await self._driver.close()

    async def answers(self) -> bool:
        """Whether the database answers now."""
        return await self._silence() is None

    async def _silence(self) -> Exception | None:
        """Why the database does not answer now; None when it does."""
        try:
            async with asyncio.timeout(ANSWER_SECONDS), self._unit(READ_ACCESS, ANSWER_SECONDS, begins=2) as unit:
                await unit.run("RETURN 1 AS one")
        except (Neo4jError, DriverError, TimeoutError, OSError) as fault:
            return fault
        return None

    @asynccontextmanager
    async def reading(self, seconds: float = READ_SECONDS) -> AsyncIterator[Unit]:
        """A unit that only reads. ArcadeDB does not enforce that: write nothing in it.

        Raises Unavailable when the graph does not answer, not within `seconds` a step, or with a fault of its own.
        """
        try:
            async with self._unit(READ_ACCESS, seconds, begins=SILENT_ATTEMPTS) as unit:
                yield unit
        except SILENT as fault:
            raise Unavailable("L’annuaire ne répond pas pour le moment. Réessayez dans un instant.") from fault
        except Neo4jError as fault:
            if was_too_long(fault):
                raise Unavailable("Le graphe a mis trop de temps à lire. Demandez moins à la fois.") from fault
            if isinstance(fault, DatabaseError) or fault.is_retryable() or is_refusal(fault):
                raise Unavailable(
                    "Le moteur de graphe n’a pas pu lire l’annuaire. Son journal dit pourquoi."
                ) from fault
            raise

    async def write(self, action: Callable[[Unit], Awaitable[T]], seconds: float = WRITE_SECONDS) -> T:
        """Run `action` in one transaction and commit it.

        On a conflict (a broken constraint, at run or at commit, a transient error) or a connection lost before the commit,
        everything is undone and `action` runs again, up to 8 times in all (5 where the engine was away), after 20 to 200 ms.
        It also runs again where it refuses what was answered under its key meanwhile: it finds the answer then.
        `action` must therefore have no effect outside its unit. Raises Unavailable, which says what was saved, and
        ConstraintError when it stays broken.
        """
        lost = 0
        for attempt in range(1, ATTEMPTS + 1):
            try:
                async with self._turn(lost), self._unit(WRITE_ACCESS, seconds) as unit:
                    return await _unless_answered(unit, action)
            except _Answered as answered:
                if attempt == ATTEMPTS:
                    raise answered.refusal from answered
                continue
            except IncompleteCommit as fault:
                raise Unavailable(
                    "La connexion s’est coupée au moment d’enregistrer : vérifiez si c’est fait avant de recommencer."
                ) from fault
            except STALLED as fault:
                raise Unavailable("Le graphe ne répond pas : rien n’a été enregistré.") from fault
            except (DriverError, Neo4jError) as fault:
                lost += _is_conflict(fault)
                if attempt == (ATTEMPTS if lost else SILENT_ATTEMPTS) or not _worth_another_try(fault):
                    if told := _given_up(fault):
                        raise told from fault
                    raise
                RETRIES.inc()
                log.info("graph_retry", attempt=attempt, fault=type(fault).__name__)
            await transactions.pause()
        raise AssertionError("unreachable")

    @asynccontextmanager
    async def _turn(self, lost: int) -> AsyncIterator[None]:
        """Whoever has met a conflict goes on when those before her in this process have, and who comes anew waits for those who
        have met two: else the same ones lose each time.

        Of 128 writes to one file by 32 at once, half were given up after five attempts each for himself; in turn, none was.
        """
        if not lost and not self._often_lost:
            yield
            return
        held, often = False, lost >= OFTEN_LOST
        self._often_lost += often
        try:
            # A turn that lasts is not waited for: it may be that of a slow engine, or of another matter.
            with suppress(TimeoutError):
                async with asyncio.timeout(TURN_SECONDS):
                    held = await self._again.acquire()
            yield
        finally:
            self._often_lost -= often
            if held:
                self._again.release()

    async def define(self, statement: LiteralString) -> None:
        """One statement of schema, in a transaction of its own; said again on a conflict, as it changes nothing then."""
        for attempt in range(1, ATTEMPTS + 1):
            try:
                async with asyncio.timeout(SCHEMA_SECONDS), self._session(WRITE_ACCESS) as session:
                    await (await session.run(statement)).consume()
                return
            except (*SILENT, DatabaseError) as fault:
                raise Unavailable("Le graphe ne répond pas : son schéma n’a pas pu être posé.") from fault
            except Neo4jError as fault:
                if is_there_already(fault):
                    return
                if attempt == ATTEMPTS or not fault.is_retryable():
                    raise
            await transactions.pause()

    def _session(self, access: str) -> AsyncSession:
        return self._driver.session(
            database=self._database, default_access_mode=access, bookmark_manager=self._bookmarks
        )

    @asynccontextmanager
    async def _unit(self, access: str, seconds: float, begins: int = 1) -> AsyncIterator[Unit]:
        """A transaction, undone unless its body ends well. Each step has `seconds`: an engine may stall without a word."""
        session = self._session(access)
        transaction: AsyncTransaction | None = None
        try:
            with part("graph", **{"maillage.access": access}):
                transaction = await transactions.begin(session, seconds, begins)
                yield Unit(transaction, seconds, self._keyring)
                await transactions.commit(transaction, seconds)
        except (asyncio.CancelledError, IncompleteCommit, TimeoutError):
            transactions.drop(session, transaction)
            raise
        finally:
            await transactions.leave(session, transaction, seconds)


class _Answered(Exception):
    """What `refusal` refuses was answered under its key since it was looked for."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.message)
        self.refusal = refusal


async def _unless_answered(unit: Unit, action: Callable[[Unit], Awaitable[T]]) -> T:
    """What `action` makes. Of two who come with one key at once, one may look for the answer before the other has given it and read
    the graph after: what she asks is refused there, for it is done.
    """
    try:
        return await action(unit)
    except Unavailable:
        raise
    except Refusal as refusal:
        if await unit.replies.came_since():
            raise _Answered(refusal) from refusal
        raise


def in_doubt(fault: Exception) -> bool:
    """Whether nobody can say if what a write was to do is done."""
    return not isinstance(fault, Unavailable) or isinstance(fault.__cause__, IncompleteCommit)


def _is_conflict(fault: DriverError | Neo4jError) -> bool:
    return isinstance(fault, ConstraintError | TransientError)


def _worth_another_try(fault: DriverError | Neo4jError) -> bool:
    return isinstance(fault, ConstraintError) or fault.is_retryable()


def _given_up(fault: DriverError | Neo4jError) -> Unavailable | None:
    """What to say when the engine is at fault; None when the statement is."""
    if isinstance(fault, SILENT):
        return Unavailable("Le graphe ne répond pas : rien n’a été enregistré.")
    if was_too_long(fault):
        return Unavailable("Le graphe a mis trop de temps à écrire : rien n’a été enregistré.")
    if isinstance(fault, DatabaseError) or is_refusal(fault):
        return Unavailable("Le moteur de graphe a refusé d’écrire : rien n’a été enregistré. Son journal dit pourquoi.")
    if fault.is_retryable():
        return Unavailable("Trop de changements se gênent : rien n’a été enregistré. Réessayez dans un instant.")
    return None
