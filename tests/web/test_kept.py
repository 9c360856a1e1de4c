"""Pages that a browser keeps: an entity tag by index generation, five minutes, address and version."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path
from shutil import copytree

import httpx2
import pytest

from api.settings import VERSION, Settings
from api.web.assets import names
from api.web.kept import page_tag
from api.web.version import WEB, WORDS, site_version, version_of
from search.hours import PARIS
from tests import make
from tests.web.rooms import asked_twice, index_of, site_over

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


def test_a_tag_is_compared_whole_and_weakly() -> None:
    assert names('W/"other", W/"one"', 'W/"one"') is True
    assert names('"one"', 'W/"one"') is True
    assert names('W/"one"', '"one"') is True
    for held in ("", '"on"', '"one more"', 'W/"xone"', "one"):
        assert names(held, 'W/"one"') is False, held


def test_the_version_of_the_site_moves_with_a_style_a_template_and_a_word(tmp_path: Path) -> None:
    web, words = copytree(WEB, tmp_path / "web"), copytree(WORDS, tmp_path / "words")
    seen = [version_of(web, words)]
    assert seen == [site_version()]
    for path in (web / "static/css/base.css", web / "components/relay.html", words / "labels.csv"):
        path.write_bytes(path.read_bytes() + b"\n")
        seen.append(version_of(web, words))
    (web / "pages/help.html").rename(web / "pages/helped.html")
    seen.append(version_of(web, words))
    assert len(set(seen)) == 5


@pytest.fixture
async def own(tmp_path: Path) -> AsyncIterator[httpx2.AsyncClient]:
    """A client of a small site in this process."""
    await index_of(tmp_path / "index", [make.listing()])
    async with site_over(Settings(data=tmp_path)) as client:
        yield client


async def test_the_head_of_a_page_is_that_of_the_page_without_its_body(own: httpx2.AsyncClient) -> None:
    for path in ("/", "/aide", "/themes", "/chercher?q=rsa&ou=Besan%C3%A7on"):
        whole, head = await own.get(path), await own.head(path)
        assert (head.status_code, head.content) == (200, b""), path
        for name in ("content-type", "content-length", "cache-control", "vary"):
            assert head.headers[name] == whole.headers[name], (path, name)
        assert head.headers["etag"].startswith('W/"')
    assert (await own.head("/themes/nulle--part")).status_code == 404
    assert (await own.head("/hors-ligne")).status_code == 200


async def test_whatever_is_held_is_good_only_where_there_is_a_page(own: httpx2.AsyncClient) -> None:
    any_ = {"if-none-match": "*"}
    assert (await own.get("/aide", headers=any_)).status_code == 304
    assert (await own.get("/themes/nulle--part", headers=any_)).status_code == 404


async def test_the_worker_is_of_the_version_of_the_site(own: httpx2.AsyncClient) -> None:
    script = (await own.get("/service-worker.js")).text
    assert f'const VERSION = "{VERSION}-{site_version()}";' in script


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
