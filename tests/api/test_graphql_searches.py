"""Kept searches through GraphQL: hers alone, once for a key, refusals as data."""

from __future__ import annotations

from typing import Any

import httpx2

from tests import make
from tests.signed import signed_in

SAVE = """
mutation ($input: SaveSearchInput!) {
  saveSearch(input: $input) {
    ... on SavedSearch { id name competences territory pace }
    ... on NotAllowed { code }
    ... on InvalidInput { code field }
  }
}
"""
SET = """
mutation ($input: SetAlertInput!) {
  setAlert(input: $input) { ... on SavedSearch { id pace } ... on NotFound { code } ... on InvalidInput { field } }
}
"""
DELETE = """
mutation ($input: DeleteSearchInput!) {
  deleteSearch(input: $input) { ... on SearchDeleted { id } ... on NotFound { code } }
}
"""
MINE = "{ savedSearches { id pace } }"
INPUT = {"competences": [make.RENT], "territory": "25056", "name": "Par programme", "idempotencyKey": "programme-1"}


async def asked(client: httpx2.AsyncClient, query: str, **variables: Any) -> Any:
    answer = await client.post(
        "/graphql", json={"query": query, "variables": variables}, headers={"accept": "application/json"}
    )
    body = answer.json()
    assert "errors" not in body, body
    return body["data"]


async def test_a_search_is_kept_told_and_deleted(site: str) -> None:
    async with signed_in(site, "responsable.cms") as client, signed_in(site, "bailleur") as other:
        one = (await asked(client, SAVE, input=INPUT))["saveSearch"]
        again = (await asked(client, SAVE, input=INPUT))["saveSearch"]
        assert (
            one
            == again
            == {
                "id": one["id"],
                "name": "Par programme",
                "competences": [make.RENT],
                "territory": "25056",
                "pace": "NEVER",
            }
        )
        other_input = (await asked(client, SAVE, input=INPUT | {"name": "Autre"}))["saveSearch"]
        assert other_input == {"code": "INVALID_INPUT", "field": "idempotencyKey"}
        asked_for = {"search": one["id"], "pace": "WEEKLY", "idempotencyKey": "programme-2"}
        assert (await asked(other, SET, input=asked_for))["setAlert"] == {"code": "NOT_FOUND"}
        assert (await asked(client, MINE))["savedSearches"] == [{"id": one["id"], "pace": "NEVER"}]
        assert (await asked(client, SET, input=asked_for))["setAlert"] == {"id": one["id"], "pace": "WEEKLY"}
        assert (await asked(other, MINE))["savedSearches"] == []
        deleted = {"search": one["id"], "idempotencyKey": "programme-3"}
        assert (await asked(other, DELETE, input=deleted))["deleteSearch"] == {"code": "NOT_FOUND"}
        assert (await asked(client, DELETE, input=deleted))["deleteSearch"] == {"id": one["id"]}
        assert (await asked(client, MINE))["savedSearches"] == []


async def test_a_visitor_keeps_nothing(client: httpx2.AsyncClient) -> None:
    assert (await asked(client, SAVE, input=INPUT))["saveSearch"] == {"code": "NOT_ALLOWED"}
    assert (await asked(client, MINE))["savedSearches"] == []
