"""Erasure: the key is destroyed, the words are gone, the chain still verifies, the figures stay; whole, or not at all."""

from __future__ import annotations

import asyncio
import re
import signal
import sys
from asyncio.subprocess import PIPE
from datetime import timedelta
from pathlib import Path
from typing import Any, LiteralString

import msgspec
import pytest

from api.actions.casework import following, forgetting, own_page, rights
from api.actions.casework import person as acts
from api.rooms import Rooms
from api.settings import Settings
from api.web.export_view import copy_view
from graph.model.casework import by_person, deciding
from graph.model.casework.acts import Erased, Linked
from graph.model.casework.chain import broken, commitment
from graph.model.casework.contact import Contact, Sequel
from graph.model.casework.file import File, FileState, Lead, LeadCause, Outcome, Right
from graph.model.casework.front_desk import Followed, Recorded
from graph.model.casework.grounds import ShareGroup
from graph.model.casework.handoff import Step
from graph.model.casework.remembering import Cause
from graph.model.casework.said import Said
from graph.model.errors import InvalidInput, NotAllowed, NotFound, ReasonMissing, StepNotAllowed
from graph.store.casework import forgetting as store
from graph.store.casework.reads import ReadPage
from graph.store.engine import Address
from graph.store.loading import Loader
from graph.store.unit import Graph, Unit
from search.embedded import EmbeddedIndex
from tests import make, reading
from tests.api.casework.family import ANNE, AT, BEN, HEAD, MOTHER, PARTNER, Making, draft, family, kept, person
from tests.web.rooms import index_of

FILE = "f1"
FIGURES: LiteralString = """
MATCH (n) WHERE n:Need OR n:Handoff OR n:Request
RETURN labels(n)[0] AS label, n{.*} AS node ORDER BY label, n.id
"""
EVERYTHING: LiteralString = "MATCH (n) WHERE NOT n:Competence RETURN n{.*} AS node"
END = AT.replace(year=2028)


@pytest.fixture(scope="module")
async def index(tmp_path_factory: pytest.TempPathFactory) -> EmbeddedIndex:
    folder = tmp_path_factory.mktemp("forgetting")
    await index_of(folder, ())
    return EmbeddedIndex(folder)


@pytest.fixture
async def rooms(empty_graph: Graph, index: EmbeddedIndex, tmp_path: Path) -> Rooms:
    loader = Loader(empty_graph, "essai")
    bodies = (make.organisation("t:cms", kind="CHRS"), make.organisation("t:ccas", kind="CCAS"))
    await loader.load(await loader.plan_batch(make.batch(*bodies)), lambda done: None)
    return Rooms(settings=Settings(data=tmp_path), graph=empty_graph, index=index, reader=reading.shared())


def ended() -> Making:
    made = family()
    made.handed(draft(), Step.ACCEPT, Step.CONTACT)
    made.step("h-rent", Step.COMPLETE, PARTNER, Said(outcome=Outcome.MET))
    assert made.file is not None
    made.add(deciding.closed(made.file, Outcome.MET, "fini"))
    return made


async def rows(graph: Graph, query: LiteralString) -> list[dict[str, Any]]:
    async with graph.reading() as unit:
        return await unit.run(query)


async def key_of(graph: Graph, id_: str = FILE) -> bytes | None:
    async with graph.reading() as unit:
        return unit.keyring.of(id_)


