"""Who read which file, lists of files, codes that join two: on the real engine."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from graph.model.account import Account
from graph.model.casework import deciding
from graph.model.casework.acts import WorkersSet
from graph.model.casework.file import Actor, ActorKind, File, Member, MemberRole, Outcome
from graph.model.errors import Unavailable
from graph.store.casework.checking import check_files
from graph.store.casework.lists import Counted, Part
from graph.store.casework.proving import Flaw, FlawKind
from graph.store.casework.reads import FileRead, ReadPage
from graph.store.migrations import m024_pages
from graph.store.unit import Graph, Unit
from tests.store.casework.lives import lay

AT = datetime(2026, 3, 2, 9, tzinfo=UTC)
ANNE = Actor(kind=ActorKind.PROFESSIONAL, account="anne", organisation="o:desk", name="Anne")
MEMBER = Member(id="m1", role=MemberRole.ADULT)


async def opened(graph: Graph, by: Actor = ANNE, at: datetime = AT) -> File:
    async def write(unit: Unit) -> File:
        return await unit.files.append(None, by, at, deciding.opened(by, (MEMBER,), at))

    return await graph.write(write)


async def appended(graph: Graph, file: File, *events: object) -> File:
    async def write(unit: Unit) -> File:
        stood = await unit.files.load(file.id)
        assert stood is not None
        return await unit.files.append(stood, ANNE, AT, *events)  # type: ignore[arg-type]

    return await graph.write(write)


async def read(graph: Graph, page: ReadPage, groups: tuple[str, ...], at: datetime, account: str = "anne") -> None:
    await graph.write(lambda unit: unit.file_reads.note(["f1"], account, "o:desk", page, groups, at))


async def test_reads_of_a_quarter_are_one_row(empty_graph: Graph) -> None:
    account = Account(id="anne", email="anne@example.org", name="Anne", function="assistante sociale")
    await empty_graph.write(lambda unit: unit.accounts.put(account))
    await read(empty_graph, ReadPage.FILE, ("need", "identity"), AT)
    await read(empty_graph, ReadPage.FILE, ("need",), AT + timedelta(minutes=3))
    await read(empty_graph, ReadPage.DATA, ("circle",), AT + timedelta(minutes=14))
    await read(empty_graph, ReadPage.FILE, (), AT + timedelta(minutes=15))
    await read(empty_graph, ReadPage.FILE, (), AT + timedelta(minutes=20), account="ben")
    async with empty_graph.reading() as unit:
        found = await unit.file_reads.of("f1")
        earlier = await unit.file_reads.of("f1", before=(found[1].first, found[1].id))
        newest = await unit.file_reads.of("f1", most=1)
    assert [(one.account, one.first) for one in found] == [
        ("ben", AT + timedelta(minutes=20)),
        ("anne", AT + timedelta(minutes=15)),
        ("anne", AT),
    ]
    assert found[0].function == ""
    assert earlier == [
        FileRead(
            id=found[2].id,
            account="anne",
            organisation="o:desk",
            function="assistante sociale",
            first=AT,
            last=AT + timedelta(minutes=14),
            pages=(ReadPage.FILE, ReadPage.DATA),
            groups=("identity", "need", "circle"),
        )
    ]
    assert newest == found[:1]


async def rows_wrong(graph: Graph) -> list[str]:
    """What `maillage doctor` finds of rows."""
    found: list[Flaw] = []
    async with graph.reading() as unit:
        keyring = unit.keyring
    await check_files(graph, keyring, found.append, lambda done, total: None)
    return sorted(flaw.what for flaw in found if flaw.kind is FlawKind.ROW)


async def test_what_is_owed_first_comes_first(empty_graph: Graph) -> None:
    later = await opened(empty_graph, at=AT + timedelta(days=7))
    first = await opened(empty_graph)
    elsewhere = await opened(empty_graph, by=replace(ANNE, organisation="o:other"))
    desk = await opened(empty_graph, by=replace(ANNE, account=""), at=AT + timedelta(days=14))
    await appended(empty_graph, later, WorkersSet(accounts=frozenset({"ben"})))
    ended = await opened(empty_graph)
    await appended(empty_graph, ended, deciding.closed(ended, Outcome.MET, "Fini."))
    # As an earlier version left them.
    await empty_graph.write(lambda unit: unit.run("MATCH (f:File) REMOVE f.due, f.day"))
    await empty_graph.write(lambda unit: unit.run("MATCH (e:Entry) REMOVE e.slot"))
    assert await rows_wrong(empty_graph) == ["day", *["day, due"] * 4, *["slot"] * 7]
    await m024_pages.run(empty_graph)
    assert await rows_wrong(empty_graph) == []
    async with empty_graph.reading() as unit:
        lists = unit.file_lists
        every = Part(("o:desk",), accounts=("anne",), worker="anne", every=True)
        found = await lists.open(every, 10)
        pages = [await lists.open(every, 2, skip) for skip in (0, 2, 4)]
        both = await lists.open(replace(every, organisations=("o:desk", "o:other")), 10)
        bens = await lists.open(Part(("o:desk",), accounts=("ben",), worker="ben"), 10)
        annes = await lists.open(replace(every, every=False), 10)
        desks = await lists.open(Part(("o:desk",), accounts=("",)), 10)
        past = await lists.ended(every, 10)
        none = await lists.ended(Part(("o:desk",), accounts=("ben", ""), worker="ben"), 10)
        counts = await lists.open_counts(replace(every, organisations=("o:desk", "o:other", "o:none")))
        past_counts = await lists.ended_counts(every)
        files = await unit.file_lists.opened([desk.id, first.id, "absent"])
        unit.keyring.destroy(desk.id)
        left = await unit.file_lists.opened([desk.id, first.id])
    assert found == [first.id, later.id, desk.id]
    assert pages == [found[:2], found[2:], []]
    assert set(both) == {*found, elsewhere.id}
    assert (bens, annes, desks) == ([later.id], [first.id, later.id], [desk.id])
    assert (past, none) == ([ended.id], [])
    assert counts == {"o:desk": Counted(every=3, desk=1, hers=2), "o:other": Counted(every=1, desk=0, hers=1)}
    assert past_counts == {"o:desk": Counted(every=1, desk=0, hers=1)}
    assert files == [desk, first]
    assert left == [first]


async def test_a_code_serves_once_and_for_so_long(empty_graph: Graph) -> None:
    until = AT + timedelta(days=7)

    async def keep(unit: Unit, code: str, file: str = "f1") -> None:
        await unit.link_codes.keep(code, file, until, AT)

    async def used(code: str, at: datetime = AT) -> str:
        return await empty_graph.write(lambda unit: unit.link_codes.used(code, at))

    await empty_graph.write(lambda unit: keep(unit, "FIRST"))
    await empty_graph.write(lambda unit: keep(unit, "SECOND"))
    await empty_graph.write(lambda unit: keep(unit, "OTHER", "f2"))
    assert await used("FIRST") == ""
    assert await used("SECOND", until + timedelta(seconds=1)) == ""
    assert await used("SECOND") == "f1"
    assert await used("SECOND") == ""
    assert await used("OTHER") == "f2"
    async with empty_graph.reading() as unit:
        assert await unit.run("MATCH (c:LinkCode) RETURN c.id AS id") == []


async def test_without_any_key_a_list_says_so_and_is_not_empty(empty_graph: Graph) -> None:
    ids = list(await lay(empty_graph, 2, ("o:cms",)))
    async with empty_graph.reading() as unit:
        keys = unit.keyring.folder
        one = keys / ids[0][-2:] / ids[0]
    kept = one.read_bytes()
    one.write_bytes(b"short")
    async with empty_graph.reading() as unit:
        assert [file.id for file in await unit.file_lists.opened(ids)] == ids[1:]
    one.write_bytes(kept)
    aside = keys.rename(keys.with_name("elsewhere"))
    try:
        async with empty_graph.reading() as unit:
            assert await unit.file_lists.opened(["absent"]) == []
            with pytest.raises(Unavailable, match="Rien n’est perdu"):
                await unit.file_lists.opened(ids)
    finally:
        aside.rename(keys)
    async with empty_graph.reading() as unit:
        assert [file.id for file in await unit.file_lists.opened(ids)] == ids
