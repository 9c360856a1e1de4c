"""A stand-in for the Meilisearch server, for tests only: a small HTTP server that keeps what we rely on of its REST interface.

Not Meilisearch: no search, no ranking, no language; indexes, settings, documents, tasks, swaps, keys and errors as its API
reference and its own tests (crates/meilisearch/tests) give them. test_what_we_rely_on.py asks it and a real server the same.
"""

from __future__ import annotations

import json
import socket
import threading
import time
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from tests.search.stand_in_filter import FilterFault, compile_filter
from tests.search.stand_in_queue import SETTINGS, Fault, Queue

KEY = "clé-d-essai".encode().hex()
TYPES = {
    "documentAdditionOrUpdate", "documentEdition", "documentDeletion", "settingsUpdate", "indexCreation", "indexDeletion",
    "indexUpdate", "indexSwap", "taskCancelation", "taskDeletion", "dumpCreation", "snapshotCreation",
}  # fmt: skip


class StandIn:
    """A server on 127.0.0.1. `asked` lists the requests; `version`, `slow` (seconds an answer takes) may be set."""

    def __init__(self) -> None:
        self.queue = Queue()
        self.version = "1.41.0"
        self.slow = 0.0
        self.asked: list[tuple[str, str]] = []
        self.port = 0
        self._lines: set[socket.socket] = set()
        self.come_back()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def come_back(self) -> None:
        """Listen, at the same address as before."""
        handler = type("Handler", (_Handler,), {"stand_in": self})
        self._http = _Http(("127.0.0.1", self.port), handler)
        self.port = self._http.server_port
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.02,), daemon=True)
        self._thread.start()

    def vanish(self) -> None:
        """Stop listening, and cut the connections there are."""
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()
        for line in list(self._lines):
            with suppress(OSError):
                line.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        self.vanish()
        self.queue.close()

    def fail_next(self, type_: str, code: str = "no_space_left_on_device", kind: str = "system") -> None:
        """The next task of this type fails."""
        self.queue.to_fail[type_].append(Fault(422, code, f"made to fail: {code}", kind))

    def count(self, method: str, ending: str) -> int:
        """Requests so far whose path ends so."""
        return sum(asked == method and path.endswith(ending) for asked, path in self.asked)


class _Http(ThreadingHTTPServer):
    daemon_threads = True
    allow_reuse_address = True
    request_queue_size = 100

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A connection that was cut is no news."""


class _Handler(BaseHTTPRequestHandler):
    stand_in: StandIn
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def setup(self) -> None:
        super().setup()
        self.stand_in._lines.add(self.connection)

    def finish(self) -> None:
        self.stand_in._lines.discard(self.connection)
        with suppress(OSError):
            super().finish()

    def log_message(self, format: str, *args: Any) -> None:
        """Quiet."""

    def do_GET(self) -> None:
        self._answer("GET")

    def do_POST(self) -> None:
        self._answer("POST")

    def do_PUT(self) -> None:
        self._answer("PUT")

    def do_PATCH(self) -> None:
        self._answer("PATCH")

    def do_DELETE(self) -> None:
        self._answer("DELETE")

    def _answer(self, method: str) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        parts = urlsplit(self.path)
        self.stand_in.asked.append((method, parts.path))
        time.sleep(self.stand_in.slow)
        try:
            self._check_key(parts.path)
            asked = {key: values[0] for key, values in parse_qs(parts.query).items()}
            with self.stand_in.queue.lock:
                status, said = _routed(self.stand_in, method, parts.path, asked, json.loads(body) if body else None)
        except Fault as fault:
            status, said = fault.status, fault.said
        content = json.dumps(said).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def _check_key(self, path: str) -> None:
        given = self.headers.get("Authorization")
        if path == "/health" or given == f"Bearer {KEY}":
            return
        if given is None:
            said = "The Authorization header is missing. It must use the bearer authorization method."
            raise Fault(401, "missing_authorization_header", said, "auth")
        raise Fault(403, "invalid_api_key", "The provided API key is invalid.", "auth")


def _routed(stand_in: StandIn, method: str, path: str, asked: dict[str, str], body: Any) -> tuple[int, Any]:
    queue = stand_in.queue
    match [method, *(unquote(part) for part in path.strip("/").split("/"))]:
        case ["GET", "health"]:
            return 200, {"status": "available"}
        case ["GET", "version"]:
            return 200, {"commitSha": "stand-in", "commitDate": "unknown", "pkgVersion": stand_in.version}
        case ["GET", "indexes"]:
            return 200, _page(_indexes(queue), asked)
        case ["GET", "tasks"]:
            return 200, _tasks(queue, asked)
        case ["POST", "tasks", "cancel"]:
            uids, by = _uids(asked), queue._next
            return 200, queue.add("taskCancelation", None, lambda: queue.cancel(uids, by))
        case ["DELETE", "tasks"]:
            uids = _uids(asked)
            return 200, queue.add("taskDeletion", None, lambda: queue.forget(uids))
        case ["POST", "swap-indexes"]:
            return 202, _swap(queue, body)
        case ["PATCH", "indexes", uid, "settings"]:
            if unknown := body.keys() - SETTINGS:
                raise Fault(400, "bad_request", f"Unknown field `{min(unknown)}`")
            return 202, queue.add("settingsUpdate", uid, lambda: queue.settle(uid, body), body)
        case ["DELETE", "indexes", uid]:
            return 202, queue.add("indexDeletion", uid, lambda: queue.drop(uid))
        case ["PUT", "indexes", uid, "documents"]:
            return 202, queue.add(
                "documentAdditionOrUpdate", uid, lambda: queue.put(uid, body, asked.get("primaryKey"))
            )
        case ["POST", "indexes", uid, "documents", "fetch"]:
            return 200, _fetch(queue, uid, body)
        case ["POST", "indexes", uid, "documents", "delete-batch"]:
            return 202, queue.add("documentDeletion", uid, lambda: queue.remove(uid, [str(id_) for id_ in body]))
        case ["POST", "indexes", uid, "documents", "delete"]:
            _check_form(body.get("filter"))
            return 202, queue.add("documentDeletion", uid, lambda: queue.remove_where(uid, body["filter"]))
    raise Fault(404, "not_found", "Not found")


def _check_form(filter_: Any) -> None:
    """A filter's form is checked at once, its attributes when the task is carried out."""
    if not filter_:
        raise Fault(400, "invalid_document_filter", "Sending an empty filter is forbidden.")
    try:
        compile_filter(filter_, None)
    except FilterFault as fault:
        raise Fault(400, "invalid_document_filter", str(fault)) from fault


