"""A graph server at an address: trusted or not, its password and database right or not, routing and bookmarks."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
from neo4j.exceptions import ClientError

from graph.model.errors import Unavailable
from graph.store import unit as units
from graph.store.connection import checked_authority, checked_uri, said_of
from graph.store.engine import Address
from graph.store.unit import Graph
from tests.conftest import on_neo4j
from tests.neo4j_server import Neo4jServer
from tests.outside import Line, certificate

COUNT = "MATCH (n:Outbox) RETURN count(n) AS n"
INSERT = "CREATE (n:Outbox {id: $id, due: 0, done: true})"
BEGIN = b"\xb1\x11"

only_on_neo4j = pytest.mark.skipif(not on_neo4j(), reason="the embedded engine is one server, and knows no access mode")


def port_of(address: Address) -> int:
    return int(address.uri.rpartition(":")[2])


def context(folder: Path, names: str) -> ssl.SSLContext:
    certificate(folder / "public.crt", folder / "private.key", names)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "public.crt", folder / "private.key")
    return context


@pytest.fixture(scope="session")
async def secured(launched, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Address]:
    """The engine over TLS, with the certificate to trust: Neo4j's own, or that of a proxy before the embedded engine."""
    address = launched.address()
    if isinstance(launched, Neo4jServer):
        yield replace(address, uri=address.uri.replace("bolt://", "bolt+s://"), ca=launched.certificate)
        return
    folder = tmp_path_factory.mktemp("tls")
    async with Line(port_of(address), context(folder, "IP:127.0.0.1")) as line:
        yield replace(address, uri=f"bolt+s://127.0.0.1:{line.port}", ca=folder / "public.crt")


