"""Calls to a Meilisearch server: each with its time limit, its faults said in words, its tasks waited for."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final, TypeVar

from httpx2 import HTTPError
from meilisearch_python_sdk import AsyncClient
from meilisearch_python_sdk.errors import MeilisearchApiError, MeilisearchError
from meilisearch_python_sdk.json_handler import OrjsonHandler
from meilisearch_python_sdk.models.task import TaskInfo, TaskResult

from graph.model.errors import Unavailable
from search.backend import NotBuilt, Trouble

T = TypeVar("T")

# `facetSearch` among the settings came with it; the calls themselves are older.
LEAST_VERSION: Final = (1, 12)
ASK_SECONDS: Final = 5.0
SCAN_SECONDS: Final = 60.0
SEND_SECONDS: Final = 60.0
# A rebuild of all of France is a few tasks of a minute each; when none has ended for longer than this, they are stuck.
TASK_SECONDS: Final = 300.0
FIRST_PAUSE_SECONDS: Final = 0.02
LONGEST_PAUSE_SECONDS: Final = 0.5
STUCK_SECONDS: Final = 120.0
MOST_AT_ONCE: Final = 1000
EVERYTHING: Final = 1_000_000_000
WRITES: Final = ["documentAdditionOrUpdate", "documentDeletion", "settingsUpdate", "indexSwap", "indexDeletion"]
UNDONE: Final = ["failed", "canceled", "enqueued", "processing"]
FINISHED: Final = frozenset({"succeeded", "failed", "canceled"})
NO_INDEX: Final = "index_not_found"
NOT_FILTERABLE: Final = "invalid_document_filter"


class KeyRefused(Unavailable):
    """The key is not known, or may not do this: the server does not tell the two apart."""


class FilterRefused(Unavailable):
    """The index is not one of ours: its attributes cannot be asked for."""


class Refused(Exception):
    """The server carried a task out as far as to find fault with what it was given."""


class Server:
    """One Meilisearch server. Connections are kept between calls."""

    def __init__(self, url: str, key: str) -> None:
        # As messages name it: without what may stand before the host.
        self._url = re.sub(r"//[^/@]*@", "//", url)
        self._client = AsyncClient(url, key or None, timeout=int(SEND_SECONDS), json_handler=OrjsonHandler())
        self._recent = False

    async def close(self) -> None:
        """Let go of connections."""
        await self._client.aclose()

    async def fetch(
        self,
        uid: str,
        filter_: str,
        fields: Sequence[str],
        seconds: float = ASK_SECONDS,
        most: int = EVERYTHING,
    ) -> list[dict[str, Any]]:
        """These fields of every document of index `uid` that fits the filter, all as they stood at one moment.

        Raises NotBuilt where there is no such index, FilterRefused where it is not one of ours, Unavailable.

        Documents are asked for and not searched: no number of hits limits them, and nothing is ranked that we rank anyway.
        """
        await self.check_version()
        asked = self._client.index(uid).get_documents(filter=filter_, fields=list(fields), limit=most)
        return (await self._asked(asked, seconds)).results

    async def check_version(self) -> None:
        """Once. A key that may not ask for the version is let through: what it may not do either, it will hear."""
        if self._recent:
            return
        try:
            version = (await self._asked(self._client.get_version(), ASK_SECONDS)).pkg_version
        except KeyRefused:
            pass
        else:
            if tuple(int(number) for number in re.findall(r"\d+", version)[:2]) < LEAST_VERSION:
                least = ".".join(map(str, LEAST_VERSION))
                raise Unavailable(
                    f"Le serveur de recherche {self._url} est en version {version} : il faut au moins la {least}. "
                    "Mettez-le à jour, ou videz MAILLAGE_SEARCH_URL pour l’index local."
                )
        self._recent = True

    async def put(self, uid: str, documents: Sequence[dict[str, Any]]) -> TaskInfo:
        """Add these, or update those with the same id; fields not given stay. All of them at one moment."""
        return await self._asked(self._client.index(uid).update_documents(documents, "id"), SEND_SECONDS)

    async def remove(self, uid: str, ids: Sequence[str]) -> TaskInfo:
        """Forget these documents."""
        return await self._asked(self._client.index(uid).delete_documents(list(ids)), SEND_SECONDS)

    async def remove_where(self, uid: str, filter_: str) -> TaskInfo:
        """Forget every document that fits."""
        return await self._asked(self._client.index(uid).delete_documents_by_filter(filter_), SEND_SECONDS)

    async def settle_index(self, uid: str, settings: Any) -> TaskInfo:
        """Give an index its settings; it is made when there is none."""
        return await self._asked(self._client.index(uid).update_settings(settings), SEND_SECONDS)

    async def drop_index(self, uid: str) -> TaskInfo:
        """Remove an index."""
        return await self._asked(self._client.index(uid).delete(), SEND_SECONDS)

    async def swap(self, one: str, other: str) -> TaskInfo:
        """Let two indexes change names, in one step."""
        return await self._asked(self._client.swap_indexes([(one, other)]), SEND_SECONDS)

    async def index_names(self) -> list[str]:
        """The indexes there are."""
        found = await self._asked(self._client.get_raw_indexes(limit=MOST_AT_ONCE), ASK_SECONDS)
        return [index.uid for index in found or ()]

    async def done(self, *tasks: TaskInfo) -> None:
        """Wait until all of these have succeeded.

        Raises Refused when one failed for what it was given; Unavailable when it failed otherwise, was cancelled, or does not
        move.
        """
        waiting = {task.task_uid for task in tasks}
        loop = asyncio.get_running_loop()
        end, pause = loop.time() + TASK_SECONDS, FIRST_PAUSE_SECONDS
        while waiting:
            asked = self._client.get_tasks(uids=sorted(waiting), limit=len(waiting))
            states = {task.uid: task for task in (await self._asked(asked, ASK_SECONDS)).results}
            for uid in sorted(waiting):
                _check(states.get(uid), uid)
            left = {uid for uid in waiting if states[uid].status != "succeeded"}
            if len(left) < len(waiting):
                end = loop.time() + TASK_SECONDS
            waiting = left
            if waiting and loop.time() > end:
                raise Unavailable(
                    f"La tâche {min(waiting)} du serveur de recherche n’avance pas : « maillage doctor » dit lesquelles, et "
                    "« maillage doctor --repair » les reprend."
                )
            if waiting:
                await asyncio.sleep(pause)
                pause = min(pause * 2, LONGEST_PAUSE_SECONDS)

    async def troubles(self, ours: str) -> list[Trouble]:
        """Tasks on our indexes that failed, were cancelled, or have not moved for two minutes."""
        before = datetime.now(UTC) - timedelta(seconds=STUCK_SECONDS)
        found: list[Trouble] = []
        following: int | None = None
        while True:
            asked = self._client.get_tasks(statuses=UNDONE, types=WRITES, limit=MOST_AT_ONCE, from_=following)
            page = await self._asked(asked, ASK_SECONDS)
            found += [
                Trouble(task.uid, _in_words(task))
                for task in page.results
                if _is_about(task, ours) and (task.status in FINISHED or task.enqueued_at < before)
            ]
            following = page.next
            if following is None:
                return found

    async def forget(self, uids: Iterable[int]) -> None:
        """Cancel these tasks where they have not ended, then let them be forgotten."""
        chosen = sorted(uids)
        if chosen:
            await self.done(await self._asked(self._client.cancel_tasks(uids=chosen), SEND_SECONDS))
            await self.done(await self._asked(self._client.delete_tasks(uids=chosen), SEND_SECONDS))

    async def _asked(self, call: Awaitable[T], seconds: float) -> T:
        try:
            async with asyncio.timeout(seconds):
                return await call
        except MeilisearchApiError as fault:
            raise self._refusal(fault) from fault
        except (MeilisearchError, HTTPError, TimeoutError) as fault:
            raise Unavailable(
                f"Le serveur de recherche {self._url} ne répond pas. Vérifiez qu’il tourne et que MAILLAGE_SEARCH_URL est "
                "juste ; rien n’est perdu, la mise à jour reprend dès qu’il répond."
            ) from fault

    def _refusal(self, fault: MeilisearchApiError) -> Unavailable:
        if fault.status_code in (401, 403):
            return KeyRefused(
                f"Le serveur de recherche {self._url} refuse la clé ({fault.code}). Vérifiez MAILLAGE_SEARCH_KEY : il faut "
                "une clé qui puisse lire et écrire documents, réglages, index et tâches."
            )
        if fault.code == NO_INDEX:
            return NotBuilt()
        kind = FilterRefused if fault.code == NOT_FILTERABLE else Unavailable
        return kind(
            f"Le serveur de recherche {self._url} a refusé la demande ({fault.code or fault.status_code}). Son journal dit "
            "pourquoi ; rien n’a été modifié."
        )


def _check(task: TaskResult | None, uid: int) -> None:
    if task is None:
        raise Unavailable(f"Le serveur de recherche ne connaît plus la tâche {uid} : elle sera refaite.")
    if task.status == "canceled":
        raise Unavailable(f"La tâche {task.uid} du serveur de recherche a été annulée : elle sera refaite.")
    if task.status == "failed":
        error = task.error or {}
        if error.get("type") == "invalid_request" and error.get("code") != NO_INDEX:
            raise Refused(_in_words(task))
        raise Unavailable(f"Le serveur de recherche n’a pas pu écrire : {_in_words(task)}. Elle sera refaite.")


def _is_about(task: TaskResult, ours: str) -> bool:
    named = [task.index_uid or ""]
    named += [uid for swap in (task.details or {}).get("swaps") or () for uid in swap["indexes"]]
    return any(uid == ours or uid.startswith(f"{ours}-aside-") for uid in named)


def _in_words(task: TaskResult) -> str:
    said = {"failed": "a échoué", "canceled": "a été annulée"}.get(task.status, "n’avance pas")
    why = (task.error or {}).get("code")
    return f"la tâche {task.uid} ({task.task_type}) {said}" + (f" ({why})" if why else "")
