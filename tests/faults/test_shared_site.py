"""Two sites over one graph and one search server, as on two machines: no index of their own, no gap while it is rebuilt."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import httpx2
import psutil
import pytest

from graph.store.engine import Address
from graph.store.unit import Graph
from tests import make
from tests.conftest import free_port
from tests.faults.house import House
from tests.faults.test_index import FIND, load, load_map
from tests.search.stand_in import KEY, StandIn

FOUND_WITHIN = 240


@pytest.fixture
async def network(empty_graph: Graph) -> Graph:
    await load_map(empty_graph, make.territories())
    await load(empty_graph, make.organisation(), make.service(name="Impayés de loyer"))
    return empty_graph


@pytest.fixture
def sites(
    network: Graph,
    engine: Address,
    stand_in: StandIn,
    uid: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[list[House]]:
    """Two, started at once where there is no index yet."""
    for name, value in {
        "GRAPH_URI": engine.uri,
        "GRAPH_USER": engine.user,
        "GRAPH_PASSWORD": engine.password,
        "GRAPH_DATABASE": engine.database,
        "SEARCH_URL": stand_in.url,
        "SEARCH_KEY": KEY,
        "SEARCH_INDEX": uid,
    }.items():
        monkeypatch.setenv(f"MAILLAGE_{name}", value)
    houses = [House(tmp_path / name, free_port()) for name in ("un", "deux")]
    for house in houses:
        house.wait(FOUND_WITHIN)
    yield houses
    for house in houses:
        if house.process.poll() is None:
            house.end()


class Asking:
    """Asks a site the same again and again, from a thread; `wrong` holds every answer but the right ones."""

    def __init__(self, address: str, right: list[list[str]]) -> None:
        self.answers = 0
        self.wrong: list[object] = []
        self._address, self._right = address, right
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._ask)
        self._thread.start()

    def end(self) -> None:
        self._ended.set()
        self._thread.join()

    def _ask(self) -> None:
        with httpx2.Client(base_url=self._address, timeout=60) as client:
            while not self._ended.is_set():
                try:
                    answer = found(client)
                except Exception as fault:
                    answer = [repr(fault)]
                self.answers += 1
                if answer not in self._right:
                    self.wrong.append(answer)
                # A gap lasts as long as a rebuild; the cores are for that.
                time.sleep(0.02)


def found(client: httpx2.Client) -> list[str]:
    answer = client.post("/graphql", json={"query": FIND, "variables": {"text": "impayés de loyer"}})
    assert answer.status_code == 200, answer.text
    return [edge["node"]["organisation"]["id"] for edge in answer.json()["data"]["relays"]["edges"]]


def command(*words: str, data: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "api.cli", *words, "--data", str(data)],
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


def local_indexes(root: Path) -> list[Path]:
    return list(root.glob("*/index"))


def until(house: House, expected: list[str]) -> None:
    end = time.monotonic() + FOUND_WITHIN
    with httpx2.Client(base_url=house.address, timeout=60) as client:
        while (seen := found(client)) != expected:
            assert time.monotonic() < end, seen
            time.sleep(0.05)


async def test_two_sites_share_an_index_and_neither_has_a_gap(
    sites: list[House], network: Graph, stand_in: StandIn, uid: str, tmp_path: Path
) -> None:
    assert local_indexes(tmp_path) == []
    asking = [Asking(site.address, [["t:caf"]]) for site in sites]
    for _ in range(2):
        rebuilt = command("reindex", data=tmp_path / "trois")
        assert (rebuilt.returncode, "Nouvel index en service" in rebuilt.stdout) == (0, True), rebuilt
    for one in asking:
        one.end()
    assert [one.wrong for one in asking] == [[], []]
    assert all(one.answers > 3 for one in asking)
    assert set(stand_in.queue.indexes) == {uid}

    # Either worker may carry it out; both sites show it. So it is when the one whose turn it is dies.
    other = make.service("t:s2", organisation="t:asso", name="Impayés de loyer")
    asso = make.organisation("t:asso", kind="ASSOCIATION", name="Association d’essai")
    await load(network, make.organisation(), make.service(name="Impayés de loyer"), asso, other)
    for site in sites:
        until(site, ["t:caf", "t:asso"])
    for site in sites:
        for child in site.children():
            if "work" in child.cmdline():
                child.kill()
                psutil.wait_procs([child], timeout=30)
    await load(network, make.organisation(), make.service(name="Impayés de loyer"))
    for site in sites:
        until(site, ["t:caf"])
    examined = command("doctor", data=tmp_path / "trois")
    assert (examined.returncode, "Différences entre graphe et index : 0" in examined.stdout) == (0, True), examined

    # Without the server a site says so, and is well again as soon as it is back.
    stand_in.vanish()
    for site in sites:
        assert site.health() == 503
    examined = command("doctor", data=tmp_path / "trois")
    assert (examined.returncode, "ne répond pas" in examined.stderr) == (1, True), examined
    stand_in.come_back()
    for site in sites:
        assert site.health() == 200
        until(site, ["t:caf"])
    for site in sites:
        output = site.end()
        assert (site.process.returncode, "Traceback" in output) == (0, False), output
    assert local_indexes(tmp_path) == []