async def test_nothing_of_it_can_be_read_and_the_figures_stay(rooms: Rooms) -> None:
    graph = rooms.graph
    await kept(graph, ended(), FILE)
    other = await kept(graph, Making(), "f2")
    token = "CREATE (t:LookupToken {id: 'l1', file: 'f1', token: 'abc'})"
    await graph.write(lambda unit: unit.run(token))
    await graph.write(lambda unit: unit.file_reads.note([FILE, "f2"], "a", "t:cms", ReadPage.FILE, (), AT))
    figures = await rows(graph, FIGURES)
    await forgetting.forget(rooms, HEAD, FILE, key="k", repeated=FILE, at=AT)
    assert await rows(graph, FIGURES) == figures
    assert {row["label"] for row in figures} == {"Need", "Handoff"}
    async with graph.reading() as unit:
        assert await unit.files.load(FILE) is None
        assert await unit.files.log(FILE) == []
        links = await unit.files.links(FILE)
        assert broken(links) is None
        assert await unit.files.load("f2") == other
        assert [len(await unit.file_reads.of(id_)) for id_ in (FILE, "f2")] == [0, 1]
    assert await key_of(graph) is None
    assert await key_of(graph, "f2") is not None
    left = [
        row["node"] for row in await rows(graph, EVERYTHING) if FILE in (row["node"].get("file"), row["node"]["id"])
    ]
    assert [node for node in left if "sealed" in node or "token" in node or "tries" in node] == []
    [file] = [node for node in left if node["id"] == FILE]
    assert (file["state"], file["outcome"], file["organisation"]) == ("erased", "met", "t:cms")
    [last] = [node for node in left if node.get("act") == "Erased"]
    assert last["commitment"] == commitment(b"", store.said_of(Erased(visa="", why=last["why"])))
    assert (last["why"], last["seq"]) == ("asked", file["seq"])
    assert await rows(graph, "MATCH (k:Forgotten) RETURN k.id AS id") == []
    # The same once more is the same.
    await forgetting.forget(rooms, HEAD, FILE, key="k", repeated=FILE, at=AT)
    with pytest.raises(NotFound):
        await forgetting.forget(rooms, HEAD, FILE, key="k2", repeated=FILE, at=AT)


async def test_the_desks_words_go_with_the_file(rooms: Rooms) -> None:
    graph = rooms.graph
    await kept(graph, ended(), FILE)

    async def contact(unit: Unit, file: str) -> str:
        request = await unit.requests.append(None, "anne", AT, Recorded(organisation="t:cms", contact=Contact()))
        await unit.requests.write_words(request, "Voisine inquiète.")
        if file:
            await unit.requests.append(request, "anne", AT, Followed(sequel=Sequel.FILE_OPENED, file=file))
        return request.id

    its, other = [await graph.write(lambda unit, file=file: contact(unit, file)) for file in (FILE, "")]
    await forgetting.forget(rooms, HEAD, FILE, key="k", repeated=FILE, at=AT)
    sealed = {row["id"] for row in await rows(graph, "MATCH (r:Request) WHERE r.sealed <> '' RETURN r.id AS id")}
    assert sealed == {other}
    async with graph.reading() as unit:
        assert (await unit.requests.words(its), await unit.requests.words(other)) == ("", "Voisine inquiète.")
        assert await unit.requests.get(its) is not None


async def test_what_went_into_it_goes_with_it(rooms: Rooms) -> None:
    first = Making()
    first.add(Linked(other="f0", into=False), Linked(other=FILE, into=True))
    await kept(rooms.graph, first, "f2")
    whole = family()
    assert whole.file is not None
    whole.add(Linked(other="f2", into=False))
    whole.add(deciding.closed(whole.file, Outcome.MET, "fini"))
    await kept(rooms.graph, whole, FILE)
    await kept(rooms.graph, Making(), "f3")
    # And what had gone into that one, though it names the first again.
    older = Making()
    older.add(Linked(other=FILE, into=False), Linked(other="f2", into=True))
    await kept(rooms.graph, older, "f0")
    told = await rights.access_copy(rooms, ANNE, FILE, MOTHER, AT)
    assert [one["file"] for one in told["linked"]] == ["f2", "f0"]
    assert all(one["member"]["name"] == "Odile Martin" for one in told["linked"])
    before = int((await rows(rooms.graph, "RETURN timestamp() AS now"))[0]["now"])
    await forgetting.forget(rooms, HEAD, FILE, key="k", repeated=FILE, at=AT)
    assert [await key_of(rooms.graph, id_) for id_ in (FILE, "f2", "f0")] == [None, None, None]
    assert await key_of(rooms.graph, "f3") is not None
    # The last head of each is still to be anchored.
    changed = await rows(rooms.graph, "MATCH (f:File) WHERE f.state = 'erased' RETURN f.id AS id, f.changed AS at")
    assert sorted(row["id"] for row in changed if row["at"] >= before) == ["f0", FILE, "f2"]


