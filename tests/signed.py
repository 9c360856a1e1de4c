"""Signed in, as someone signs in: through the page of the demonstration's accounts."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx2
from playwright.async_api import Page

DOOR = "/connexion/demonstration"


def whole(email: str) -> str:
    """ "editrice.ccas" is "editrice.ccas@example.org"."""
    return email if "@" in email else f"{email}@example.org"


@asynccontextmanager
async def signed_in(site: str, email: str) -> AsyncIterator[httpx2.AsyncClient]:
    """A client of the site that holds the session of this account; it asks for HTML and follows no redirection."""
    headers = {"accept": "text/html", "origin": site}
    async with httpx2.AsyncClient(base_url=site, timeout=60, headers=headers) as client:
        answer = await client.post(DOOR, data={"compte": whole(email)})
        assert answer.status_code == 303, answer.text
        yield client
        await client.post("/deconnexion")


async def sign_in(page: Page, email: str, back: str = "/") -> None:
    """Sign this page's browser in, and be on the page `back`."""
    await page.goto(f"{DOOR}?retour={back}")
    await page.locator(f"button[value='{whole(email)}']").click()
    await page.wait_for_load_state()