async def refused(address: Address) -> str:
    """What is said, at once: a server that starts is waited for, one that refuses is not."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(units, "OPENING_SECONDS", 3600)
        async with asyncio.timeout(120):
            with pytest.raises(Unavailable) as refusal:
                await Graph.open(address)
    return refusal.value.message


async def reads(address: Address) -> list[dict[str, int]]:
    graph = await Graph.open(address)
    try:
        async with graph.reading() as unit:
            return await unit.run("RETURN 1 AS one")
    finally:
        await graph.close()


async def test_a_private_authority_is_trusted_when_it_is_named(secured: Address) -> None:
    assert await reads(secured) == [{"one": 1}]


@only_on_neo4j
@pytest.mark.parametrize("scheme", ["neo4j://", "neo4j+s://", "neo4j+ssc://"])
async def test_a_server_that_routes_is_asked_where_to_go(secured: Address, scheme: str) -> None:
    uri = secured.uri.replace("bolt+s://", scheme)
    assert await reads(replace(secured, uri=uri, ca=secured.ca if "+s:" in uri else None)) == [{"one": 1}]


async def test_a_certificate_that_nobody_knows_is_refused_in_words(secured: Address) -> None:
    said = await refused(replace(secured, ca=None))
    assert said == (
        f"Le certificat du serveur de graphe {secured.uri} n’est signé par aucune autorité connue : rien n’a été envoyé. "
        "Donnez le certificat de son autorité dans MAILLAGE_GRAPH_CA."
    )


@only_on_neo4j
async def test_a_router_that_nobody_knows_is_refused_in_words(secured: Address) -> None:
    said = await refused(replace(secured, uri=secured.uri.replace("bolt", "neo4j"), ca=None))
    assert "n’est signé par aucune autorité connue" in said


async def test_a_certificate_is_taken_unchecked_when_told_so(secured: Address) -> None:
    assert await reads(replace(secured, uri=secured.uri.replace("+s", "+ssc"), ca=None)) == [{"one": 1}]


async def test_a_certificate_of_another_machine_is_refused_in_words(engine: Address, tmp_path: Path) -> None:
    async with Line(port_of(engine), context(tmp_path, "DNS:ailleurs.example")) as line:
        uri = f"bolt+s://127.0.0.1:{line.port}"
        said = await refused(replace(engine, uri=uri, ca=tmp_path / "public.crt"))
        assert line.said == b""
    assert f"Le certificat du serveur de graphe {uri} est au nom d’une autre machine" in said


def test_a_certificate_out_of_date_is_told_apart(engine: Address) -> None:
    fault = ssl.SSLCertVerificationError()
    fault.verify_code = 10
    assert "n’est pas valable à cette date" in said_of(fault, engine)


async def test_a_server_without_tls_is_told_apart(engine: Address) -> None:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1)
        writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    uri = f"bolt+s://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    said = await refused(replace(engine, uri=uri))
    server.close()
    assert f"Le serveur de graphe {uri} ne répond pas en TLS" in said


async def test_a_wrong_password_is_said_at_once(engine: Address) -> None:
    said = await refused(replace(engine, password="faux"))
    assert said == (
        f"Le serveur de graphe {engine.uri} refuse l’utilisateur « {engine.user} » ou son mot de passe : "
        "corrigez MAILLAGE_GRAPH_USER et MAILLAGE_GRAPH_PASSWORD."
    )


async def test_a_missing_database_is_named(engine: Address, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(units, "DATABASE_SECONDS", 0.5)
    said = await refused(replace(engine, database="ailleurs"))
    assert said == (
        f"Le serveur de graphe {engine.uri} n’a pas de base « ailleurs » : créez-la, ou nommez-en une autre "
        "dans MAILLAGE_GRAPH_DATABASE."
    )


async def test_a_machine_without_a_name_is_said(engine: Address, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(units, "OPENING_SECONDS", 0.5)
    with pytest.raises(Unavailable, match=r"« nulle-part\.invalid » n’est le nom d’aucune machine"):
        await Graph.open(replace(engine, uri="neo4j://nulle-part.invalid:7687"))


async def test_no_more_connections_are_kept_than_was_said(engine: Address) -> None:
    graph = await Graph.open(replace(engine, pool=2))
    try:
        async with graph.reading(60) as one, graph.reading(60) as two:
            with pytest.raises(Unavailable, match="ne répond pas pour le moment"):
                async with graph.reading(seconds=0.5):
                    pytest.fail("a third connection was made")
            assert await one.run("RETURN 1 AS n") == await two.run("RETURN 1 AS n") == [{"n": 1}]
        async with graph.reading(60) as three:
            assert await three.run("RETURN 3 AS n") == [{"n": 3}]
    finally:
        await graph.close()


async def test_a_server_that_is_not_there_is_told_once(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(units, "OPENING_SECONDS", 0.5)
    with pytest.raises(Unavailable, match=r"« maillage » ne répond pas à l’adresse neo4j://127\.0\.0\.1:9"):
        await Graph.open(Address("neo4j://127.0.0.1:9", "neo4j", "x"))
    assert caplog.records == []


@only_on_neo4j
async def test_a_unit_that_reads_may_be_sent_to_a_server_that_only_reads(empty_graph: Graph) -> None:
    with pytest.raises(ClientError) as fault:
        async with empty_graph.reading() as unit:
            await unit.run(INSERT, id="a")
    assert fault.value.code == "Neo.ClientError.Statement.AccessMode"
    async with empty_graph.reading() as unit:
        assert await unit.run(COUNT) == [{"n": 0}]


@only_on_neo4j
async def test_a_unit_reads_what_an_earlier_one_wrote_whichever_server_answers(
    empty_graph: Graph, engine: Address
) -> None:
    """One server cannot lag behind itself: what is looked at is what the driver says when it begins to read."""
    async with Line(port_of(engine)) as line:
        graph = await Graph.open(replace(engine, uri=f"bolt://127.0.0.1:{line.port}"))
        await graph.write(lambda unit: unit.run(INSERT, id="a"))
        line.said = b""
        async with graph.reading() as unit:
            assert await unit.run(COUNT) == [{"n": 1}]
        begin = line.said[line.said.index(BEGIN) :]
        assert b"\x84mode\x81r" in begin
        assert b"\x89bookmarks\x91" in begin
        await graph.close()


@pytest.mark.parametrize(
    "uri",
    ["", "bolt://127.0.0.1:7687", "neo4j+s://graphe.exemple.fr", "bolt+ssc://[::1]:7687", "neo4j://g:7687?policy=eu"],
)
def test_an_address_that_can_be_used_is_kept_as_it_is(uri: str) -> None:
    assert checked_uri(uri) == uri


@pytest.mark.parametrize(
    ("uri", "why"),
    [
        ("http://graphe:7474", "commence par bolt://"),
        ("graphe:7687", "commence par bolt://"),
        ("NEO4J//graphe", "commence par bolt://"),
        ("bolt://", "il manque un nom de machine"),
        ("bolt://:7687", "il manque un nom de machine"),
        ("bolt://gra phe", "il manque un nom de machine"),
        ("bolt://neo4j:secret@graphe", "MAILLAGE_GRAPH_PASSWORD"),
        ("bolt://graphe/maillage", "MAILLAGE_GRAPH_DATABASE"),
        ("bolt://graphe?policy=eu", "contexte de routage"),
        ("bolt://graphe:99999", "de 1 à 65535"),
        ("bolt://graphe:bolt", "de 1 à 65535"),
        ("bolt://graphe:0", "de 1 à 65535"),
    ],
)
def test_an_address_that_cannot_be_used_is_refused_in_words(uri: str, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        checked_uri(uri)


def test_an_authority_must_be_readable_and_of_use(tmp_path: Path) -> None:
    public = tmp_path / "public.crt"
    with pytest.raises(ValueError, match="n’existe pas"):
        checked_authority(public, "neo4j+s://graphe")
    public.write_text("autre chose")
    with pytest.raises(ValueError, match="au format PEM"):
        checked_authority(public, "neo4j+s://graphe")
    certificate(public, tmp_path / "private.key")
    assert checked_authority(public, "neo4j+s://graphe") == public
    for uri in ("", "neo4j://graphe", "bolt+ssc://graphe"):
        with pytest.raises(ValueError, match="ne sert qu’avec"):
            checked_authority(public, uri)
