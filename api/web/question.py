"""The question as its address writes it: /chercher?q=&ou=&lieu=&qui=&c=&sans=&urgent=&debut=."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final
from urllib.parse import urlencode

from starlette.datastructures import QueryParams

from graph.model.directory import Public
from graph.model.errors import InvalidInput
from graph.model.vocabulary import competences

LONGEST_TEXT: Final = 300
LONGEST_PLACE: Final = 100
# Of each kind. Every link of the answer repeats them all.
MOST_CHOICES: Final = 20
PAGE: Final = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """`text` the problem; `place` what was typed, `place_id` what was chosen for it; `chosen`, `refused` competences.

    `first` is how many relays come before this page.
    """

    text: str = ""
    place: str = ""
    place_id: str = ""
    publics: tuple[Public, ...] = ()
    chosen: tuple[str, ...] = ()
    refused: tuple[str, ...] = ()
    urgent: bool = False
    first: int = 0

    @property
    def empty(self) -> bool:
        """Nothing to look for yet."""
        return not self.text and not self.chosen

    def address(self) -> str:
        """The page that answers this."""
        pairs = [
            ("q", self.text),
            ("ou", self.place),
            ("lieu", self.place_id),
            *(("qui", public.value) for public in self.publics),
            *(("c", id_) for id_ in self.chosen),
            *(("sans", id_) for id_ in self.refused),
            ("urgent", "1" if self.urgent else ""),
            ("debut", str(self.first) if self.first else ""),
        ]
        return "/chercher?" + urlencode([(name, value) for name, value in pairs if value])

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
        return replace(self, place=name, place_id=place_id, first=0)

    def from_place(self, first: int) -> Asked:
        """Another page of the same answer."""
        return replace(self, first=first)


def read_asked(params: QueryParams) -> Asked:
    """What the address asks. Raises InvalidInput, naming the field, for what no form of ours sends."""
    text, place = params.get("q", "").strip(), params.get("ou", "").strip()
    if len(text) > LONGEST_TEXT:
        raise InvalidInput(f"Le problème est décrit en {LONGEST_TEXT} caractères au plus. Raccourcissez-le.", "q")
    if len(place) > LONGEST_PLACE:
        raise InvalidInput("Ce lieu est trop long. Donnez le nom d’une commune ou un code postal.", "ou")
    known = {public.value for public in Public}
    publics = _once(value for value in params.getlist("qui") if value)
    if any(value not in known for value in publics):
        raise InvalidInput("Ce public n’existe pas dans la liste. Choisissez-en un autre.", "qui")
    chosen = _once(value for value in params.getlist("c") if value)
    refused = _once(value for value in params.getlist("sans") if value)
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
        publics=tuple(Public(value) for value in publics),
        chosen=chosen,
        refused=refused,
        urgent=params.get("urgent") == "1",
        first=int(first) if first.isdecimal() and len(first) < 5 else 0,
    )


def _once(values: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(values))
