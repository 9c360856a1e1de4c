"""How pages are looked at: wide by day, narrow by night; accessible, no wider than the screen, asking nothing of others."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final, Literal, TypeVar

from playwright.async_api import Page

from tests.windows import OpenPage

Shown = TypeVar("Shown")
Scheme = Literal["light", "dark"]

AXE: Final = (Path(__file__).parent / "vendor" / "axe-core" / "axe.min.js").read_text()
RULES: Final = ["wcag2a", "wcag2aa", "wcag2aaa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# What passes is not told: on a long page, telling it takes longer than looking.
RUN: Final = "rules => axe.run({runOnly: {type: 'tag', values: rules}, resultTypes: ['violations']})"
WIDE: Final[tuple[int, Scheme]] = (1280, "light")
NARROW: Final[tuple[int, Scheme]] = (380, "dark")


def in_turn(shown: Iterable[Shown], *both: Shown) -> list[tuple[Shown, int, Scheme]]:
    """Each in one of the two ways, in turn, for a look takes seconds; these in both: the gallery holds every component."""
    turns = [(one, (WIDE, NARROW)[number % 2]) for number, one in enumerate(shown) if one not in both]
    turns += [(one, way) for one in both for way in (WIDE, NARROW)]
    return [(one, width, scheme) for one, (width, scheme) in turns]


@asynccontextmanager
async def looked_at(browser_page: OpenPage, path: str, width: int, scheme: Scheme) -> AsyncIterator[Page]:
    """A page of the site, looked at as the test leaves it: accessible, fitting, nothing refused or asked of others."""
    async with browser_page(width=width) as page:
        heard = listen(page)
        await page.emulate_media(color_scheme=scheme)
        await page.goto(path)
        yield page
        assert await violations(page) == []
        assert await width_of(page) == width
        assert heard == []


def listen(page: Page) -> list[str]:
    """Errors of the page: what its own policy refused, what its scripts threw, what it asked of others."""
    heard: list[str] = []
    page.on("pageerror", lambda error: heard.append(str(error)))
    page.on(
        "console", lambda message: heard.append(message.text) if "Content Security Policy" in message.text else None
    )
    page.on("request", lambda asked: heard.append(asked.url) if "//127.0.0.1:" not in asked.url else None)
    return heard


async def violations(page: Page) -> list[tuple[str, Any]]:
    """What axe holds against the page: the rule, and where."""
    await page.evaluate(AXE)
    found = await page.evaluate(RUN, RULES)
    return [(one["id"], [node["target"] for node in one["nodes"]]) for one in found["violations"]]


async def width_of(page: Page) -> int:
    """How wide its content is: more than the window where something sticks out."""
    return await page.evaluate("document.documentElement.scrollWidth")