async def test_time_leaves_what_went_into_a_file_that_is_alive(rooms: Rooms) -> None:
    gone = Making()
    gone.add(Linked(other=FILE, into=True))
    await kept(rooms.graph, gone, "f2")
    alive = family()
    alive.add(Linked(other="f2", into=False))
    await kept(rooms.graph, alive, FILE)
    for at in (END - timedelta(days=30), END, END + timedelta(days=60)):
        assert await forgetting.planned(rooms.graph, at) == forgetting.Planned(open=1)
        assert await forgetting.by_time(rooms.graph, at) == 0
    assert await key_of(rooms.graph, "f2") is not None
    assert alive.file is not None
    alive.add(deciding.closed(alive.file, Outcome.MET, "fini"))
    await rooms.graph.write(lambda unit: _close(unit, alive))
    assert await forgetting.by_time(rooms.graph, END) == 0
    assert await forgetting.by_time(rooms.graph, END + timedelta(days=30)) == 2
    assert [await key_of(rooms.graph, id_) for id_ in (FILE, "f2")] == [None, None]


async def _close(unit: Unit, made: Making) -> None:
    by, event = made.events[-1]
    await unit.files.append(await unit.files.load(FILE), by, AT, event)


async def test_only_the_head_erases_what_has_ended_and_says_its_number_again(rooms: Rooms) -> None:
    await kept(rooms.graph, ended(), FILE)
    await kept(rooms.graph, Making(), "f2")
    before = await rows(rooms.graph, EVERYTHING)
    for viewer, id_, repeated, refusal in (
        (ANNE, FILE, FILE, NotAllowed),
        (BEN, "f2", "f2", NotFound),
        (HEAD, "f2", "f2", StepNotAllowed),
        (HEAD, FILE, "f2", InvalidInput),
        (HEAD, "f9", "f9", NotFound),
    ):
        with pytest.raises(refusal):
            await forgetting.forget(rooms, viewer, id_, key=f"k{id_}", repeated=repeated, at=AT)
    with pytest.raises(InvalidInput, match="sécurité sociale"):
        await forgetting.forget(rooms, HEAD, FILE, key="k", visa="1 84 12 76 451 089 46", repeated=FILE, at=AT)
    assert sorted(map(str, await rows(rooms.graph, EVERYTHING))) == sorted(map(str, before))
    assert await key_of(rooms.graph) is not None


async def test_a_public_body_gives_its_archives_visa(rooms: Rooms) -> None:
    loader = Loader(rooms.graph, "essai")
    body = make.organisation("t:cms", kind="SERVICE_SOCIAL_DEPARTEMENTAL")
    await loader.load(
        await loader.plan_batch(make.batch(body, make.organisation("t:ccas", kind="CCAS"))), lambda _: None
    )
    await kept(rooms.graph, ended(), FILE)
    found = await rights.standing(rooms, HEAD, FILE, AT)
    assert (found.may_forget, found.needs_visa) == (True, True)
    with pytest.raises(ReasonMissing):
        await forgetting.forget(rooms, HEAD, FILE, key="k", repeated=FILE, at=AT)
    await forgetting.forget(rooms, HEAD, FILE, key="k2", visa="25/2028-12", repeated=FILE, at=AT)
    [row] = await rows(rooms.graph, "MATCH (e:Entry {file: 'f1'}) WHERE e.act = 'Erased' RETURN e.visa AS visa")
    assert row["visa"] == "25/2028-12"


async def test_time_tells_first_and_erases_thirty_days_later(rooms: Rooms) -> None:
    graph = rooms.graph
    await kept(graph, ended(), FILE)
    await kept(graph, Making(), "f-open")
    assert await forgetting.planned(graph, END - timedelta(days=31)) == forgetting.Planned()
    when = END - timedelta(days=30)
    before = await rows(graph, EVERYTHING)
    assert await forgetting.planned(graph, when) == forgetting.Planned(to_tell=1, open=1)
    assert sorted(map(str, await rows(graph, EVERYTHING))) == sorted(map(str, before))
    assert await forgetting.by_time(graph, when) == 0
    [action] = await rows(graph, "MATCH (a:NextAction {file: 'f1'}) RETURN a.what AS what, a.holder AS holder")
    assert action == {"what": "see_erasure", "holder": "head"}
    assert await forgetting.planned(graph, END - timedelta(days=1)) == forgetting.Planned(told=1, open=1)
    assert await forgetting.by_time(graph, END - timedelta(days=1)) == 0
    assert await forgetting.planned(graph, END) == forgetting.Planned(due=1, open=1)
    reached: list[tuple[int, int]] = []
    assert await forgetting.by_time(graph, END, lambda done, total: reached.append((done, total))) == 1
    assert reached == [(1, 1)]
    assert await key_of(graph) is None
    assert await key_of(graph, "f-open") is not None
    assert await rows(graph, "MATCH (a:NextAction {file: 'f1'}) RETURN a.what AS what") == []


