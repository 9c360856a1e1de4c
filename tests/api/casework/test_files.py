"""A file through the GraphQL door: what each sees of it, what may be done to it by whom, who is written down as its reader."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx2
import pytest
from graphql import GraphQLInputObjectType, GraphQLObjectType, get_named_type

from api.actions.casework import handoffs, reading
from api.graphql.schema import schema
from graph.model.access import Role, Viewer
from graph.model.casework.deciding import Draft
from graph.model.casework.grounds import ShareGroup
from graph.model.casework.handoff import Kind, Step, Target
from graph.store.casework.reads import ReadPage
from graph.store.unit import Graph, calls_made
from tests import make
from tests.api.casework import drafting, life
from tests.api.inside import Inside, inside

HERE, THERE, BELOW = "t:caf", "t:autre", "t:antenne"
NIR = "2 84 12 25 056 089 54"
WHOLE = """query($id: ID!) { file(id: $id) { id seq state outcome
  lead { name desk cause since organisation { name } }
  leads { edges { node { name cause } } }
  members { id identity { name born } contact { phone } practical { commune } household { role } secret }
  needs { id competence { id } urgent due dueWhat words secret outcome }
  handoffs { edges { node { id state target { name } } } }
  circle { name mayKnow } coReferents { matter organisationName } consents { id recipient { name } groups withdrawn }
  watches { what next } situation assessments
  writings { edges { node { seq kind text struck by came granted appeal payers { name cents } } } }
  seenBy { edges { node { function name pages groups organisation { name } } } } } }"""
# What whoever may not read it is told: nothing of these.
GROUPS = ("leads", "members", "needs", "circle", "coReferents", "consents", "watches", "situation", "assessments")


@pytest.fixture
async def site(empty_graph: Graph, tmp_path: Path) -> AsyncIterator[Inside]:
    """Two bodies that are strangers to each other, and a unit of the first."""
    bodies = [
        make.organisation(HERE, name="Ici", source="dila"),
        make.organisation(THERE, name="Ailleurs", source="dila"),
        make.organisation(BELOW, name="Antenne", source="dila", part_of=HERE),
    ]
    async with inside(empty_graph, tmp_path, *bodies) as made:
        yield made


async def asked(client: httpx2.AsyncClient, query: str, **variables: Any) -> Any:
    answer = await client.post("/graphql", json={"query": query, "variables": variables})
    told = answer.json()
    assert "errors" not in told, told
    return told["data"]


async def done(client: httpx2.AsyncClient, name: str, given: dict[str, Any], key: str = "") -> dict[str, Any]:
    kind = schema().core.mutation_type
    assert isinstance(kind, GraphQLObjectType)
    members = {one.name for one in get_named_type(kind.fields[name].type).types}  # type: ignore[union-attr]
    told = " ".join(f"... on {of} {{ {what} }}" for of, what in life.TOLD.items() if of in members)
    field = " ".join(f"... on {of} {{ field }}" for of in ("InvalidInput",) if of in members)
    query = (
        f"mutation($input: {kind.fields[name].args['input'].type}) {{ {name}(input: $input) "
        f"{{ __typename {told} ... on Refusal {{ message }} {field} }} }}"
    )
    data = await asked(client, query, input=given | {"idempotencyKey": key or uuid4().hex})
    return data[name]


async def lived(client: httpx2.AsyncClient, site: Inside, until: str, organisation: str = HERE) -> dict[str, Any]:
    """The life of a file, up to this act."""
    said: dict[str, Any] = await life.prepared(site, organisation)
    for name, says, answer in life.LIFE:
        told = await done(client, name, says(said))
        assert told["__typename"] == answer, (name, told)
        said[name] = told
        if name == until:
            break
    return said


async def shared(site: Inside, file: str, member: str, need: str, groups: frozenset[ShareGroup], to: str) -> str:
    """Sent to another organisation, with these groups; the id of the handoff."""
    async with await site.signed_in(Role.PROFESSIONAL, HERE) as client:
        given = {
            "file": file,
            "recipient": to,
            "purpose": "un logement",
            "groups": sorted(group.name for group in groups),
            "until": life.LATER,
            "member": member,
            "means": "ORAL",
        }
        consents = (await done(client, "giveConsent", given))["consents"]
    lead = Viewer(account="t:professional.caf", organisation=HERE, roles=frozenset({Role.PROFESSIONAL}))
    draft = Draft(
        id=uuid4().hex,
        kind=Kind.REFER,
        target=Target(organisation=to),
        needs=(need,),
        message="Merci de la recevoir.",
        groups=groups,
        ground=consents[-1]["id"],
    )
    await drafting.draft(site.rooms, lead, file, draft, key=uuid4().hex)
    await handoffs.step(site.rooms, lead, draft.id, Step.SUBMIT, key=uuid4().hex)
    return draft.id


async def test_who_works_on_it_reads_it_whole_and_is_written_down(site: Inside) -> None:
    async with await site.signed_in(Role.PROFESSIONAL, HERE) as client:
        said = await lived(client, site, "keepFile")
        file = (await asked(client, WHOLE, id=said["openFile"]["id"]))["file"]
        again = (await asked(client, WHOLE, id=file["id"]))["file"]
    assert (file["state"], file["lead"]["name"], file["lead"]["organisation"]) == (
        "OPEN",
        "professional.caf",
        {"name": "Ici"},
    )
    assert [one["identity"]["name"] for one in file["members"]] == ["Odile Martin", "Léo Martin"]
    assert [(one["urgent"], one["dueWhat"], one["words"]) for one in file["needs"]] == [
        (True, "audience", "n’a plus de ressources"),
        (False, "audience", ""),
    ]
    assert (file["circle"], file["coReferents"]) == ([], [])
    assert file["assessments"] == ["Situation stable."]
    assert file["watches"] == []
    written = [edge["node"] for edge in file["writings"]["edges"]]
    assert [(one["kind"], one["struck"]) for one in written] == [
        ("CALL", True),
        ("MEETING", False),
        ("ASSESSMENT", False),
        ("DECISION", False),
        ("DELIVERY", False),
        ("WORRY", False),
    ]
    assert written[4]["payers"] == [{"name": "Département", "cents": 6000}]
    assert (written[3]["granted"], written[3]["appeal"]) == (False, "Recours amiable.")
    reads = [edge["node"] for edge in again["seenBy"]["edges"]]
    assert [(one["name"], one["pages"], one["organisation"]) for one in reads] == [
        ("professional.caf", ["DATA"], {"name": "Ici"})
    ]
    assert set(reads[0]["groups"]) == {group.name for group in ShareGroup}


async def test_an_addressee_reads_what_was_consented_and_nothing_once_it_is_taken_back(site: Inside) -> None:
    async with await site.signed_in(Role.PROFESSIONAL, HERE) as client:
        said = await lived(client, site, "keepFile")
    opened = said["openFile"]
    file, member, need = opened["id"], opened["members"][0]["id"], opened["needs"][0]["id"]
    groups = frozenset({ShareGroup.IDENTITY, ShareGroup.NEED})
    await shared(site, file, member, need, groups, THERE)
    async with await site.signed_in(Role.PROFESSIONAL, THERE) as partner:
        seen = (await asked(partner, WHOLE, id=file))["file"]
        assert [(one["identity"], one["contact"], one["household"], one["secret"]) for one in seen["members"]] == [
            ({"name": "Odile Martin", "born": None}, None, None, None),
            ({"name": "Léo Martin", "born": None}, None, None, None),
        ]
        assert [(one["id"], one["words"]) for one in seen["needs"]] == [(need, None)]
        hidden = (
            "leads",
            "circle",
            "coReferents",
            "consents",
            "watches",
            "situation",
            "assessments",
            "writings",
            "seenBy",
        )
        assert {name: seen[name] for name in hidden} == dict.fromkeys(hidden)
        assert len(seen["handoffs"]["edges"]) == 1
        refused = await done(partner, "writeNote", {"file": file, "text": "Vu."})
        assert refused["__typename"] == "NotAllowed"
        async with await site.signed_in(Role.PROFESSIONAL, HERE) as client:
            whole = (await asked(client, WHOLE, id=file))["file"]
            withdrawn = await done(client, "withdrawConsent", {"file": file, "consent": whole["consents"][0]["id"]})
            assert withdrawn["__typename"] == "File"
        seen = (await asked(partner, WHOLE, id=file))["file"]
        assert {name: seen[name] for name in GROUPS} == dict.fromkeys(GROUPS)
        async with await site.signed_in(Role.PROFESSIONAL, HERE) as client:
            closed = await done(client, "closeFile", {"file": file, "outcome": "MET", "text": "Fini."})
            assert closed["__typename"] == "File"
        # A tombstone is no way in.
        assert (await done(partner, "reopenFile", {"file": file}))["__typename"] == "NotAllowed"
    reads = [edge["node"] for edge in whole["seenBy"]["edges"]]
    assert {one["name"]: one["groups"] for one in reads if one["organisation"]["name"] == "Ailleurs"} == {
        "professional.autre": ["IDENTITY", "NEED"]
    }


async def test_hidden_and_absent_look_the_same_to_everyone_who_may_not(site: Inside) -> None:
    async with await site.signed_in(Role.PROFESSIONAL, HERE) as client:
        said = await lived(client, site, "assess")
    id_, guessed = said["openFile"]["id"], uuid4().hex
    seq = await count(site, id_)
    strangers = [(role, THERE) for role in Role if role is not Role.VISITOR] + [
        (Role.VISITOR, ""),
        (Role.LISTING_EDITOR, HERE),
        (Role.ORGANISATION_ADMINISTRATOR, HERE),
        (Role.PROFESSIONAL, BELOW),
        (Role.HEAD_OF_SERVICE, BELOW),
    ]
    # The unit's own: what is led by someone else is not hers to read.
    for role, organisation in strangers:
        async with await site.signed_in(role, organisation) as client:
            for name in (id_, guessed, said["openFile"]["needs"][0]["id"]):
                assert (await asked(client, WHOLE, id=name))["file"] is None, (role, organisation)
            for name, says, _ in life.LIFE[1:]:
                try:
                    given = says(said)
                except KeyError:
                    continue
                told = [await done(client, name, given | {"file": one}) for one in (id_, guessed)]
                assert told[0] == told[1], (name, role, organisation)
                assert told[0]["__typename"] == "NotFound", (name, role, organisation, told)
    assert await count(site, id_) == seq
    async with site.rooms.graph.reading() as unit:
        assert await unit.file_reads.of(id_) == []


async def count(site: Inside, file: str) -> int:
    async with site.rooms.graph.reading() as unit:
        return len(await unit.files.log(file))


async def test_a_head_of_service_reads_her_units_and_a_colleague_only_what_she_works_on(site: Inside) -> None:
    async with await site.signed_in(Role.PROFESSIONAL, BELOW) as client:
        said = await lived(client, site, "addNeed", BELOW)
        id_ = said["openFile"]["id"]
    async with await site.signed_in(Role.HEAD_OF_SERVICE, HERE) as head:
        assert (await asked(head, WHOLE, id=id_))["file"]["members"] is not None
        mine = await site.account(Role.PROFESSIONAL, HERE)
        assert (await done(head, "setWorkers", {"file": id_, "accounts": [mine.id]}))["field"] == "account"
        told = await done(head, "assignFile", {"file": id_, "account": "t:head_of_service.antenne"})
        assert told["__typename"] == "File"
        lead = (await asked(head, WHOLE, id=id_))["file"]["lead"]
        assert (lead["name"], lead["cause"]) == ("head_of_service.antenne", "ASSIGNED")
    async with await site.signed_in(Role.PROFESSIONAL, BELOW) as client:
        # It was given to a colleague: she does not even know of it any longer.
        assert (await asked(client, WHOLE, id=id_))["file"] is None
        async with await site.signed_in(Role.HEAD_OF_SERVICE, HERE) as head:
            told = await done(head, "setWorkers", {"file": id_, "accounts": ["t:professional.antenne"]})
            assert told["__typename"] == "File"
        assert (await asked(client, WHOLE, id=id_))["file"]["needs"] is not None


async def test_no_text_holds_a_health_number(site: Inside) -> None:
    async with await site.signed_in(Role.PROFESSIONAL, HERE) as client:
        said = await lived(client, site, "keepFile")
        seq = await count(site, said["openFile"]["id"])
        tried = 0
        for name, says, _ in life.LIFE:
            if name in {"linkFile", "withdrawConsent", "closeFile", "reopenFile", "endNeed", "look", "assignFile"}:
                continue
            # The note is struck already: another writing would be.
            for given in poisoned(name, says(said | {"writeNote": said["holdMeeting"]})):
                told = await done(client, name, given)
                assert told["__typename"] == "InvalidInput", (name, given, told)
                assert "numéro de sécurité sociale" in told["message"], (name, given, told)
                tried += 1
        assert await count(site, said["openFile"]["id"]) == seq
    assert tried == 49


def poisoned(name: str, given: dict[str, Any]) -> list[dict[str, Any]]:
    """The input with the number in each of its texts, one after the other; no id is a text."""
    kind = schema().core.mutation_type
    assert isinstance(kind, GraphQLObjectType)
    input_ = get_named_type(kind.fields[name].args["input"].type)
    assert isinstance(input_, GraphQLInputObjectType)
    found = []
    for field, of in input_.fields.items():
        inner = get_named_type(of.type)
        if inner.name == "String" and field not in {"idempotencyKey", "code", "present"}:
            found.append(given | {field: f"Son numéro : {NIR}"})
        if inner.name in {"MemberInput", "NeedInput"} and field in given:
            one = given[field][0] if isinstance(given[field], list) else given[field]
            for deeper, text in inner.fields.items():  # type: ignore[union-attr]
                if get_named_type(text.type).name == "String":
                    more = one | {deeper: NIR}
                    found.append(given | {field: [more] if isinstance(given[field], list) else more})
    return found


async def test_two_files_become_one_by_the_persons_code(site: Inside) -> None:
    async with await site.signed_in(Role.PROFESSIONAL, THERE) as partner:
        theirs = await done(partner, "openFile", {"members": [{"role": "ADULT"}], "needs": [{"competence": life.RSA}]})
        offered = await done(partner, "offerFileLink", {"file": theirs["id"]}, key="offer")
        again = await done(partner, "offerFileLink", {"file": theirs["id"]}, key="offer")
        assert again == offered
        async with await site.signed_in(Role.PROFESSIONAL, HERE) as client:
            ours = await done(client, "openFile", {"members": [{"role": "ADULT"}]})
            wrong = await done(client, "linkFile", {"file": ours["id"], "code": "ABCDEFGHJKMNPQRS"})
            assert (wrong["__typename"], wrong["field"]) == ("InvalidInput", "code")
            hidden = await done(client, "linkFile", {"file": ours["id"], "other": theirs["id"]})
            absent = await done(client, "linkFile", {"file": ours["id"], "other": uuid4().hex})
            assert hidden == absent
            assert hidden["__typename"] == "NotFound"
            typed = {"file": ours["id"], "code": f" {offered['code'][:8].lower()} {offered['code'][8:]}"}
            linked = await done(client, "linkFile", typed, key="link")
            assert [len(linked["members"]), len(linked["needs"])] == [2, 1]
            assert linked["needs"][0]["id"] != theirs["needs"][0]["id"]
            assert await done(client, "linkFile", typed, key="link") == linked
            used = await done(client, "linkFile", typed)
            assert used["field"] == "code"
        gone = (await asked(partner, WHOLE, id=theirs["id"]))["file"]
        assert (gone["state"], gone["lead"]) == ("LINKED", None)


async def test_so_many_statements_however_much_is_in_it(site: Inside) -> None:
    async with await site.signed_in(Role.PROFESSIONAL, HERE) as client:
        said = await lived(client, site, "keepFile")
        query = "{ file(id: %s) { %s } }"
        id_ = f'"{said["openFile"]["id"]}"'
        for told, statements in (
            # The file; the function of whoever reads, and that she did.
            ("id lead { since } needs { id } members { id } circle { name } consents { id }", 1 + 2),
            ("lead { name organisation { name } } leads { edges { node { name organisation { name } } } }", 1 + 2 + 2),
            ("writings { edges { node { text } } } assessments situation", 1 + 2 + 1),
            ("seenBy { edges { node { name organisation { name } } } }", 1 + 2 + 1 + 2),
        ):
            made: list[str] = []
            token = calls_made.set(made)
            try:
                await asked(client, query % (id_, told))
            finally:
                calls_made.reset(token)
            casework = [one for one in made if "Session" not in one and "Membership" not in one]
            assert len(casework) == statements, (told, casework)


async def test_lists_are_read_by_whose_they_are(site: Inside) -> None:
    async with await site.signed_in(Role.PROFESSIONAL, HERE) as client:
        said = await lived(client, site, "setWorkers")
    mine, desk = said["openFile"]["id"], said["another"]
    lead = Viewer(account="t:professional.caf", organisation=HERE, roles=frozenset({Role.PROFESSIONAL}))
    head = Viewer(account=said["colleague"], organisation=HERE, roles=frozenset({Role.HEAD_OF_SERVICE}))
    scope = reading.Scope
    own = await reading.files(site.rooms, lead, scope.MINE, first=20)
    assert [file.id for file, _ in own.files] == [mine]
    assert own.counts == {scope.MINE: 1, scope.DESK: 1, scope.ENDED: 0}
    assert own.files[0][1] is not None
    theirs = await reading.files(site.rooms, lead, scope.DESK, first=20)
    assert [file.id for file, _ in theirs.files] == [desk]
    unit = await reading.files(site.rooms, head, scope.UNIT, first=1)
    assert (unit.counts, unit.more, len(unit.files)) == (
        {scope.MINE: 1, scope.DESK: 1, scope.ENDED: 0, scope.UNIT: 2},
        True,
        1,
    )
    rest = await reading.files(site.rooms, head, scope.UNIT, first=1, skip=1)
    assert {unit.files[0][0].id, rest.files[0][0].id} == {mine, desk}
    readers = await reading.readers(site.rooms, head, mine, most=10)
    assert {(one.account, one.pages) for one in readers.reads} == {
        (lead.account, (ReadPage.LIST,)),
        (head.account, (ReadPage.LIST,)),
    }
    assert readers.reads[0].last - readers.reads[0].first < timedelta(minutes=15)
