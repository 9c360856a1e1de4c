"""The stand-in's indexes and its queue: writes are tasks, carried out one by one in the order in which they came."""

from __future__ import annotations

import re
import threading
import time
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from tests.search.stand_in_filter import Document, FilterFault, compile_filter

VALID_ID = re.compile(r"[A-Za-z0-9_-]{1,511}")
FINISHED = ("succeeded", "failed", "canceled")
LINK = "https://docs.meilisearch.com/errors#"
SETTINGS = {
    "displayedAttributes", "searchableAttributes", "filterableAttributes", "sortableAttributes", "rankingRules",
    "stopWords", "synonyms", "distinctAttribute", "typoTolerance", "faceting", "pagination", "proximityPrecision",
    "separatorTokens", "nonSeparatorTokens", "dictionary", "searchCutoffMs", "localizedAttributes", "facetSearch",
    "prefixSearch", "embedders",
}  # fmt: skip


class Fault(Exception):
    """What the server answers, or what a task ends with."""

    def __init__(self, status: int, code: str, message: str, type_: str = "invalid_request") -> None:
        super().__init__(message)
        self.status = status
        self.said = {"message": message, "code": code, "type": type_, "link": LINK + code}


@dataclass
class Index:
    created: str
    documents: dict[str, Document] = field(default_factory=dict)
    settings: dict[str, Any] = field(default_factory=dict)
    primary: str | None = None

    def filterable(self) -> set[str]:
        return set(self.settings.get("filterableAttributes") or ())

    def fitting(self, filter_: str | None) -> list[Document]:
        if not filter_:
            return list(self.documents.values())
        try:
            condition = compile_filter(filter_, self.filterable())
        except FilterFault as fault:
            raise Fault(400, "invalid_document_filter", str(fault)) from fault
        return [document for document in self.documents.values() if condition(document)]


class Queue:
    """Indexes and tasks. Attributes are switches: `stalled`, `seconds` a task takes, `to_fail` for the next of a type."""

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self.indexes: dict[str, Index] = {}
        self.tasks: list[dict[str, Any]] = []
        self.work: dict[int, Any] = {}
        self.to_fail: defaultdict[str, list[Fault]] = defaultdict(list)
        self.seconds = 0.0
        self.stalled = False
        self._more = threading.Event()
        self._ended = False
        self._next = 0
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._ended = True
        self._more.set()
        self._thread.join()

    def add(self, type_: str, uid: str | None, work: Any, details: Any = None) -> dict[str, Any]:
        """A task at the end of the queue; what the server answers at once."""
        with self.lock:
            task = {
                "uid": self._next, "batchUid": None, "indexUid": uid, "status": "enqueued", "type": type_,
                "canceledBy": None, "details": details, "error": None, "duration": None, "enqueuedAt": now(),
                "startedAt": None, "finishedAt": None,
            }  # fmt: skip
            self._next += 1
            self.tasks.append(task)
            self.work[task["uid"]] = work
        self._more.set()
        return {"taskUid": task["uid"], **{key: task[key] for key in ("indexUid", "status", "type", "enqueuedAt")}}

    def index(self, uid: str) -> Index:
        if uid not in self.indexes:
            raise Fault(404, "index_not_found", f"Index `{uid}` not found.")
        return self.indexes[uid]

    def make(self, uid: str) -> Index:
        """The index, made when it is not there: writing documents or settings makes it."""
        return self.indexes.setdefault(uid, Index(now()))

    def put(self, uid: str, documents: list[Document], primary: str | None) -> None:
        """Fields of documents that are there already are updated; all documents, or none."""
        index = self.indexes.get(uid) or Index(now())
        key = index.primary or primary or "id"
        for document in documents:
            if key not in document:
                raise Fault(400, "missing_document_id", f"Document doesn't have a `{key}` attribute")
            if not VALID_ID.fullmatch(str(document[key])):
                raise Fault(400, "invalid_document_id", f"Document identifier `{document[key]}` is invalid.")
        held = dict(index.documents)
        for document in documents:
            id_ = str(document[key])
            held[id_] = held.get(id_, {}) | document
        index.documents, index.primary = held, key
        self.indexes[uid] = index

    def remove(self, uid: str, ids: list[str]) -> None:
        index = self.index(uid)
        index.documents = {id_: document for id_, document in index.documents.items() if id_ not in set(ids)}

    def remove_where(self, uid: str, filter_: str) -> None:
        index = self.index(uid)
        self.remove(uid, [str(document[index.primary or "id"]) for document in index.fitting(filter_)])

    def settle(self, uid: str, settings: dict[str, Any]) -> None:
        self.make(uid).settings |= settings

    def drop(self, uid: str) -> None:
        self.index(uid)
        del self.indexes[uid]

    def swap(self, pairs: list[tuple[str, str]], by: int) -> None:
        missing = sorted({uid for pair in pairs for uid in pair if uid not in self.indexes})
        if missing:
            raise Fault(400, "index_not_found", f"Indexes {', '.join(f'`{uid}`' for uid in missing)} not found.")
        for one, other in pairs:
            self.indexes[one], self.indexes[other] = self.indexes[other], self.indexes[one]
            # Tasks that came before keep their index, under its new name.
            for task in self.tasks:
                if task["uid"] < by and task["indexUid"] in (one, other):
                    task["indexUid"] = other if task["indexUid"] == one else one

    def cancel(self, uids: set[int], by: int) -> None:
        for task in self.tasks:
            if task["uid"] in uids and task["uid"] != by and task["status"] not in FINISHED:
                task.update(status="canceled", canceledBy=by, finishedAt=now())

    def forget(self, uids: set[int]) -> None:
        self.tasks = [task for task in self.tasks if task["uid"] not in uids or task["status"] not in FINISHED]

    def _run(self) -> None:
        while not self._ended:
            task = self._due()
            if task is None:
                self._more.wait(0.05)
                self._more.clear()
                continue
            task.update(status="processing", startedAt=now(), batchUid=task["uid"])
            time.sleep(self.seconds)
            with self.lock:
                if task["status"] == "processing":
                    self._carry_out(task)

    def _due(self) -> dict[str, Any] | None:
        """Cancelations and deletions of tasks go before everything else, also when the rest does not move."""
        with self.lock:
            waiting = [task for task in self.tasks if task["status"] == "enqueued"]
            first = [task for task in waiting if task["type"] in ("taskCancelation", "taskDeletion")]
            return next(iter(first or ([] if self.stalled else waiting)), None)

    def _carry_out(self, task: dict[str, Any]) -> None:
        try:
            if self.to_fail[task["type"]]:
                raise self.to_fail[task["type"]].pop(0)
            self.work.pop(task["uid"])()
        except Fault as fault:
            task.update(status="failed", error=fault.said, finishedAt=now())
        else:
            task.update(status="succeeded", finishedAt=now())


def now() -> str:
    return datetime.now(UTC).isoformat().replace("+00:00", "Z")
