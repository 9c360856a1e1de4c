"""Between the value of a group and its form: what the form shows of it, and what was typed read back.

Nothing that was typed is lost: what cannot be read is told field by field, and the form shows it again as it was.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, TypeAlias

from graph.model import checks
from graph.model.directory import Contact, Mode, Place, Public
from graph.model.errors import InvalidInput
from graph.model.fields import CHOSEN_ENDING, FORMS, NESTED, TYPED_ENDING, Field, Input, names_of
from graph.model.listing import GROUPS, FieldGroup
from graph.model.territory import Territory, TerritoryLevel, level_of
from graph.model.vocabulary import competences
from graph.model.words import fold

# What a form sends: each name with its texts, none for a box that is not ticked.
Typed: TypeAlias = Mapping[str, Sequence[str]]
YES, NO = "oui", "non"
SAID: Final = {True: YES, False: NO, None: ""}
ENUMS: Final = {"public": Public, "mode": Mode}
LONGEST_ALIAS: Final = 200


@dataclass(frozen=True, slots=True)
class Fault:
    """What cannot be read: the field's name and words, the text at fault, and the sentence that says so."""

    field: str
    label: str
    value: str
    message: str


@dataclass(frozen=True, slots=True)
class Reading:
    """The whole value of a group, None where there are faults."""

    value: Mapping[str, Any] | None
    faults: tuple[Fault, ...] = ()


@dataclass(frozen=True, slots=True)
class Known:
    """What the map and the lexicon know: a territory by (text, id), else names that may be meant; competences by words."""

    territory: Callable[[str, str], Territory | None]
    territories_like: Callable[[str], Sequence[str]]
    competences_like: Callable[[str], Sequence[str]]


