"""The question as its address writes it.

/chercher?q=&ou=&lieu=&ici=&qui=&c=&sans=&urgent= asks; &mode=&type=&ouvert=… narrow; &vue=&debut= say how it is shown.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Final
from urllib.parse import urlencode

from starlette.datastructures import QueryParams

from graph.model.directory import Mode, Public
from graph.model.errors import InvalidInput
from graph.model.narrowing import Narrowing
from graph.model.territory import Point
from graph.model.vocabulary import competences, kinds

LONGEST_TEXT: Final = 300
LONGEST_PLACE: Final = 100
# Of each kind. Every link of the answer repeats them all.
MOST_CHOICES: Final = 20
PAGE: Final = 20
# What the address calls the wishes that are there or not.
WISHES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "ouvert": "open_now",
        "place": "has_room",
        "frais": "fresh",
        "sans-condition": "without_residence_condition",
        "interprete": "interpreter",
        "accessible": "accessible",
        "gratuit": "free",
    }
)
FILTERS: Final = frozenset({"qui", "mode", "type", *WISHES})
# Three decimals are about a hundred metres: as near as an answer needs, and no more of where someone is.
HERE: Final = re.compile(r"-?\d{1,2}(?:\.\d{1,8})?,-?\d{1,3}(?:\.\d{1,8})?", re.ASCII)
DECIMALS: Final = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """`text` the problem; `place` what was typed, `place_id` what was chosen for it; `chosen`, `refused` competences.

    `here` is where the asker is, when no place was told. `first` is how many relays come before this page.
    """

    text: str = ""
    place: str = ""
    place_id: str = ""
    here: Point | None = None
    publics: tuple[Public, ...] = ()
    chosen: tuple[str, ...] = ()
    refused: tuple[str, ...] = ()
    urgent: bool = False
    modes: tuple[Mode, ...] = ()
    narrowing: Narrowing = field(default_factory=Narrowing)
    as_map: bool = False
    first: int = 0

    @property
    def empty(self) -> bool:
        """Nothing to look for yet."""
        return not self.text and not self.chosen

    def pairs(self) -> list[tuple[str, str]]:
        """What the address says, as (name, value)."""
        pairs = [
            ("q", self.text),
            ("ou", self.place),
            ("lieu", self.place_id),
            ("ici", f"{self.here.lat:.{DECIMALS}f},{self.here.lon:.{DECIMALS}f}" if self.here else ""),
            *(("qui", public.value) for public in self.publics),
            *(("c", id_) for id_ in self.chosen),
            *(("sans", id_) for id_ in self.refused),
            ("urgent", "1" if self.urgent else ""),
            *(("mode", mode.value) for mode in self.modes),
            *(("type", kind) for kind in self.narrowing.kinds),
            *((name, "1" if getattr(self.narrowing, wish) else "") for name, wish in WISHES.items()),
            ("vue", "carte" if self.as_map else ""),
            ("debut", str(self.first) if self.first else ""),
        ]
        return [(name, value) for name, value in pairs if value]

    def address(self) -> str:
        """The page that answers this."""
        return "/chercher?" + urlencode(self.pairs())

    def filters(self) -> list[tuple[str, str]]:
        """What narrows the answer, as (name, value)."""
        return [(name, value) for name, value in self.pairs() if name in FILTERS]

    def kept_by_filters(self) -> list[tuple[str, str]]:
        """What a form that chooses the filters must send along."""
        return [(name, value) for name, value in self.pairs() if name not in FILTERS and name != "debut"]

    def without_filter(self, name: str, value: str) -> Asked:
        """The same question with one choice of `filters()` taken back."""
        if name in WISHES:
            return replace(self, narrowing=replace(self.narrowing, **{WISHES[name]: False}), first=0)
        if name == "type":
            left = tuple(kind for kind in self.narrowing.kinds if kind != value)
            return replace(self, narrowing=replace(self.narrowing, kinds=left), first=0)
        if name == "mode":
            return replace(self, modes=tuple(mode for mode in self.modes if mode.value != value), first=0)
        return replace(self, publics=tuple(public for public in self.publics if public.value != value), first=0)

    def without_filters(self) -> Asked:
        """The same question, of everyone and everything."""
        return replace(self, publics=(), modes=(), narrowing=Narrowing(), first=0)

    def without(self, competence: str) -> Asked:
        """The same question with this competence taken away, however it came."""
        chosen = tuple(id_ for id_ in self.chosen if id_ != competence)
        return replace(self, chosen=chosen, refused=_once((*self.refused, competence)), first=0)

    def with_also(self, competence: str, understood: Iterable[str]) -> Asked:
        """The same question with this competence added to those understood so far."""
        refused = tuple(id_ for id_ in self.refused if id_ != competence)
        return replace(self, chosen=_once((*understood, *self.chosen, competence)), refused=refused, first=0)

    def only(self, competence: str) -> Asked:
        """The same question about this competence alone."""
        return replace(self, chosen=(competence,), refused=(), first=0)

    def at_place(self, name: str, place_id: str) -> Asked:
        """The same question elsewhere."""
        return replace(self, place=name, place_id=place_id, here=None, first=0)

    def from_place(self, first: int) -> Asked:
        """Another page of the same answer."""
        return replace(self, first=first)

    def shown(self, *, as_map: bool) -> Asked:
        """The same answer as a list, or on a map."""
        return replace(self, as_map=as_map)


def read_asked(params: QueryParams) -> Asked:
    """What the address asks. Raises InvalidInput, naming the field, for what no form of ours sends."""
    text, place = params.get("q", "").strip(), params.get("ou", "").strip()
    if len(text) > LONGEST_TEXT:
        raise InvalidInput(f"Le problème est décrit en {LONGEST_TEXT} caractères au plus. Raccourcissez-le.", "q")
    if len(place) > LONGEST_PLACE:
        raise InvalidInput("Ce lieu est trop long. Donnez le nom d’une commune ou un code postal.", "ou")
    publics = _choices(
        params, "qui", {p.value for p in Public}, "Ce public n’existe pas dans la liste. Choisissez-en un autre."
    )
    modes = _choices(
        params, "mode", {mode.value for mode in Mode}, "Cette façon d’être reçu n’existe pas. Choisissez-en une autre."
    )
    of_kinds = _choices(
        params, "type", kinds(), "Ce type d’organisme n’existe pas dans la liste. Choisissez-en un autre."
    )
    chosen, refused = _values(params, "c"), _values(params, "sans")
    if any(value not in competences() for value in (*chosen, *refused)):
        raise InvalidInput("Ce thème n’existe pas ou n’existe plus. Repartez de la page des thèmes.", "c")
    if len(chosen) > MOST_CHOICES or len(refused) > MOST_CHOICES:
        raise InvalidInput(f"Pas plus de {MOST_CHOICES} thèmes à la fois. Repartez de la page des thèmes.", "c")
    place_id = params.get("lieu", "").strip() if place else ""
    first = params.get("debut", "0")
    return Asked(
        text=text,
        place=place,
        # No territory has a longer id: this one is as good as none.
        place_id=place_id if len(place_id) <= LONGEST_PLACE else "",
        here=None if place else _point(params.get("ici", "")),
        publics=tuple(Public(value) for value in publics),
        chosen=chosen,
        refused=refused,
        urgent=params.get("urgent") == "1",
        modes=tuple(Mode(value) for value in modes),
        narrowing=Narrowing(kinds=of_kinds, **{wish: params.get(name) == "1" for name, wish in WISHES.items()}),
        as_map=params.get("vue") == "carte",
        first=int(first) if first.isdecimal() and len(first) < 5 else 0,
    )


def _values(params: QueryParams, name: str) -> tuple[str, ...]:
    return _once(value for value in params.getlist(name) if value)


def _choices(params: QueryParams, name: str, known: Iterable[str], unknown: str) -> tuple[str, ...]:
    """Values out of a closed list. Raises InvalidInput, naming the field."""
    values, known = _values(params, name), frozenset(known)
    if any(value not in known for value in values):
        raise InvalidInput(unknown, name)
    if len(values) > MOST_CHOICES:
        raise InvalidInput(f"Pas plus de {MOST_CHOICES} choix à la fois dans une liste. Retirez-en.", name)
    return values


def _point(text: str) -> Point | None:
    """Where the asker is. Raises InvalidInput for what is no place on the globe."""
    if not text:
        return None
    lat, _, lon = text.partition(",")
    if not HERE.fullmatch(text) or abs(float(lat)) > 90 or abs(float(lon)) > 180:
        raise InvalidInput("Votre position n’a pas été comprise. Donnez le nom d’une commune ou un code postal.", "ou")
    return Point(round(float(lat), DECIMALS), round(float(lon), DECIMALS))


def _once(values: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(values))