async def test_one_that_does_not_open_keeps_no_other(rooms: Rooms) -> None:
    graph = rooms.graph
    for id_ in ("f0", FILE):
        made = Making()
        assert made.file is not None
        made.add(deciding.closed(made.file, Outcome.MET, "fini"))
        await kept(graph, made, id_)
    await graph.write(lambda unit: unit.run("MATCH (f:File {id: 'f0'}) SET f.sealed = 'AAAA'"))
    assert await forgetting.by_time(graph, END - timedelta(days=30)) == 0
    assert await forgetting.planned(graph, END) == forgetting.Planned(due=1, to_tell=1)
    assert await forgetting.by_time(graph, END) == 1
    assert await key_of(graph) is None
    assert await key_of(graph, "f0") is not None


async def test_time_waits_for_a_visa(rooms: Rooms) -> None:
    made = Making()
    assert made.file is not None
    made.add(deciding.departed(made.file, Lead(organisation="t:ccas", since=AT, cause=LeadCause.DEPARTURE), "mutation"))
    assert made.file is not None
    made.add(deciding.closed(made.file, Outcome.MET, "fini"))
    await kept(rooms.graph, made, FILE)
    await forgetting.by_time(rooms.graph, END - timedelta(days=30))
    assert await forgetting.planned(rooms.graph, END) == forgetting.Planned(visa=1)
    assert await forgetting.by_time(rooms.graph, END) == 0
    assert await key_of(rooms.graph) is not None


async def test_killed_before_the_key_is_destroyed_the_next_start_destroys_it(rooms: Rooms, engine: Address) -> None:
    await kept(rooms.graph, ended(), FILE)
    async with rooms.graph.reading() as unit:
        folder = unit.keyring._folder
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.api.casework.forgetting_child", str(folder), FILE, stdin=PIPE, stderr=PIPE
    )
    _, said = await child.communicate(msgspec.json.encode(engine) + b"\n")
    assert child.returncode == -signal.SIGKILL, said.decode()
    assert await key_of(rooms.graph) is not None
    assert await rows(rooms.graph, "MATCH (k:Forgotten) RETURN k.id AS id") == [{"id": FILE}]
    async with rooms.graph.reading() as unit:
        assert await unit.files.load(FILE) is None
    assert await forgetting.finish(rooms.graph) == 1
    assert await key_of(rooms.graph) is None
    assert await forgetting.finish(rooms.graph) == 0
    async with rooms.graph.reading() as unit:
        assert broken(await unit.files.links(FILE)) is None


async def test_an_answer_is_given_to_what_she_asked(rooms: Rooms) -> None:
    made = family()
    assert made.file is not None
    made.add(*by_person.right_asked(made.file, Right.ERASURE, person(), AT, asking="a1"), by=person())
    await kept(rooms.graph, made, FILE)
    with pytest.raises(StepNotAllowed):
        await forgetting.answer_right(rooms, ANNE, FILE, "a1", True, "", key="k1", at=AT)
    with pytest.raises(ReasonMissing):
        await forgetting.answer_right(rooms, ANNE, FILE, "a1", False, " ", key="k2", at=AT)
    with pytest.raises(NotFound):
        await forgetting.answer_right(rooms, BEN, FILE, "a1", False, "non", key="k3", at=AT)
    file = await forgetting.answer_right(rooms, ANNE, FILE, "a1", False, "Suivi en cours ; CNIL.", key="k4", at=AT)
    assert file.askings == {}


