"""The form of a group of fields as a template draws it, and what a browser sent of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from api.rooms import Rooms
from api.web.forms import Form
from api.web.place_words import locate, place_name
from graph.model.directory import Mode, Public
from graph.model.fields import CHOSEN_ENDING, FORMS, TYPED_ENDING, Field, Input, names_of
from graph.model.listing import FieldGroup
from graph.model.territory import Territory
from graph.model.typed import NO, YES, Fault, Known, Typed
from graph.model.vocabulary import competences, label

YES_NO_OPTIONS: Final = ((YES, "Oui"), (NO, "Non"), ("", "Non précisé"))
FAMILIES: Final[Mapping[str, tuple[str, ...]]] = {
    "public": tuple(one.value for one in Public),
    "mode": tuple(one.value for one in Mode),
}
MOST_LIKELY: Final = 5


@dataclass(frozen=True, slots=True)
class Option:
    """One entry of a list, and whether it is chosen."""

    value: str
    words: str
    chosen: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldView:
    """A field with what it shows. `rows` are (text, chosen id) of what is typed to be added to a long list."""

    field: Field
    value: str = ""
    chosen_id: str = ""
    options: tuple[Option, ...] = ()
    rows: tuple[tuple[str, str], ...] = ()
    fault: str = ""


def sent(form: Form, names: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """What was sent under these names."""
    return {name: form.every(name) for name in names}


def names_in(kind: type, group: FieldGroup) -> tuple[str, ...]:
    """The names of a group's form."""
    return names_of(FORMS[kind][group])


def known_by(rooms: Rooms) -> Known:
    """The map and the lexicon, as reading a form asks them."""

    def territory(text: str, id_: str) -> Territory | None:
        return locate(rooms.places, text, id_).territory

    def like(text: str) -> tuple[str, ...]:
        return tuple(name for name, _ in locate(rooms.places, text, "").others)

    def competences_like(text: str) -> tuple[str, ...]:
        return tuple(found.competence for found in rooms.reader.complete(text, MOST_LIKELY))

    return Known(territory=territory, territories_like=like, competences_like=competences_like)


def form_view(
    kind: type, group: FieldGroup, typed: Typed, faults: Iterable[Fault], rooms: Rooms, *, more: bool = False
) -> tuple[FieldView, ...]:
    """The fields in order, as typed. `more` asks for another row of what can be added to a list."""
    said = {fault.field: fault.message for fault in faults}
    return tuple(_field(field, typed, said.get(field.name, ""), rooms, more) for field in FORMS[kind][group])


def _field(field: Field, typed: Typed, fault: str, rooms: Rooms, more: bool) -> FieldView:
    texts = typed.get(field.name, ())
    value = texts[0] if texts else ""
    match field.input:
        case Input.YES_NO:
            options = tuple(Option(code, words, code == value) for code, words in YES_NO_OPTIONS)
            return FieldView(field=field, options=options, fault=fault)
        case Input.CHOICES:
            codes = FAMILIES[field.family]
            options = tuple(Option(code, label(field.family, code), code in texts) for code in codes)
            return FieldView(field=field, options=options, fault=fault)
        case Input.COMPETENCES:
            return _completed(field, typed, fault, _competence_words, more)
        case Input.TERRITORIES:
            return _completed(field, typed, fault, lambda id_: _territory_words(rooms, id_), more)
        case Input.COMMUNE:
            chosen = next(iter(typed.get(field.name + CHOSEN_ENDING, ())), "")
            return FieldView(field=field, value=value, chosen_id=chosen, fault=fault)
        case _:
            return FieldView(field=field, value=value, fault=fault)


def _completed(field: Field, typed: Typed, fault: str, words: Callable[[str], str], more: bool) -> FieldView:
    chosen = dict.fromkeys(id_ for id_ in typed.get(field.name, ()) if id_)
    texts = typed.get(field.name + TYPED_ENDING, ())
    ids = (*typed.get(field.name + CHOSEN_ENDING, ()), *("" for _ in texts))
    rows = tuple((text, id_) for text, id_ in zip(texts, ids, strict=False) if text.strip())
    empty = (("", ""),) if more or not rows else ()
    options = tuple(Option(id_, words(id_), chosen=True) for id_ in chosen)
    return FieldView(field=field, options=options, rows=rows + empty, fault=fault)


def _competence_words(id_: str) -> str:
    return competences()[id_].label if id_ in competences() else id_


def _territory_words(rooms: Rooms, id_: str) -> str:
    territory = rooms.places.get(id_)
    return place_name(rooms.places, territory) if territory else id_
