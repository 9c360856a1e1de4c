"""Pages that a browser keeps: an entity tag by index generation, five minutes, address and version."""

from __future__ import annotations

from datetime import datetime, timedelta

import httpx2
import pytest

from api.web.kept import page_tag
from search.hours import PARIS
from tests.web.rooms import asked_twice

AT = datetime(2026, 3, 10, 10, 0, tzinfo=PARIS)
HTML = {"accept": "text/html"}
ANSWER = "/chercher?q=rsa&ou=Nanterre"


def test_the_tag_holds_for_five_minutes_of_paris() -> None:
    tag = page_tag("g1", ANSWER, AT)
    assert tag.startswith('W/"')
    assert page_tag("g1", ANSWER, AT + timedelta(minutes=4, seconds=59)) == tag
    assert page_tag("g1", ANSWER, AT + timedelta(minutes=5)) != tag
    assert page_tag("g1", ANSWER, AT - timedelta(seconds=1)) != tag


def test_the_tag_moves_with_the_index_and_the_address() -> None:
    tags = {
        page_tag(generation, address, AT) for generation in ("g1", "g2") for address in (ANSWER, f"{ANSWER}&ouvert=1")
    }
    assert len(tags) == 4


@pytest.mark.parametrize("path", [ANSWER, "/", "/themes"])
async def test_what_the_browser_holds_is_not_made_again(client: httpx2.AsyncClient, path: str) -> None:
    first, again = await asked_twice(client, path)
    assert (first.status_code, first.headers["cache-control"]) == (200, "private, no-cache")
    assert (again.content, again.headers["etag"]) == (b"", first.headers["etag"])
    assert "content-security-policy" in again.headers


async def test_a_sheet_is_kept_too(client: httpx2.AsyncClient) -> None:
    answer = await client.get(ANSWER, headers=HTML)
    path = answer.text.split('href="/organisme/')[1].split('"')[0]
    sheet = await client.get(f"/organisme/{path}", headers=HTML)
    assert sheet.headers["etag"].startswith('W/"')


async def test_another_tag_is_answered_whole(client: httpx2.AsyncClient) -> None:
    answer = await client.get(ANSWER, headers=HTML | {"if-none-match": page_tag("older", ANSWER, AT)})
    assert answer.status_code == 200
    assert "<main" in answer.text


@pytest.mark.parametrize("path", ["/chercher?q=rsa&ou=Xyzzyx", "/rien", "/service/nulle:part"])
async def test_a_refusal_is_not_kept(client: httpx2.AsyncClient, path: str) -> None:
    answer = await client.get(path, headers=HTML)
    assert answer.status_code in {404, 422}
    assert "etag" not in answer.headers
