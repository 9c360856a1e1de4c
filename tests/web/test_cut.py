"""A question that more listings answer than are weighed: the page says so everywhere that it counts."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from pathlib import Path

import httpx2
import pytest

from api.settings import Settings
from graph.model.relay import Listing
from search.backend import MOST_WEIGHED
from tests import make
from tests.web.rooms import index_of, site_over
from tests.web.test_pages import addresses, get, text
from tests.web.test_results import ASK, boxes

ADVICE = "Question très large : plus de 1 000 fiches y répondent."
END = "Fin des relais classés ; d’autres existent : précisez la question."


def test_the_page_says_how_many_are_weighed() -> None:
    assert MOST_WEIGHED == 1_000


def many() -> list[Listing]:
    """Each fits as well as the other, but for the month of vouching."""
    found = []
    for number in range(MOST_WEIGHED + 200):
        body = make.organisation(f"t:{number}", name=f"Maison {number}", place=None)
        day = make.TODAY.replace(month=1 + number % 3)
        service = make.service(f"t:s{number}", organisation=body.id, vouched_on=day, free=True)
        found.append(make.listing(f"service:t:s{number}", organisation=body, service=service))
    return found


@pytest.fixture
async def client(tmp_path: Path) -> AsyncIterator[httpx2.AsyncClient]:
    await index_of(tmp_path / "index", many())
    async with site_over(Settings(data=tmp_path)) as client:
        yield client


def least(html: str) -> int:
    """The figure of "Au moins 977 relais"."""
    found = re.search(r'id="compte">Au moins ([\d\u202f]+) relais', html)
    assert found is not None
    return int(found[1].replace("\u202f", ""))


async def test_a_cut_answer_says_that_there_are_others(client: httpx2.AsyncClient) -> None:
    html = await get(client, ASK)
    total = least(html)
    assert 20 < total <= MOST_WEIGHED
    said = text(html)
    assert ADVICE in said
    assert "Précisez le problème, le lieu ou le public pour voir les autres." in said
    assert "Ces nombres ne comptent que les relais classés ; d’autres peuvent exister." in said
    assert END not in said
    shown = boxes(html)
    assert shown["filtre-interprete-1"][1:] == (0, False, False)
    assert not any(barred for *_, barred in shown.values())
    last = text(await get(client, f"{ASK}&debut={(total - 1) // 20 * 20}"))
    assert END in last
    assert ADVICE in last


async def test_themes_and_territories_say_more_than(client: httpx2.AsyncClient) -> None:
    others = least(await get(client, ASK)) - 1
    themes = await get(client, "/themes?ou=Besan%C3%A7on")
    assert f'<span class="hidden-visually">plus de {others} relais</span>' in themes
    assert f">{others}+<" in themes
    theme = text(await get(client, f"/themes/{make.RENT}?ou=Besan%C3%A7on"))
    assert f"Plus de {others} relais à Besançon" in theme
    town = await get(client, "/territoires/25056")
    assert f"et plus de {others} autres" in text(town)
    assert any(make.RENT in address for address in addresses(town, "/chercher?"))
