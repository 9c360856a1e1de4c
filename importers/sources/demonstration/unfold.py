"""Unfolds what is written once: templates, units, and what a service takes from its organisation.

An organisation may name a `template`; the template's fields, units, services and posts become its own, with each
`{word}` of their texts replaced from its `words`, and each post held by those that `staff` lists under the post's id.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from importers.sources.demonstration.entry import EntryError

Table = Mapping[str, object]

PLACE: Final = ("address", "commune")
ALWAYS: Final = ("covers", "vouched_days_ago")
CONTACT: Final = ("phone", "email", "url")
FOLDED: Final = ("service", "post", "unit", "succeeded_by", "template", "words", "staff")
WORD: Final = re.compile(r"\{(\w+)\}")


class Shape(StrEnum):
    """What a table describes."""

    ORGANISATION = "organisation"
    SUCCESSION = "succession"
    SERVICE = "service"
    POST = "post"
    AGREEMENT = "agreement"


@dataclass(frozen=True, slots=True)
class Draft:
    """One flat table with the document it comes from; ids are local, unique in the whole folder."""

    shape: Shape
    document: str
    table: Table

    @property
    def name(self) -> str:
        """The entry as a person would look for it in the file."""
        return f"{self.document} › {self.shape} {self.table.get('id', '?')}"


def unfold(document: str, organisation: Table, templates: Table, defaults: Table) -> list[Draft]:
    """The organisation, its units, services, posts and successions, each as a table of its own.

    Raises EntryError when the template is unknown, lacks a word, or when something folded is not a list of tables.
    """
    return list(_unfolded(document, {**defaults, **_filled(organisation, templates)}))


def _unfolded(document: str, table: Table) -> Iterator[Draft]:
    yield Draft(Shape.ORGANISATION, document, {key: value for key, value in table.items() if key not in FOLDED})
    owner = table.get("id", "?")
    for step in _tables(table, "succeeded_by"):
        carried = {"id": f"{owner}--{step.get('organisation', '?')}", "on": table.get("closed_on", date.min)}
        yield Draft(Shape.SUCCESSION, document, {**carried, **step, "predecessor": owner})
    for service in _tables(table, "service"):
        own = {"id": f"{owner}--{service.get('id', '?')}", "organisation": owner}
        yield Draft(Shape.SERVICE, document, {**_taken(service, table, *ALWAYS), **service, **own})
    for post in _tables(table, "post"):
        yield Draft(
            Shape.POST, document, {**post, "id": f"{owner}--poste-{post.get('id', '?')}", "organisation": owner}
        )
    for unit in _tables(table, "unit"):
        own = {"id": f"{owner}--{unit.get('id', '?')}", "part_of": owner}
        yield from _unfolded(document, {**_taken(unit, table, "kind", *ALWAYS), **unit, **own})


def _taken(inner: Table, outer: Table, *always: str) -> Table:
    """What is the same as outside: the place and hours unless another place is said, the contact unless another is."""
    given = set(always)
    if not any(key in inner for key in PLACE):
        given |= {"hours", *PLACE}
    if not any(key in inner for key in CONTACT):
        given |= set(CONTACT)
    return {key: outer[key] for key in given if key in outer}


def _filled(organisation: Table, templates: Table) -> Table:
    if "template" not in organisation:
        return organisation
    template = templates.get(str(organisation["template"]))
    if not isinstance(template, dict):
        raise EntryError("template", organisation["template"], "Ce modèle n’existe pas.")
    words, staff = organisation.get("words", {}), organisation.get("staff", {})
    if not isinstance(words, dict) or not isinstance(staff, dict):
        raise EntryError("words", words, "« words » et « staff » doivent être des tables.")
    filled = {key: _worded(value, words) for key, value in template.items()}
    whole = {**filled, **organisation}
    for key in ("service", "post", "unit"):
        whole[key] = [*_tables(filled, key), *_tables(organisation, key)]
    return _staffed(whole, staff)


def _worded(value: object, words: Table) -> object:
    if isinstance(value, str):
        return WORD.sub(lambda found: str(_word(found[1], words)), value)
    if isinstance(value, list):
        return [_worded(element, words) for element in value]
    if isinstance(value, dict):
        return {key: _worded(element, words) for key, element in value.items()}
    return value


def _word(word: str, words: Table) -> object:
    if word not in words:
        raise EntryError("words", word, "Le modèle demande ce mot, que l’organisation ne donne pas.")
    return words[word]


def _staffed(table: Table, staff: Table) -> Table:
    """Puts under each post, of the organisation and of its units, those whom `staff` lists under its id."""
    posts = [
        {**post, "holders": staff[str(post.get("id"))]} if post.get("id") in staff else post
        for post in _tables(table, "post")
    ]
    return {**table, "post": posts, "unit": [_staffed(unit, staff) for unit in _tables(table, "unit")]}


def _tables(table: Table, key: str) -> list[Table]:
    found = table.get(key, [])
    if not isinstance(found, list) or not all(isinstance(element, dict) for element in found):
        raise EntryError(key, found, "Il faut ici une liste de tables.")
    return found
