"""The two public doors, as a worker's tool and a worker come through them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import unescape
from typing import Any

import httpx2

RELAYS = """
query ($question: RelayQuestion!, $first: Int!) {
  relays(question: $question, first: $first) {
    ... on RelayConnection {
      widened { text }
      territory { id }
      edges { node {
        organisation { id name kind }
        service { id name demonstration capacity { placesFree } }
        agreement { label kind capacity unit grantedBy { name } givenTo { name } payers }
        post { label }
        reasons { kind text }
      } }
    }
    ... on InvalidInput { message field }
  }
}
"""
UNBREAKABLE = str.maketrans({"\u00a0": " ", "\u202f": " ", "\u2060": None})


@dataclass(frozen=True)
class Row:
    """A relay as either door tells it: the name in front, and the sentences."""

    name: str
    said: tuple[str, ...]
    node: dict[str, Any]


async def relays(client: httpx2.AsyncClient, first: int = 20, **question: Any) -> list[Row]:
    """The relays of a `RelayQuestion`, through GraphQL."""
    variables = {"question": question, "first": first}
    answer = await client.post("/graphql", json={"query": RELAYS, "variables": variables})
    assert answer.status_code == 200
    body = answer.json()
    assert "errors" not in body, body
    rows = []
    for edge in body["data"]["relays"]["edges"]:
        node = edge["node"]
        name = node["service"]["name"] if node["service"] else node["organisation"]["name"]
        rows.append(Row(name, tuple(reason["text"] for reason in node["reasons"]), node))
    return rows


async def shown(client: httpx2.AsyncClient, **params: Any) -> list[Row]:
    """The relays of the results page, in their order, with every sentence that it holds for each."""
    answer = await client.get("/chercher", params=params)
    assert answer.status_code == 200
    rows = []
    for part in answer.text.split('<li class="relay"')[1:]:
        name = re.search(r'<h3 class="relay__name"><a [^>]*>(.*?)</a>', part, re.DOTALL)
        assert name
        said = re.findall(r"<tr><td>(.*?)</td>", part, re.DOTALL)
        rows.append(Row(_plain(name[1]), tuple(_plain(one) for one in said), {}))
    return rows


def _plain(html: str) -> str:
    return unescape(re.sub(r"<[^>]+>", "", html)).translate(UNBREAKABLE).strip()
