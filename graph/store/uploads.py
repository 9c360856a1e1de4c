"""Files that were sent, and what they do: each with its lines in parts of a hundred, so that a page reads one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final, LiteralString, TypeVar

import msgspec

from graph.model.uploads import PREVIEW, SeenFault, SeenLine, Upload, UploadState

if TYPE_CHECKING:
    from graph.store.unit import Unit

S = TypeVar("S", SeenLine, SeenFault)

PART: Final = 100
# Parts are written some at a time: a statement that carries megabytes is slow to read for the engine.
PARTS_AT_ONCE: Final = 20
SWEPT_AT_ONCE: Final = 50
# Previews of one person that wait to be confirmed: each may be ten thousand lines.
MOST_WAITING: Final = 5

ADD: Final[LiteralString] = "UNWIND $rows AS row CREATE (u:Upload) SET u = row"
ADD_PARTS: Final[LiteralString] = "UNWIND $rows AS row CREATE (p:UploadPart) SET p = row"
SAY_PARTS: Final[LiteralString] = "UNWIND $rows AS row MATCH (p:UploadPart {id: row.id}) SET p.said = row.said"
GET: Final[LiteralString] = "MATCH (u:Upload {id: $id}) RETURN u{.*} AS upload"
PARTS: Final[LiteralString] = """
UNWIND $ids AS id
MATCH (p:UploadPart {id: id})
RETURN p.id AS id, p.said AS said
"""
# Lock first: of two who confirm at once, the second waits, and finds it done.
TAKE: Final[LiteralString] = """
MATCH (u:Upload {id: $id})
SET u.locked = $by
WITH u WHERE u.state = $state
RETURN u{.*} AS upload
"""
START: Final[LiteralString] = "MATCH (u:Upload {id: $id}) SET u.started = $at, u.told = ''"
TOLD: Final[LiteralString] = "MATCH (u:Upload {id: $id}) SET u.told = $told REMOVE u.started"
END: Final[LiteralString] = "MATCH (u:Upload {id: $id}) SET u.state = $state, u.ended = $at REMOVE u.started"
SEAL: Final[LiteralString] = "CREATE (f:AppliedFile {id: $id, upload: $upload})"
SEALED: Final[LiteralString] = "MATCH (f:AppliedFile {id: $id}) RETURN f.upload AS upload"
UNSEAL: Final[LiteralString] = "MATCH (f:AppliedFile {id: $id}) DELETE f"
PAST: Final[LiteralString] = """
MATCH (u:Upload) WHERE u.organisation = $organisation AND u.state IN ['applied', 'taken_back']
RETURN u{.*} AS upload ORDER BY u.at DESC, u.id LIMIT $most
"""
UNCONFIRMED: Final[LiteralString] = """
MATCH (u:Upload) WHERE u.organisation = $organisation AND u.by = $by AND u.state IN ['waiting', 'refused']
RETURN u{.*} AS upload ORDER BY u.at DESC, u.id
"""
OVER: Final[LiteralString] = """
MATCH (u:Upload) WHERE u.state IN ['waiting', 'refused'] AND u.at < $before
RETURN u{.*} AS upload LIMIT $most
"""
FORGET: Final[LiteralString] = "UNWIND $ids AS id MATCH (u:Upload {id: id}) DELETE u"
FORGET_PARTS: Final[LiteralString] = "UNWIND $ids AS id MATCH (p:UploadPart {id: id}) DELETE p"


class Uploads:
    """Files that were sent, within one unit."""

    def __init__(self, unit: Unit) -> None:
        self._unit = unit

    async def add(self, upload: Upload, lines: Sequence[SeenLine], faults: Sequence[SeenFault]) -> None:
        """What was just read."""
        await self._unit.run(ADD, rows=[_row(upload)])
        await self._write(ADD_PARTS, [*_parts(upload.id, lines), *_parts(upload.id, faults)])

    async def get(self, id_: str) -> Upload | None:
        """One of them."""
        rows = await self._unit.run(GET, id=id_)
        return _upload(rows[0]["upload"]) if rows else None

    async def lines(self, upload: Upload, part: int | None = None) -> list[SeenLine]:
        """Its lines in order; those of one part only, counted from 0."""
        return await self._read(SeenLine, upload.id, upload.lines, part)

    async def faults(self, upload: Upload, part: int | None = None) -> list[SeenFault]:
        """What is wrong with it, likewise."""
        return await self._read(SeenFault, upload.id, upload.faults, part)

    async def take(self, id_: str, by: str, state: UploadState) -> Upload | None:
        """Lock it for this unit; None when it is not, or no longer, in this state."""
        rows = await self._unit.run(TAKE, id=id_, by=by, state=state.value)
        return _upload(rows[0]["upload"]) if rows else None

    async def start(self, id_: str, at: datetime) -> None:
        """Someone asked for it to be done, or taken back."""
        await self._unit.run(START, id=id_, at=_moment(at))

    async def tell(self, id_: str, told: str) -> None:
        """That is over, and why it came to nothing; "" when it did not."""
        await self._unit.run(TOLD, id=id_, told=told)

    async def applied(self, upload: Upload, lines: Sequence[SeenLine], at: datetime) -> None:
        """All of it was done; its lines know now which entries they made. The same file is not done again."""
        await self._unit.run(SEAL, id=_seal(upload.organisation, upload.digest), upload=upload.id)
        await self._unit.run(END, id=upload.id, state=UploadState.APPLIED.value, at=_moment(at))
        await self._write(SAY_PARTS, _parts(upload.id, lines))

    async def taken_back(self, upload: Upload, at: datetime) -> None:
        """All of it was undone: the same file may come again."""
        await self._unit.run(UNSEAL, id=_seal(upload.organisation, upload.digest))
        await self._unit.run(END, id=upload.id, state=UploadState.TAKEN_BACK.value, at=_moment(at))

    async def same(self, organisation: str, digest: str) -> str:
        """The upload by which this organisation did this very file; "" when it did not."""
        rows = await self._unit.run(SEALED, id=_seal(organisation, digest))
        return rows[0]["upload"] if rows else ""

    async def past(self, organisation: str, most: int) -> list[Upload]:
        """Those that were done, the most recent first."""
        rows = await self._unit.run(PAST, organisation=organisation, most=most)
        return [_upload(row["upload"]) for row in rows]

    async def sweep(self, at: datetime) -> int:
        """Forget some of those that nobody confirmed within the hour; how many."""
        rows = await self._unit.run(OVER, before=_moment(at - PREVIEW), most=SWEPT_AT_ONCE)
        return await self._forget([_upload(row["upload"]) for row in rows])

    async def make_room(self, organisation: str, by: str) -> int:
        """Forget the oldest previews of one person that she did not confirm, so that there is room for one more; how many."""
        rows = await self._unit.run(UNCONFIRMED, organisation=organisation, by=by)
        some = [_upload(row["upload"]) for row in rows]
        return await self._forget([one for one in some if one.started is None][MOST_WAITING - 1 :])

    async def _forget(self, over: Sequence[Upload]) -> int:
        parts = [id_ for one in over for kind, n in _kinds(one) for id_ in _part_ids(one.id, kind, n)]
        await self._unit.run(FORGET_PARTS, ids=parts)
        await self._unit.run(FORGET, ids=[one.id for one in over])
        return len(over)

    async def _write(self, query: LiteralString, rows: list[dict[str, Any]]) -> None:
        for start in range(0, len(rows), PARTS_AT_ONCE):
            await self._unit.run(query, rows=rows[start : start + PARTS_AT_ONCE])

    async def _read(self, kind: type[S], upload: str, count: int, part: int | None) -> list[S]:
        ids = _part_ids(upload, kind, count)
        wanted = ids if part is None else ids[part : part + 1]
        said = {row["id"]: row["said"] for row in await self._unit.run(PARTS, ids=wanted)}
        return [one for id_ in wanted for one in msgspec.json.decode(said[id_], type=list[kind])]


def _kinds(upload: Upload) -> tuple[tuple[type, int], ...]:
    return (SeenLine, upload.lines), (SeenFault, upload.faults)


def _part_ids(upload: str, kind: type, count: int) -> list[str]:
    return [f"{upload}#{kind.__name__}#{part}" for part in range(-(-count // PART))]


def _parts(upload: str, some: Sequence[SeenLine] | Sequence[SeenFault]) -> list[dict[str, Any]]:
    """Rows of a hundred each; one text of JSON, for nobody asks the engine about what is in them."""
    if not some:
        return []
    return [
        {"id": id_, "upload": upload, "said": msgspec.json.encode(some[n * PART : (n + 1) * PART]).decode()}
        for n, id_ in enumerate(_part_ids(upload, type(some[0]), len(some)))
    ]


def _row(upload: Upload) -> dict[str, Any]:
    values = {name: value for name, value in msgspec.to_builtins(upload).items() if value is not None}
    return values | {"at": _moment(upload.at)}


def _upload(row: dict[str, Any]) -> Upload:
    return msgspec.convert({name: value for name, value in row.items() if name != "locked"}, Upload)


def _moment(at: datetime) -> str:
    """UTC to the second, so that texts sort as moments do."""
    return at.astimezone(UTC).isoformat(timespec="seconds")


def _seal(organisation: str, digest: str) -> str:
    return f"{organisation}|{digest}"