def _fetch(queue: Queue, uid: str, body: dict[str, Any]) -> dict[str, Any]:
    found = queue.index(uid).fitting(body.get("filter"))
    offset, limit, fields = body.get("offset", 0), body.get("limit", 20), body.get("fields")
    chosen = found[offset : offset + limit]
    if fields is not None:
        chosen = [{key: document[key] for key in fields if key in document} for document in chosen]
    return {"results": chosen, "offset": offset, "limit": limit, "total": len(found)}


def _indexes(queue: Queue) -> list[dict[str, Any]]:
    return [
        {"uid": uid, "createdAt": index.created, "updatedAt": index.created, "primaryKey": index.primary}
        for uid, index in sorted(queue.indexes.items())
    ]


def _page(rows: list[Any], asked: dict[str, str]) -> dict[str, Any]:
    offset, limit = int(asked.get("offset", 0)), int(asked.get("limit", 20))
    return {"results": rows[offset : offset + limit], "offset": offset, "limit": limit, "total": len(rows)}


def _tasks(queue: Queue, asked: dict[str, str]) -> dict[str, Any]:
    """The latest first."""
    if unknown := set(asked.get("types", "indexSwap").split(",")) - TYPES:
        raise Fault(400, "invalid_task_types", f"`{min(unknown)}` is not a valid task type.")
    wanted = {name: set(asked[name].split(",")) for name in ("uids", "statuses", "types", "indexUids") if name in asked}
    keys = {"uids": "uid", "statuses": "status", "types": "type", "indexUids": "indexUid"}
    latest = int(asked.get("from", queue._next))
    found = [
        task
        for task in reversed(queue.tasks)
        if all(str(task[keys[name]]) in values for name, values in wanted.items()) and task["uid"] <= latest
    ]
    limit = int(asked.get("limit", 20))
    page = found[:limit]
    after = found[limit]["uid"] if len(found) > limit else None
    return {
        "results": page, "total": len(found), "limit": limit, "from": page[0]["uid"] if page else None, "next": after,
    }  # fmt: skip


def _uids(asked: dict[str, str]) -> set[int]:
    if not asked.get("uids"):
        raise Fault(400, "missing_task_filters", "Query parameters to filter the tasks are missing.")
    return {int(uid) for uid in asked["uids"].split(",")}


def _swap(queue: Queue, body: list[dict[str, Any]]) -> dict[str, Any]:
    pairs = [tuple(pair["indexes"]) for pair in body]
    names = [uid for pair in pairs for uid in pair]
    if any(len(pair) != 2 for pair in pairs):
        raise Fault(400, "invalid_swap_indexes", "Two indexes must be given for each swap.")
    if len(names) != len(set(names)):
        raise Fault(400, "invalid_swap_duplicate_index_found", "Indexes must be declared only once during a swap.")
    by = queue._next
    return queue.add("indexSwap", None, lambda: queue.swap(pairs, by), {"swaps": [{"indexes": list(p)} for p in pairs]})
