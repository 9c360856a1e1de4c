"""Addresses in the templates of files of people, and in what all pages share, lead to a route, by the method that is sent."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi import FastAPI
from starlette.routing import Match

from api.web.routes import install

PAGES = Path(__file__).parents[2] / "api/web/pages"
TEMPLATES = sorted(
    [
        *(PAGES / "casework").glob("*.html"),
        *PAGES.glob("own_*.html"),
        PAGES / "rights.html",
        *PAGES.parent.glob("components/*.html"),
    ]
)
TAG = re.compile(r"<(?:a|form|button)\b[^>]*>")
ADDRESS = re.compile(r'\b(href|action|formaction)="([^"]*)"')
BEFORE = re.compile(r"\{\{ (?:here|base) \}\}")
TOLD = re.compile(r"\{\{.*?\}\}")
# What a template calls `here` or `base`, where it writes something behind it.
HERE = {
    "dossier.html": "/dossier/x",
    "readers.html": "/dossier/x",
    "inbox.html": "/mes-actions",
    "handoff.html": "/demande/x",
    "desk_contact.html": "/accueil/contact/x",
    "own_page.html": "/p/x",
    "own_parts.html": "/p/x",
}


@pytest.fixture(scope="module")
def site() -> FastAPI:
    app = FastAPI()
    install(app)
    return app


def leads(site: FastAPI, path: str, method: str) -> bool:
    scope = {"type": "http", "path": path, "root_path": "", "method": method, "headers": []}
    return any(route.matches(scope)[0] is Match.FULL for route in site.router.routes)


def addresses(template: Path) -> Iterator[tuple[str, str]]:
    """(method, path) of each address that begins with one of ours, or with what stands for one."""
    for tag in TAG.findall(template.read_text("utf-8")):
        for name, said in ADDRESS.findall(tag):
            # The page itself, which sends to where it stands.
            if BEFORE.fullmatch(said):
                continue
            to = BEFORE.sub(lambda _: HERE[template.name], said)
            if to.startswith("/"):
                path = re.split(r"[?#]", TOLD.sub("x", to))[0]
                yield "POST" if 'method="post"' in tag or name == "formaction" else "GET", path


def test_an_address_that_leads_nowhere_is_told(site: FastAPI) -> None:
    assert leads(site, "/dossier/x/lectures", "GET")
    assert not leads(site, "/dossier/x/lectures", "POST")
    assert not leads(site, "/dossier/x/ailleurs", "GET")


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda one: one.name)
def test_every_address_leads_somewhere(site: FastAPI, template: Path) -> None:
    assert [(method, path) for method, path in addresses(template) if not leads(site, path, method)] == []


def test_the_addresses_are_read() -> None:
    told = {path for template in TEMPLATES for _, path in addresses(template)}
    assert {"/dossier/x/page", "/demande/x/lien", "/accueil/rapport/x.csv", "/p/x/faire", "/dossiers/chercher"} <= told