async def test_a_copy_is_for_who_sees_the_whole_file(rooms: Rooms) -> None:
    made = family()
    made.handed(draft(), Step.OPEN)
    await kept(rooms.graph, made, FILE)
    at, page = AT - timedelta(days=1), ReadPage.HANDOFF
    await rooms.graph.write(lambda unit: unit.file_reads.note([FILE], "x", "t:ccas", page, (), at))
    told = await rights.access_copy(rooms, ANNE, FILE, MOTHER, AT)
    async with rooms.graph.reading() as unit:
        read, before = await unit.file_reads.of(FILE)
    assert before.account == "x"
    assert (read.account, read.pages) == (ANNE.account, (ReadPage.COPY,))
    assert set(read.groups) == set(ShareGroup)
    assert told["member"]["name"] == "Odile Martin"
    assert told["organisations"] == {"t:cms": "Organisme d’essai", "t:ccas": "Organisme d’essai"}
    assert told["reads"] == [
        {"organisation": "t:cms", "on": "2026-03-02"},
        {"organisation": "t:ccas", "on": "2026-03-01"},
    ]
    assert copy_view(told).reads[0] == "Organisme d’essai, le 2\u00a0mars 2026"
    async with rooms.graph.reading() as unit:
        before = await unit.file_reads.of(FILE)
    assert [(one.account, one.pages) for one in before] == [(ANNE.account, (ReadPage.COPY,)), ("x", (page,))]
    for viewer, id_, member in ((BEN, FILE, MOTHER), (ANNE, "f9", MOTHER), (ANNE, FILE, "m9")):
        with pytest.raises(NotFound):
            await rights.access_copy(rooms, viewer, id_, member, AT)
    async with rooms.graph.reading() as unit:
        assert await unit.file_reads.of(FILE) == before


async def test_an_accord_is_taken_back_for_her_by_who_works_on_it(rooms: Rooms) -> None:
    await kept(rooms.graph, family(), FILE)
    file = await following.withdraw_consent(rooms, ANNE, FILE, "c-rent", "au téléphone", key="k", at=AT)
    assert file.consents["c-rent"].withdrawn == AT
    with pytest.raises(StepNotAllowed):
        await following.withdraw_consent(rooms, ANNE, FILE, "c-rent", "", key="k2", at=AT)
    with pytest.raises(NotFound):
        await following.withdraw_consent(rooms, BEN, FILE, "c-rent", "", key="k3", at=AT)


def test_every_label_that_belongs_to_a_file_is_kept_or_gone() -> None:
    """A label with an index on `file` is of a file: graph/store/casework/forgetting.py says what becomes of it."""
    folder = Path(store.__file__).parent.parent / "migrations"
    indexed = {
        label
        for path in folder.glob("m*.py")
        for label in re.findall(r"FOR \(n:(\w+)\) ON \(n\.file\)", path.read_text())
    }
    assert indexed - store.GONE.keys() - store.KEPT == set()
    assert store.GONE.keys() & store.KEPT == set()
    assert {"Entry", "Need", "Handoff", "NextAction", "PageDoor", "PageSession"} <= indexed


async def test_a_page_opens_nothing_once_the_file_is_erased(rooms: Rooms) -> None:
    graph = rooms.graph
    await kept(graph, family(), FILE)
    handed = await own_page.open_page(rooms, ANNE, FILE, MOTHER, key="k", at=AT)
    session = await acts.enter(rooms, handed.token, handed.code, AT)

    async def close(unit: Unit) -> File:
        file = await unit.files.load(FILE)
        assert file is not None
        return await unit.files.append(file, PARTNER, AT, deciding.closed(file, Outcome.MET, "fini"))

    closed = await graph.write(close)
    assert closed.state is FileState.CLOSED
    assert await acts.behind(rooms, handed.token, session, AT) is not None
    await forgetting.forget(rooms, HEAD, FILE, key="k2", why=Cause.ASKED, repeated=FILE, at=AT)
    assert await acts.behind(rooms, handed.token, session, AT) is None
    assert await rows(graph, "MATCH (n) WHERE n:PageDoor OR n:PageSession RETURN n.id AS id") == []
