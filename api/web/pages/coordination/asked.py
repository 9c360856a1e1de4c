"""What a page of coordination is asked, as its address says it: from when to when, where, which needs, whose figures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final
from urllib.parse import urlencode

from fastapi import Request

from api.actions.figures.reading import may_read_exactly, quarters, unit_of
from api.actions.figures.told import QUARTERS, Scope, counted_place, where_all_is
from api.auth.viewer import must_sign_in
from api.rooms import Rooms
from api.web.acting import rooms_of
from api.web.place_words import locate, place_name
from api.web.question import LONGEST_PLACE
from api.web.render import now
from graph.model.access import Viewer
from graph.model.directory import Public
from graph.model.errors import InvalidInput
from graph.model.figures.periods import Period, Quarter, closed_before, last_quarters, read_quarter
from graph.model.territory import COUNTRY, Territory
from graph.model.vocabulary import categories

NETWORK: Final = "reseau"
SERVICE: Final = "service"
LONGEST_NAME: Final = 120


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """`period` is None where nothing is published yet. `territory` is None for the whole country. `unit` is the name of the
    service whose exact figures are read, empty for the network's.
    """

    period: Period | None
    offered: tuple[Quarter, ...]
    published: Mapping[Quarter, datetime] = field(default_factory=dict)
    territory: Territory | None = None
    place: str = ""
    category: str = ""
    exact: bool = False
    unit: str = ""
    may_exact: bool = False
    may_network: bool = True
    competence: str = ""
    public: Public | None = None

    @property
    def scope(self) -> Scope:
        """What figures are asked of. Not of a page that has no period: it asks for none."""
        if self.period is None:
            raise ValueError("a page without a period has no figures")
        return Scope(
            period=self.period,
            territory=self.territory,
            category=self.category,
            exact=self.exact,
            published=self.published,
        )

    @property
    def begin(self) -> str:
        """How its sentence begins: "4e trimestre 2025, dans le Doubs"."""
        words = self.scope.period.words
        return f"{words[0].upper()}{words[1:]}, {self.where}"

    @property
    def where(self) -> str:
        """As people say it."""
        if self.exact:
            return f"pour {self.unit}"
        return self.territory.where() if self.territory else "dans toute la France"

    @property
    def narrowed(self) -> dict[str, str]:
        """The theme, as a list of files is narrowed by it."""
        return {"category": self.category} if self.category else {}

    def query(self, **changes: str) -> str:
        """The address's query that asks the same, with changes."""
        pairs = {
            "du": str(self.period.first) if self.period else "",
            "au": str(self.period.last) if self.period else "",
            "territoire": "" if self.exact else self.territory.id if self.territory else COUNTRY,
            "categorie": self.category,
            "vue": SERVICE if self.exact else "",
            "theme": self.competence,
            "public": self.public.value if self.public else "",
        } | changes
        return urlencode({name: value for name, value in pairs.items() if value})


async def wish_of(request: Request) -> tuple[Rooms, Viewer, Wish]:
    """Who asks, and what. Raises NotSignedIn, NotAllowed, InvalidInput."""
    rooms, viewer = rooms_of(request), must_sign_in(request)
    said = {name: value.strip()[:LONGEST_NAME] for name, value in request.query_params.items()}
    exactly = may_read_exactly(viewer)
    view = said.get("vue", NETWORK) or NETWORK
    if view not in {NETWORK, SERVICE}:
        raise InvalidInput("La vue est « reseau » ou « service ».", "vue")
    wish = Wish(period=None, offered=(), exact=view == SERVICE, may_exact=exactly)
    if wish.exact:
        wish = replace(wish, unit=(await unit_of(rooms, viewer)).name, offered=last_quarters(now(), QUARTERS))
    else:
        published = await quarters(rooms, viewer)
        wish = replace(wish, published=published, offered=tuple(published))
    wish = replace(wish, period=_period(said, wish.offered), category=_category(said))
    if not wish.exact and wish.period and said.keys().isdisjoint(("ou", "territoire")):
        # Nothing is said of a place: where the network is.
        home = await where_all_is(rooms, viewer, wish.scope)
        said["territoire"] = home.id if home else ""
    territory, place = _territory(rooms, said)
    return (
        rooms,
        viewer,
        replace(
            wish,
            territory=None if wish.exact else territory,
            place=place,
            competence=said.get("theme", ""),
            public=_public(said),
        ),
    )


def _period(said: dict[str, str], offered: tuple[Quarter, ...]) -> Period | None:
    """What is asked; the last quarter that is over where nothing is."""
    if not offered:
        return None
    last_over = max((one for one in offered if one <= closed_before(now())), default=offered[-1])
    first, last = said.get("du", ""), said.get("au", "")
    begin = read_quarter(first, "du") if first else read_quarter(last, "au") if last else last_over
    end = read_quarter(last, "au") if last else begin
    if end < begin:
        raise InvalidInput(f"La période finit ({end}) avant de commencer ({begin}).", "au")
    for name, one in (("du", begin), ("au", end)):
        if one not in offered:
            raise InvalidInput(f"Le {one.words} n’est pas publié.", name)
    return Period(begin, end)


def _territory(rooms: Rooms, said: dict[str, str]) -> tuple[Territory | None, str]:
    """Chosen by its id, or typed. The country is no choice: it is what there is without one."""
    chosen, typed = said.get("territoire", ""), said.get("ou", "")[:LONGEST_PLACE]
    if typed:
        found = locate(rooms.places, typed, said.get("lieu", "")).territory
        if found is None:
            raise InvalidInput(f"Le lieu « {typed} » n’est pas connu.", "ou")
    elif chosen:
        found = rooms.places.get(chosen)
        if found is None:
            raise InvalidInput("Ce territoire n’existe pas dans la carte, ou n’existe plus.", "territoire")
    else:
        return None, ""
    where = counted_place(rooms.places, found)
    return (None, "") if where.id == COUNTRY else (where, place_name(rooms.places, where))


def _category(said: dict[str, str]) -> str:
    category = said.get("categorie", "")
    if category and category not in categories():
        raise InvalidInput("Ce thème n’est pas dans la liste.", "categorie")
    return category


def _public(said: dict[str, str]) -> Public | None:
    text = said.get("public", "")
    if text and text not in {public.value for public in Public}:
        raise InvalidInput("Ce public n’est pas dans la liste.", "public")
    return Public(text) if text else None
