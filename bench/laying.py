"""A network's rows by the hundred thousand, for measures: invented lives under other names, laid without their sealed parts.

What figures, lists and indexes read stands in clear, and is laid as the store writes it. Each repetition is a network of its own
bodies, in one of a hundred invented départements in turn; so what is crowded in a country is crowded here, and no more.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from itertools import count
from typing import Any, Final, LiteralString

from graph.model.casework.chain import START
from graph.model.territory import COUNTRY, Territory, TerritoryLevel
from graph.model.vocabulary import kinds
from graph.store.casework import bulk
from graph.store.casework.files import made_of
from graph.store.casework.rows import NETWORK
from graph.store.loading import Loader
from graph.store.migrate import mark
from graph.store.unit import Graph, Unit
from importers.invented.generated import generated
from importers.invented.loading import lives

END: Final = datetime(2026, 3, 2, 9, tzinfo=UTC)
FILES: Final = 800
AT_ONCE: Final = 2_000
DEPARTEMENTS: Final = 100
SECONDS: Final = 60.0
BODIES: Final[LiteralString] = "CREATE (o:Organisation) SET o = $row"
# What is laid, by the statement that the store itself lays whole logs by; entries, which are many, last.
LAID: Final[tuple[LiteralString, ...]] = (
    bulk.FILES,
    bulk.NEEDS,
    bulk.HANDOFFS,
    bulk.ACTIONS,
    bulk.NO_RELAYS,
    bulk.ENTRIES,
)
# Properties that name something of the network's own, which each repetition names otherwise.
NAMES: Final = frozenset(
    {"id", "file", "organisation", "account", "leadOrganisation", "leadAccount", "lastOrganisation", "lastAccount"}
    | {"sender", "senderAccount", "target", "targetAccount", "parent", "about", "handoff", "need", "effect"}
)
LISTS: Final = frozenset({"needs", "workers"})
Row = dict[str, Any]
Rows = dict[LiteralString, list[Row]]


class Laying:
    """Rows into an empty graph, some more at each call of `until`. `handoffs` and `files` are how many lie there."""

    def __init__(self, graph: Graph, *, entries: bool = False) -> None:
        """`entries` lays their logs too, a dozen rows for each handoff."""
        self._graph = graph
        self._network = generated("bench", 1, END)
        made = [made_of(bytes(32), None, START, log) for log in lives(self._network, "bench", FILES, END)]
        laid: list[LiteralString] = [query for query in LAID if entries or query != bulk.ENTRIES]
        self._files: list[Rows] = [{query: one.rows[bulk.PARTS[query]] for query in laid} for one in made]
        communes = Counter(row["commune"] for one in self._files for row in one[bulk.FILES] if row.get("commune"))
        self._communes = {commune: number for number, (commune, _) in enumerate(communes.most_common())}
        self._next = self._repeated()
        self.handoffs = self.files = 0
        # The body that leads most files, of the first network.
        leads = Counter(
            row.get("leadOrganisation") or row["lastOrganisation"] for one in self._files for row in one[bulk.FILES]
        )
        self.house = f"0/{leads.most_common(1)[0][0]}"

    async def until(self, handoffs: int) -> None:
        """So many handoffs at least."""
        if not self.files:
            await self._map()
        waiting: Rows = {query: [] for query in (BODIES, *LAID)}
        while self.handoffs < handoffs:
            for query, rows in next(self._next).items():
                waiting[query] += rows
                if query == bulk.HANDOFFS:
                    self.handoffs += len(rows)
            self.files += 1
            for query, rows in waiting.items():
                while len(rows) >= AT_ONCE:
                    await self._write(query, rows[:AT_ONCE])
                    del rows[:AT_ONCE]
        for query, rows in waiting.items():
            await self._write(query, rows)

    async def _write(self, query: LiteralString, rows: Sequence[Row]) -> None:
        async def write(unit: Unit) -> None:
            for asked in ({"row": row} for row in rows) if query == BODIES else ({"rows": list(rows)},):
                await unit.run(query, **asked)

        if rows:
            await self._graph.write(write, SECONDS)

    async def _map(self) -> None:
        """As many communes in each département as the lives have."""
        found = [Territory(id=COUNTRY, name="France", level=TerritoryLevel.COUNTRY, zones=(COUNTRY,))]
        for departement in range(DEPARTEMENTS):
            above = (f"departement:{departement:03}", f"region:{departement // 8:02}", COUNTRY)
            for number in range(len(self._communes)):
                id_ = _commune(departement, number)
                zones = (id_, f"epci:{departement:03}-{number // 10}", *above)
                found.append(Territory(id=id_, name=id_, level=TerritoryLevel.COMMUNE, zones=zones))
        loader = Loader(self._graph, "bench")
        await loader.load(await loader.plan_territories(found), lambda done: None)
        # Rows are laid as this version writes them.
        await mark(self._graph, "files-tell-their-commune")

    def _repeated(self) -> Iterator[Rows]:
        every = sorted(kinds())
        for number in count():
            prefix, departement = f"{number}/", number % DEPARTEMENTS
            bodies: list[Row] = [
                {"id": prefix + id_, "name": prefix + id_, "kind": every[place % len(every)]}
                for place, id_ in enumerate(self._network.bodies)
            ]
            for file in self._files:
                rows: Rows = {BODIES: bodies}
                for query, some in file.items():
                    rows[query] = [self._named(row, prefix, departement) for row in some]
                yield rows
                bodies = []

    def _named(self, row: Row, prefix: str, departement: int) -> Row:
        found = {
            name: prefix + value if name in NAMES and value != NETWORK else value
            for name, value in row.items()
            if name != "sealed"
        }
        for name in LISTS & found.keys():
            found[name] = [prefix + one for one in found[name]]
        if "commune" in found:
            found["commune"] = _commune(departement, self._communes[found["commune"]])
        if "tally" in found:
            what, organisation, month = found["tally"].split("|")
            found["tally"] = f"{what}|{prefix}{organisation}|{month}"
        if "cause" in found:
            file, need = row["id"].split("|")
            found["id"] = f"{prefix}{file}|{prefix}{need}"
        return found


def _commune(departement: int, number: int) -> str:
    return f"{departement:03}{number:02}"
