"""Pages of a browser, used again by one test after the other: a new context each time costs more than most looks."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager

from playwright.async_api import Browser, Page

OpenPage = Callable[..., AbstractAsyncContextManager[Page]]
NOWHERE = "about:blank"
FORGET = "localStorage.clear(); sessionStorage.clear()"


class Windows:
    """The pages of one site, or of none in particular. What one test left there, the next does not find."""

    def __init__(self, browser: Browser, site: str = "") -> None:
        self._browser, self._site = browser, site
        # By whether scripts run in them.
        self._free: dict[bool, list[Page]] = {True: [], False: []}

    @asynccontextmanager
    async def open(
        self, *, width: int = 1280, height: int = 900, javascript: bool = True, kept: bool = False, own: bool = False
    ) -> AsyncIterator[Page]:
        """A page of this size. `own`: gone with the test, which leaves what cannot be undone, such as a clock or a script.

        `kept` lets it keep pages for when there is no network: each context would fetch them all anew, and few tests look at
        them. It is its own, too.
        """
        own = own or kept
        free = [] if own else self._free[javascript]
        page = free.pop() if free else await self._new(javascript, kept)
        try:
            await page.set_viewport_size({"width": width, "height": height})
            yield page
            if not own:
                await _forget(page, javascript)
        except BaseException:
            # Nobody knows in what state it is.
            own = True
            raise
        finally:
            if own:
                await page.context.close()
            else:
                free.append(page)

    async def _new(self, javascript: bool, kept: bool) -> Page:
        context = await self._browser.new_context(
            base_url=self._site or None,
            java_script_enabled=javascript,
            service_workers="allow" if kept else "block",
            locale="fr-FR",
            timezone_id="Europe/Paris",
        )
        context.set_default_timeout(60_000)
        return await context.new_page()


async def _forget(page: Page, javascript: bool) -> None:
    """Sign out, and forget what the site keeps in a browser, before leaving it."""
    await page.unroute_all(behavior="ignoreErrors")
    await page.context.clear_cookies()
    if javascript and page.url.startswith("http"):
        await page.evaluate(FORGET)
    await page.emulate_media(media="null", color_scheme="null")
    await page.goto(NOWHERE)
