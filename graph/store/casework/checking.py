"""Every file of the graph proved, page by page: what `maillage doctor` finds. Nothing is held but one page."""

from __future__ import annotations

import asyncio
import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any, Final, LiteralString

from graph.store.casework.keyring import Keyring
from graph.store.casework.proving import Flaw, FlawKind, Proof
from graph.store.casework.rows import Row, milliseconds
from graph.store.casework.seats import SeatState, seat_ids
from graph.store.outbox import KEEP_DAYS
from graph.store.unit import Graph, Unit

PAGE: Final = 50
ROWS: Final = 2000
FILE_ID: Final = re.compile(r"[0-9a-f]{32}")
# A file with more entries is read by itself, piece by piece.
LONG: Final = 200
PIECE: Final = 500
SECONDS: Final = 60.0
# People work meanwhile: a file that changed while it was read is read again.
READINGS: Final = 4

COUNT: Final[LiteralString] = "MATCH (f:File) RETURN count(f) AS files"
FILES: Final[LiteralString] = """
MATCH (f:File) WHERE f.id > $after
WITH f ORDER BY f.id LIMIT $most
RETURN f.id AS id, f{.*} AS row ORDER BY id
"""
THESE: Final[LiteralString] = "UNWIND $ids AS id MATCH (f:File {id: id}) RETURN id, f{.*} AS row ORDER BY id"
ENTRIES: Final[LiteralString] = """
UNWIND $ids AS id
MATCH (e:Entry {file: id})
RETURN id AS file, e{.*} AS row, e.seq AS seq ORDER BY file, seq
"""
PIECES: Final[LiteralString] = """
MATCH (e:Entry {file: $id}) WHERE e.seq > $after
RETURN e{.*} AS row, e.seq AS seq ORDER BY seq LIMIT $most
"""
NEEDS: Final[LiteralString] = "UNWIND $ids AS id MATCH (n:Need {file: id}) RETURN id AS file, n{.*} AS row"
HANDOFFS: Final[LiteralString] = "UNWIND $ids AS id MATCH (n:Handoff {file: id}) RETURN id AS file, n{.*} AS row"
DELIVERIES: Final[LiteralString] = "UNWIND $ids AS id MATCH (n:Delivery {file: id}) RETURN id AS file, n{.*} AS row"
ACTIONS: Final[LiteralString] = "UNWIND $ids AS id MATCH (n:NextAction {file: id}) RETURN id AS file, n{.*} AS row"
WORKING: Final[LiteralString] = """
UNWIND $ids AS id
MATCH (m:Membership {id: id}) WHERE m.state = 'active'
RETURN id
"""
OFF: Final[LiteralString] = "UNWIND $ids AS id MATCH (s:Seat {id: id}) WHERE s.state = $off RETURN id"
UNTOLD: Final[LiteralString] = """
UNWIND $ids AS id
OPTIONAL MATCH (o:Outbox {id: id})
OPTIONAL MATCH (d:Delivered {id: id})
WITH id, o, d WHERE o IS NULL AND d IS NULL
RETURN id ORDER BY id
"""
# Nodes of a file that is not there.
LOST: Final[dict[str, LiteralString]] = {
    "Entry": """
MATCH (n:Entry) WHERE n.id > $after
WITH n ORDER BY n.id LIMIT $most
OPTIONAL MATCH (f:File {id: n.file})
RETURN n.id AS id, n.file AS file, f IS NULL AS lost ORDER BY id
""",
    "Need": """
MATCH (n:Need) WHERE n.id > $after
WITH n ORDER BY n.id LIMIT $most
OPTIONAL MATCH (f:File {id: n.file})
RETURN n.id AS id, n.file AS file, f IS NULL AS lost ORDER BY id
""",
    "Handoff": """
MATCH (n:Handoff) WHERE n.id > $after
WITH n ORDER BY n.id LIMIT $most
OPTIONAL MATCH (f:File {id: n.file})
RETURN n.id AS id, n.file AS file, f IS NULL AS lost ORDER BY id
""",
    "Delivery": """
MATCH (n:Delivery) WHERE n.id > $after
WITH n ORDER BY n.id LIMIT $most
OPTIONAL MATCH (f:File {id: n.file})
RETURN n.id AS id, n.file AS file, f IS NULL AS lost ORDER BY id
""",
    "NextAction": """
MATCH (n:NextAction) WHERE n.id > $after
WITH n ORDER BY n.id LIMIT $most
OPTIONAL MATCH (f:File {id: n.file})
RETURN n.id AS id, n.file AS file, f IS NULL AS lost ORDER BY id
""",
}
KEYLESS: Final[LiteralString] = """
UNWIND $ids AS id
OPTIONAL MATCH (f:File {id: id})
WITH id, f WHERE f IS NULL
RETURN id ORDER BY id
"""

# What is told of each flaw as it is found, so that a graph full of them fills no memory.
Tell = Callable[[Flaw], None]


async def count_files(graph: Graph) -> int:
    """How many files there are, those that are closed or erased too."""
    async with graph.reading(SECONDS) as unit:
        return (await unit.run(COUNT))[0]["files"]


