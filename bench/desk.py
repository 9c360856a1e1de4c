"""How long a contact takes at the front desk, by the keyboard alone: `python -m bench.desk [contacts]`.

A whole demonstration and Chromium. Somebody who types one key each 250 ms and thinks for a second before each field notes an
anonymous contact, from the page as it opens to the page that says that it is noted with its reason. She skips to the content
as anyone does without a mouse, and each Tab is a key. Prints keys, fields, seconds, and what the site took of them at the end.
"""

from __future__ import annotations

import asyncio
import shutil
import statistics
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from playwright.async_api import Page, async_playwright, expect

from bench.speed import machine
from bench.start import Site

CONTACTS: Final = 3
KEY_SECONDS, THOUGHT_SECONDS = 0.25, 1.0
WHO: Final = "travailleuse.sociale@example.org"
# The fields that are on the way, by name, and what is said in each; the others are passed over.
SAID: Final = {"qui": "Un vo", "ou": "Besançon", "mots": "impayés de loyer"}
MOST_TABS: Final = 30


@dataclass(slots=True)
class Typist:
    """Someone at a keyboard: what she has pressed and where she has stopped to think."""

    page: Page
    keys: int = 0
    fields: int = 0

    async def press(self, key: str) -> None:
        """One key, or two at once."""
        await self.page.keyboard.press(key)
        await self._pressed()

    async def say(self, words: str) -> None:
        """A field: a thought, then its words. A letter is a key, with its accent."""
        await asyncio.sleep(THOUGHT_SECONDS)
        self.fields += 1
        for letter in words:
            await self.page.keyboard.type(letter)
            await self._pressed()

    async def _pressed(self) -> None:
        self.keys += 1
        await asyncio.sleep(KEY_SECONDS)


def main() -> None:
    """Start a site, note contacts, print."""
    contacts = int(sys.argv[1]) if len(sys.argv) > 1 else CONTACTS
    with tempfile.TemporaryDirectory() as folder:
        site = Site(Path(folder))
        try:
            asyncio.run(_measured(site.address, contacts))
        finally:
            site.end()


async def _measured(address: str, contacts: int) -> None:
    async with async_playwright() as playwright:
        path = shutil.which("chromium") or shutil.which("google-chrome") or shutil.which("chromium-headless-shell")
        browser = await playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        page = await browser.new_page(base_url=address, locale="fr-FR")
        await page.goto("/connexion/demonstration?retour=/accueil")
        await page.locator(f"button[value='{WHO}']").click()
        taken = [await _contact(page) for _ in range(contacts)]
        await browser.close()
    print(machine())
    for keys, fields, seconds, pages in taken:
        print(f"{keys} keys, {fields} fields: {seconds:.1f} s, of which {pages:.1f} s are the site's")
    print(f"median {statistics.median(one[2] for one in taken):.1f} s")


async def _contact(page: Page) -> tuple[int, int, float, float]:
    """One contact: keys, fields, seconds, and what the site took of them after the last key."""
    await page.goto("/accueil")
    typist, begun = Typist(page), time.monotonic()
    # The first link of each page leads past its head.
    await typist.press("Tab")
    await typist.press("Enter")
    for name, words in SAID.items():
        await _reach(typist, name)
        await typist.say(words)
    answered = time.monotonic()
    await page.keyboard.press("Alt+r")
    typist.keys += 1
    await page.get_by_text("Contact noté.").wait_for()
    ended = time.monotonic()
    for words in ("Un voisin", "Besançon", "mpayés de loyer"):
        await expect(page.locator("#fait")).to_contain_text(words)
    return typist.keys, typist.fields, ended - begun, ended - answered


async def _reach(typist: Typist, name: str) -> None:
    """Tab until the field is reached; Tabs are keys."""
    for _ in range(MOST_TABS):
        if await typist.page.evaluate("document.activeElement.name") == name:
            return
        await typist.press("Tab")
    raise AssertionError(f"{name} is not reached by Tab")


if __name__ == "__main__":
    main()
