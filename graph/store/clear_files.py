"""What a plan looks at of open files, read from the rows that stand in clear beside what is sealed: none is opened, no key is asked
for.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, Final, LiteralString

from graph.model.casework.handoff import ENDED, Kind, State
from graph.model.reorganisation.facts import OF_LEAD, FileFacts, HandoffFacts

if TYPE_CHECKING:
    from graph.store.unit import Unit

Row = Mapping[str, Any]
AT_ONCE: Final = 500

FILES: Final[LiteralString] = """
UNWIND $ids AS id
MATCH (f:File {id: id}) WHERE f.state = 'open'
RETURN f.id AS id, f.leadOrganisation AS organisation, f.leadAccount AS account, f.commune AS commune, f.workers AS workers
ORDER BY id
"""
NEEDS: Final[LiteralString] = """
UNWIND $ids AS id
MATCH (n:Need {file: id})
RETURN n.file AS file, n.id AS id, n.competence AS competence, n.ended AS ended, n.opened AS opened
ORDER BY file, opened, id
"""
HANDOFFS: Final[LiteralString] = """
UNWIND $ids AS id
MATCH (h:Handoff {file: id}) WHERE h.ended = 0
RETURN h{.id, .file, .kind, .state, .sender, .senderAccount, .target, .service, .post, .targetAccount, .needs} AS row
ORDER BY h.file, h.drafted, h.id
"""


async def clear_facts(unit: Unit, files: Iterable[str]) -> list[FileFacts]:
    """Of those of these files that are open; `file_facts` of them opened says the same."""
    asked, found = list(files), list[FileFacts]()
    for start in range(0, len(asked), AT_ONCE):
        found += await _facts(unit, asked[start : start + AT_ONCE])
    return found


async def _facts(unit: Unit, ids: list[str]) -> list[FileFacts]:
    files = await unit.run(FILES, ids=ids)
    needs: defaultdict[str, dict[str, Row]] = defaultdict(dict)
    for row in await unit.run(NEEDS, ids=ids):
        needs[row["file"]][row["id"]] = row
    handoffs: defaultdict[str, list[HandoffFacts]] = defaultdict(list)
    for found in await unit.run(HANDOFFS, ids=ids):
        row = found["row"]
        if State(row["state"]) not in ENDED:
            handoffs[row["file"]].append(_handoff(row, needs[row["file"]]))
    zones = await zones_of(unit, (row["commune"] or "" for row in files))
    return [
        FileFacts(
            id=row["id"],
            organisation=row["organisation"],
            account=row["account"] or "",
            zones=zones[row["commune"] or ""],
            competences=tuple(one["competence"] for one in needs[row["id"]].values() if not one["ended"]),
            handoffs=tuple(handoffs[row["id"]]),
            workers=frozenset(row["workers"] or ()),
        )
        for row in files
    ]


def _handoff(row: Row, needs: Mapping[str, Row]) -> HandoffFacts:
    return HandoffFacts(
        id=row["id"],
        file=row["file"],
        sender=row["sender"],
        sender_account=row.get("senderAccount") or "",
        target=row["target"],
        service=row.get("service") or "",
        post=row.get("post") or "",
        account=row.get("targetAccount") or "",
        competences=tuple(needs[need]["competence"] for need in row.get("needs") or () if need in needs),
        of_lead=Kind(row["kind"]) in OF_LEAD,
    )


async def zones_of(unit: Unit, communes: Iterable[str]) -> dict[str, frozenset[str]]:
    """By commune, itself and all that it lies in; of one that is not on the map itself alone."""
    asked = sorted(set(communes))
    known = await unit.territories.by_ids([id_ for id_ in asked if id_])
    return {id_: frozenset({*known[id_].zones, id_} if id_ in known else {id_}) for id_ in asked}