async def check_files(graph: Graph, keyring: Keyring, tell: Tell, progress: Callable[[int, int], None]) -> int:
    """Prove every file, and tell each flaw; how many files were read. Raises Unavailable."""
    total = await count_files(graph)
    after, read = "", 0
    while True:
        async with graph.reading(SECONDS) as unit:
            page = await unit.run(FILES, after=after, most=PAGE)
            flaws = await _flaws(unit, keyring, [row["row"] for row in page])
        for id_, found in flaws.items():
            for flaw in await _standing(graph, keyring, id_, found) if found else ():
                tell(flaw)
        read += len(page)
        progress(read, max(total, read))
        if len(page) < PAGE:
            break
        after = page[-1]["id"]
    await _check_lost(graph, tell)
    return read


async def orphans(graph: Graph, keyring: Keyring) -> int:
    """How many keys have no file: harmless, for what was refused has left one. Those that organisations have are others.

    Raises Unavailable.
    """
    found, ids = 0, (id_ for id_ in keyring.ids() if FILE_ID.fullmatch(id_))
    while some := await asyncio.to_thread(lambda: list(islice(ids, ROWS))):
        async with graph.reading(SECONDS) as unit:
            found += len(await unit.run(KEYLESS, ids=some))
    return found


async def _standing(graph: Graph, keyring: Keyring, id_: str, found: Sequence[Flaw]) -> Sequence[Flaw]:
    """Those of the flaws that are found again while nobody wrote to the file."""
    for _ in range(READINGS):
        async with graph.reading(SECONDS) as unit:
            rows = [row["row"] for row in await unit.run(THESE, ids=[id_])]
            again = (await _flaws(unit, keyring, rows)).get(id_, [])
            same = [row["row"] for row in await unit.run(THESE, ids=[id_])] == rows
        if not again or (same and set(again) == set(found)):
            return again
        found = again
    return found


async def _flaws(unit: Unit, keyring: Keyring, rows: Sequence[Row]) -> dict[str, list[Flaw]]:
    """What is wrong with these files, by file."""
    proofs = [Proof(row, await asyncio.to_thread(keyring.of, row["id"])) for row in rows]
    short = [proof.id for proof, row in zip(proofs, rows, strict=True) if row.get("seq", 0) <= LONG]
    entries = await _of_each(unit, ENTRIES, short)
    for proof in proofs:
        if proof.id in short:
            for row in entries[proof.id]:
                proof.entry(row)
        else:
            await _pieces(unit, proof)
    ids = [proof.id for proof in proofs]
    parts = [await _of_each(unit, query, ids) for query in (NEEDS, HANDOFFS, ACTIONS, DELIVERIES)]
    for proof in proofs:
        proof.end(*(part[proof.id] for part in parts))
    await _check_leads(unit, proofs)
    await _check_effects(unit, proofs, rows)
    return {proof.id: proof.flaws for proof in proofs}


async def _pieces(unit: Unit, proof: Proof) -> None:
    after = 0
    while page := await unit.run(PIECES, id=proof.id, after=after, most=PIECE):
        for row in page:
            proof.entry(row["row"])
        after = page[-1]["seq"]


async def _of_each(unit: Unit, query: LiteralString, ids: Sequence[str]) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = defaultdict(list)
    for row in await unit.run(query, ids=list(ids)) if ids else ():
        found[row["file"]].append(row["row"])
    return found


async def _check_leads(unit: Unit, proofs: Sequence[Proof]) -> None:
    """Whoever leads works there, and was not switched off."""
    led = [(proof, proof.file.lead) for proof in proofs if proof.file and proof.file.open and proof.file.lead]
    members = {f"{lead.account}|{lead.organisation}" for _, lead in led if lead.account}
    working = {row["id"] for row in await unit.run(WORKING, ids=sorted(members))} if members else set[str]()
    seats = {id_ for _, lead in led for id_ in seat_ids(lead.organisation, lead.account)}
    off = {row["id"] for row in await unit.run(OFF, ids=sorted(seats), off=SeatState.OFF.value)} if seats else set()
    for proof, lead in led:
        if lead.account and f"{lead.account}|{lead.organisation}" not in working:
            proof.flaws.append(Flaw(FlawKind.LEAD_GONE, proof.id, f"{lead.account}|{lead.organisation}"))
        if off & set(seat_ids(lead.organisation, lead.account)):
            proof.flaws.append(Flaw(FlawKind.LEAD_OFF, proof.id, f"{lead.account}|{lead.organisation}"))


async def _check_effects(unit: Unit, proofs: Sequence[Proof], rows: Sequence[Row]) -> None:
    """What was written is told to the world: a row of the outbox, as long as those are kept."""
    since = milliseconds(datetime.now(UTC) - timedelta(days=KEEP_DAYS - 1))
    recent = [proof for proof, row in zip(proofs, rows, strict=True) if row.get("changed", 0) > since]
    # The last write of each is known to be recent; those before it may have been swept.
    last = {proof.effects[-1]: proof for proof in recent if proof.effects}
    for row in await unit.run(UNTOLD, ids=sorted(last)) if last else ():
        last[row["id"]].flaws.append(Flaw(FlawKind.NO_EFFECT, last[row["id"]].id, row["id"]))


async def _check_lost(graph: Graph, tell: Tell) -> None:
    for query in LOST.values():
        after = ""
        while True:
            async with graph.reading(SECONDS) as unit:
                page = await unit.run(query, after=after, most=ROWS)
            for flaw in _lost(page):
                tell(flaw)
            if len(page) < ROWS:
                break
            after = page[-1]["id"]


def _lost(page: Sequence[dict[str, Any]]) -> Iterator[Flaw]:
    return (Flaw(FlawKind.NO_FILE, row["file"] or "", row["id"]) for row in page if row["lost"])