def shown(kind: type, group: FieldGroup, value: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    """What the form of a group shows of its value."""
    inner = value[NESTED[group]] if group in NESTED else None
    if group in NESTED:
        value = {field.name: getattr(inner, field.name, "") for field in FORMS[kind][group]}
    form = {field.name: _shown(field, value[field.name]) for field in FORMS[kind][group]}
    if group is FieldGroup.PLACE:
        form["city" + CHOSEN_ENDING] = (getattr(inner, "territory", ""),)
    return form


def _shown(field: Field, held: Any) -> tuple[str, ...]:
    match field.input:
        case Input.YES_NO:
            return (SAID[held],)
        case Input.LINES:
            return ("\n".join(held),)
        case Input.CHOICES:
            return tuple(one.value for one in held)
        case Input.COMPETENCES | Input.TERRITORIES:
            return tuple(held)
        case _:
            return (held,)


def read(kind: type, group: FieldGroup, typed: Typed, before: Mapping[str, Any], known: Known) -> Reading:
    """The group's whole value: what its form says, and the rest of `before` as it was."""
    was = shown(kind, group, before)
    if _is_as_shown(FORMS[kind][group], typed, was):
        return Reading(dict(before))
    values: dict[str, Any] = {}
    faults: list[Fault] = []
    for field in FORMS[kind][group]:
        try:
            # What a source wrote in its own way, and nobody touched, is nobody's fault here.
            values[field.name] = (
                _untouched(field, was, before)
                if _is_untouched(field, typed, was)
                else _read(field, typed, before, known)
            )
        except InvalidInput as refusal:
            value = next((text for text in (*_texts(field, typed), "") if text), "")
            faults.append(Fault(field.name, field.label, value, refusal.message))
    if not faults:
        faults += _together(group, values, known)
    if faults:
        return Reading(None, tuple(faults))
    if group is FieldGroup.CONTACT:
        values = {"contact": Contact(**values)}
    elif group is FieldGroup.PLACE:
        values = {"place": _place(values, before["place"])}
    return Reading({name: values.get(name, before[name]) for name in GROUPS[kind][group]})


def _is_as_shown(fields: Sequence[Field], typed: Typed, was: Typed) -> bool:
    """Whether nothing was touched, and nothing is missing."""
    beside = (name for name in names_of(fields) if name not in was)
    return (
        all(any(was[field.name]) for field in fields if field.required)
        and not any(text for name in beside for text in typed.get(name, ()))
        and all(tuple(typed.get(name, ())) == tuple(texts) for name, texts in was.items())
    )


def _is_untouched(field: Field, typed: Typed, was: Typed) -> bool:
    """Whether a text is as it was shown, however long; a browser ends lines in its own way."""
    texts = tuple(text.replace("\r\n", "\n") for text in typed.get(field.name, ()))
    return field.input in _FREE and texts == tuple(was[field.name]) and (any(texts) or not field.required)


def _untouched(field: Field, was: Typed, before: Mapping[str, Any]) -> Any:
    return before[field.name] if field.input is Input.LINES else was[field.name][0]


def _texts(field: Field, typed: Typed) -> list[str]:
    """What was typed for a field, in free text first."""
    names = (field.name + TYPED_ENDING, field.name)
    return [text for name in names for text in typed.get(name, ())]


def _read(field: Field, typed: Typed, before: Mapping[str, Any], known: Known) -> Any:
    match field.input:
        case Input.COMPETENCES:
            value: Any = _competences(field, typed, known)
        case Input.TERRITORIES:
            value = _territories(field, typed, known)
        case Input.CHOICES:
            value = _choices(field, typed)
        case Input.COMMUNE:
            value = _commune(field, typed, before["place"], known)
        case _:
            value = _one(field, _clean(next(iter(typed.get(field.name, ())), ""), lines=field.input in _MANY_LINES))
    if field.required and not value:
        raise InvalidInput(f"« {field.label} » ne peut pas rester vide.")
    return value


_MANY_LINES: Final = frozenset({Input.TEXT, Input.LINES})
_CHECKS: Final[Mapping[Input, Callable[[str], str]]] = {
    Input.PHONE: checks.phone_number,
    Input.EMAIL: checks.email_address,
    Input.URL: checks.web_address,
    Input.SIRET: checks.siret_number,
    Input.POSTCODE: checks.post_code,
}
_FREE: Final = frozenset({*_CHECKS, Input.LINE, *_MANY_LINES})


def _one(field: Field, text: str) -> Any:
    """A field with one text."""
    if field.input is Input.YES_NO:
        return {YES: True, NO: False}.get(text)
    if field.input is Input.LINES:
        return _lines(field, text)
    if len(text) > field.most:
        raise InvalidInput(f"« {field.label} » compte {len(text)} caractères : {field.most} au plus.")
    check = _CHECKS.get(field.input)
    return check(text) if check and text else text


def _clean(text: str, *, lines: bool) -> str:
    """Without outer blanks, and without characters that no one types."""
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    kept = "".join(one for one in text if unicodedata.category(one) not in {"Cc", "Cs", "Co", "Cn"} or one in "\n\t")
    if not lines:
        return " ".join(kept.split())
    return re.sub(r"\n{3,}", "\n\n", "\n".join(" ".join(line.split()) for line in kept.split("\n"))).strip()


def _lines(field: Field, text: str) -> tuple[str, ...]:
    found = tuple(dict.fromkeys(line for line in text.split("\n") if line))
    if len(found) > field.most:
        raise InvalidInput(f"« {field.label} » compte {len(found)} lignes : {field.most} au plus.")
    if long := next((line for line in found if len(line) > LONGEST_ALIAS), ""):
        raise InvalidInput(f"« {long[:60]}… » est trop long : {LONGEST_ALIAS} caractères au plus.")
    return found


def _choices(field: Field, typed: Typed) -> tuple[Any, ...]:
    """In the order of the closed list."""
    enum, said = ENUMS[field.family], set(typed.get(field.name, ()))
    if strange := sorted(said - {one.value for one in enum}):
        raise InvalidInput(f"« {strange[0]} » n’est pas dans la liste « {field.label} ».")
    return tuple(one for one in enum if one.value in said)


def _competences(field: Field, typed: Typed, known: Known) -> tuple[str, ...]:
    found: list[str] = []
    chosen = [one for one in (*typed.get(field.name, ()), *typed.get(field.name + CHOSEN_ENDING, ())) if one]
    for id_ in chosen:
        if id_ not in competences():
            raise InvalidInput(f"« {id_} » n’est pas dans la liste des problèmes.")
        found.append(id_)
    labels = {fold(competences()[id_].label) for id_ in found}
    texts = [_clean(text, lines=False) for text in typed.get(field.name + TYPED_ENDING, ())]
    found += [_competence(text, known) for text in texts if text and fold(text) not in labels]
    return _bounded(field, found)


def _competence(text: str, known: Known) -> str:
    """The one that has this label, or that these words alone mean."""
    exact = next((one.id for one in competences().values() if fold(one.label) == fold(text)), "")
    if exact:
        return exact
    likely = known.competences_like(text)
    if len(likely) == 1:
        return likely[0]
    if not likely:
        raise InvalidInput(
            f"« {text} » n’est pas dans la liste des problèmes. Dites-le autrement, en deux ou trois mots."
        )
    named = " ; ".join(f"« {competences()[id_].label} »" for id_ in likely)
    raise InvalidInput(f"« {text} » peut vouloir dire plusieurs choses. Écrivez l’une d’elles : {named}.")


def _territories(field: Field, typed: Typed, known: Known) -> tuple[str, ...]:
    found: list[str] = []
    for id_ in filter(None, typed.get(field.name, ())):
        if known.territory(id_, id_) is None:
            raise InvalidInput(f"Le territoire « {id_} » n’existe pas dans la carte, ou n’existe plus.")
        found.append(id_)
    texts = typed.get(field.name + TYPED_ENDING, ())
    ids = (*typed.get(field.name + CHOSEN_ENDING, ()), *("" for _ in texts))
    for text, id_ in zip(texts, ids, strict=False):
        if cleaned := _clean(text, lines=False):
            found.append(_located(cleaned, id_, known).id)
    return _bounded(field, found)


def _bounded(field: Field, found: Sequence[str]) -> tuple[str, ...]:
    """Each once, sorted: the store keeps them so."""
    each = tuple(sorted(set(found)))
    if len(each) > field.most:
        raise InvalidInput(f"« {field.label} » compte {len(each)} choix : {field.most} au plus.")
    return each


def _located(text: str, id_: str, known: Known) -> Territory:
    territory = known.territory(text, id_)
    if territory is not None:
        return territory
    likely = " ; ".join(f"« {name} »" for name in known.territories_like(text))
    instead = f"Vouliez-vous dire : {likely} ?" if likely else "Donnez le nom d’une commune ou un code postal."
    raise InvalidInput(f"Le lieu « {text} » n’est pas connu. {instead}")


def _commune(field: Field, typed: Typed, before: Place | None, known: Known) -> Territory | None:
    text = _clean(next(iter(typed.get(field.name, ())), ""), lines=False)
    # "BESANCON CEDEX", as a source wrote it, and not touched.
    if text and before and text == before.city and (held := known.territory(before.territory, before.territory)):
        return held
    return _located(text, next(iter(typed.get(field.name + CHOSEN_ENDING, ())), ""), known) if text else None


def _together(group: FieldGroup, values: Mapping[str, Any], known: Known) -> list[Fault]:
    """What no field says alone."""
    if group is FieldGroup.PLACE:
        return _misplaced(values, known)
    if group is not FieldGroup.CONDITIONS:
        return []
    faults = []
    if both := [public.value for public in values["publics"] if public in values["excludes"]]:
        faults.append(Fault("excludes", "Sauf pour", both[0], "Un même public ne peut pas être accueilli et exclu."))
    if values["free"] and values["fee"]:
        said = f"« {values['fee']} » : un service gratuit ne demande pas de participation."
        faults.append(Fault("fee", "Participation demandée", values["fee"], said))
    return faults


def _misplaced(values: Mapping[str, Any], known: Known) -> list[Fault]:
    territory: Territory | None = values["city"]
    postcode: str = values["postcode"]
    if territory is None:
        if not (values["address"] or postcode):
            return []
        return [Fault("city", "Commune", "", "« Commune » ne peut pas rester vide quand l’adresse est donnée.")]
    if level_of(territory.id) is not TerritoryLevel.COMMUNE:
        return [Fault("city", "Commune", territory.name, f"« {territory.name} » n’est pas une commune.")]
    if not postcode or postcode in territory.postcodes or _of_companies(postcode, territory, known):
        return []
    own = f" ({', '.join(territory.postcodes[:4])})" if territory.postcodes else ""
    said = f"Le code postal {postcode} n’est pas celui de {territory.name}{own}."
    return [Fault("postcode", "Code postal", postcode, said)]


def _of_companies(postcode: str, territory: Territory, known: Known) -> bool:
    """A "CEDEX": in the same département, and the postcode of no commune."""
    departement = "20" if territory.id.startswith(("2A", "2B")) else territory.id[:2]
    return postcode.startswith(departement) and known.territory(postcode, "") is None


def _place(values: Mapping[str, Any], before: Place | None) -> Place | None:
    """A door that did not move keeps its point; another is taken to be in the middle of its commune."""
    territory: Territory | None = values["city"]
    if territory is None:
        return None
    postcode = values["postcode"] or (territory.postcodes[0] if len(territory.postcodes) == 1 else "")
    place = Place(
        address=values["address"], postcode=postcode, city=territory.name, territory=territory.id, point=territory.point
    )
    if before is None or (before.address, before.territory) != (place.address, place.territory):
        return place
    return replace(place, point=before.point, city=before.city or place.city)
