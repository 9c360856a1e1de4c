"""What the environment says of a graph server: read, refused by name, and given on whole to every process."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import ValidationError

from api.premises import server
from api.settings import Settings
from graph.store.engine import POOL, Address
from tests.outside import certificate


@pytest.fixture
def authority(tmp_path: Path) -> Path:
    certificate(tmp_path / "public.crt", tmp_path / "private.key")
    return tmp_path / "public.crt"


def environment(monkeypatch: pytest.MonkeyPatch, **given: str) -> None:
    for name, value in given.items():
        monkeypatch.setenv(f"MAILLAGE_GRAPH_{name}", value)


def test_a_hosted_server_is_named_by_the_environment(monkeypatch: pytest.MonkeyPatch, authority: Path) -> None:
    environment(monkeypatch, URI="neo4j+s://g.example", USER="u", PASSWORD="p", DATABASE="d", POOL="7")
    environment(monkeypatch, CA=str(authority))
    assert server(Settings()) == Address("neo4j+s://g.example", "u", "p", "d", authority, 7)


def test_without_a_server_the_embedded_engine_is_meant(monkeypatch: pytest.MonkeyPatch) -> None:
    environment(monkeypatch, URI="", CA="")
    assert server(Settings()) is None
    assert (Settings().graph_ca, Settings().graph_pool) == (None, POOL)


@pytest.mark.parametrize(
    ("given", "named", "why"),
    [
        ({"URI": "http://g.example:7474"}, ["graph_uri"], "commence par bolt://"),
        ({"URI": "bolt://g.example", "CA": "x.pem"}, ["graph_ca"], "ne sert qu’avec MAILLAGE_GRAPH_URI"),
        ({"URI": "bolt+s://g.example", "CA": "absent.pem"}, ["graph_ca"], "n’existe pas"),
        ({"URI": "g.example", "CA": "absent.pem"}, ["graph_uri"], "commence par bolt://"),
        ({"POOL": "0"}, ["graph_pool"], "greater than or equal to 1"),
        ({"DATABASE": ""}, ["graph_database"], "at least 1 character"),
    ],
)
def test_a_bad_value_is_refused_by_its_name(
    monkeypatch: pytest.MonkeyPatch, given: dict[str, str], named: list[str], why: str
) -> None:
    environment(monkeypatch, **given)
    with pytest.raises(ValidationError, match=why) as refusal:
        Settings()
    assert [error["loc"][0] for error in refusal.value.errors()] == named


def test_every_process_is_given_the_same_server(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, authority: Path
) -> None:
    settings = Settings(data=tmp_path, graph_uri="neo4j+s://g.example", graph_ca=authority, graph_pool=7)

    for name, value in settings.environment({}).items():
        monkeypatch.setenv(name, value)
    assert server(Settings()) == server(settings)
