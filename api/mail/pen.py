"""What a writer of mails has at hand."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from graph.model.casework.handoff import Kind
from graph.model.mail import key_of
from graph.store.casework.answer_links import HOLDS
from graph.store.signed_links import SignedLinks
from graph.store.unit import Unit
from search.hours import PARIS

FOLDER: Final = Path(__file__).parent / "templates"
TOKEN_BYTES: Final = 32


@dataclass(frozen=True, slots=True)
class Pen:
    """What a writer has: the graph within one unit, the public address of the site, the moment."""

    unit: Unit
    site: str
    at: datetime

    @property
    def today(self) -> date:
        """The day where the partners are."""
        return self.at.astimezone(PARIS).date()

    async def draw(self, link: str) -> str:
        """The address of a link by a token drawn now, which is written down nowhere; empty when the link is gone."""
        token = secrets.token_urlsafe(TOKEN_BYTES)
        opened = await SignedLinks(self.unit).open_by(link, key_of(token), self.at)
        return f"{self.site}/lien/{token}" if opened else ""

    async def draw_answer(self, handoff: str, organisation: str) -> str:
        """The address where this organisation answers without an account, by a token drawn now and written down nowhere; empty when
        nothing waits for its answer any more. It opens by the code that the sender reads out, and by nothing else.
        """
        file = await self.unit.files.holding(handoff)
        one = file.handoffs[handoff] if file else None
        if one is None or not one.shared or one.kind is Kind.ASSIGN or one.target.organisation != organisation:
            return ""
        token = secrets.token_urlsafe(TOKEN_BYTES)
        await self.unit.answer_links.make_mailed(key_of(token), handoff, organisation, self.at, self.at + HOLDS)
        return f"{self.site}/repondre/{token}"


@cache
def environment() -> Environment:
    """The templates of mails."""
    # Plain text: nothing in it is read as markup.
    return Environment(
        loader=FileSystemLoader(FOLDER),
        autoescape=False,  # noqa: S701
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
