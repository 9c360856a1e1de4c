"""The forms of a reorganisation's moves: which fields each kind has, what is in them for a move, and what was said in them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from api.actions.reorganisation_moves import Called
from api.actions.reorganisation_said import MoveKind, Said
from api.web.forms import Form
from api.web.reorganised_view import RULES, Named
from graph.model.errors import InvalidInput
from graph.model.reorganisation.plan import FilesRule, Heir
from graph.model.vocabulary import competences, kinds, label
from graph.model.words import fold
from search.places import Gazetteer

MOST_LONG: Final = 8000
# What parts a field: a name that has one of these is shown by its id.
DIVIDING: Final = frozenset("|,\n\r")


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a form. `shape` is "text", "long" (a line each), "kind", "rule" or "box"."""

    name: str
    label: str
    shape: str = "text"
    hint: str = ""


_NAME: Final = "Son nom, ou l’identifiant de sa fiche."
_PLACES: Final = "Des noms ou des codes, séparés par des virgules."
_BODY: Final = Field("organisme", "Quel organisme ?", hint=_NAME)
_FROM: Final = Field("organisme", "De quel organisme ?", hint=_NAME)
_TO: Final = Field("vers", "Vers quel organisme ?", hint=_NAME)
_AREA: Final = Field("territoires", "Quels territoires ?", hint=_PLACES)
_PEOPLE: Final = "Nom ou adresse électronique."
FIELDS: Final[Mapping[MoveKind, tuple[Field, ...]]] = {
    MoveKind.CREATE_BODY: (
        Field("nom", "Son nom en clair"),
        Field("type", "Type d’organisme", "kind"),
        _AREA,
        Field("vers", "Rattaché à", hint="Facultatif. " + _NAME),
    ),
    MoveKind.CLOSE_BODY: (_BODY, Field("vers", "Qui lui succède ?", hint="Vide s’il n’a plus rien d’ouvert.")),
    MoveKind.MERGE_BODIES: (Field("organismes", "Quels organismes ?", "long", "Un par ligne."), _TO),
    MoveKind.SPLIT_BODY: (
        _BODY,
        Field(
            "heritiers",
            "Entre qui ?",
            "long",
            "Un par ligne : organisme | ce qui lui revient, en mots | territoires séparés par des virgules | thèmes séparés par "
            "des virgules. Le premier reçoit ce qui ne revient à aucun autre.",
        ),
    ),
    MoveKind.MOVE_BODY: (_BODY, Field("vers", "Rattaché à", hint="Vide pour aucun.")),
    MoveKind.RENAME_BODY: (_BODY, Field("nom", "Son nouveau nom")),
    MoveKind.MOVE_SERVICE: (_FROM, Field("objet", "Quel service ?", hint="Son nom en entier."), _TO),
    MoveKind.MOVE_POST: (_FROM, Field("objet", "Quel poste ?", hint="Son nom en entier."), _TO),
    MoveKind.MOVE_PROFESSIONAL: (
        _FROM,
        Field("personnes", "Qui ?", hint=_PEOPLE),
        _TO,
        Field("dossiers", "Ses dossiers suivent", "box"),
    ),
    MoveKind.CHANGE_TERRITORY: (_BODY, _AREA),
    MoveKind.MOVE_FILES: (
        _FROM,
        _TO,
        Field("regle", "Lesquels ?", "rule"),
        Field("territoires", "Communes des personnes", hint="Pour « selon la commune ». " + _PLACES),
        Field(
            "personnes", "Professionnels référents", hint="Pour « selon le professionnel », séparés par des virgules."
        ),
    ),
}


def form_shown(kind: MoveKind) -> dict[str, Any]:
    """The form of a kind of move."""
    return {"kind": kind.value, "label": label("move_kind", kind.value), "fields": FIELDS[kind]}


def choices() -> dict[str, list[tuple[str, str]]]:
    """What their lists offer: kinds of bodies, rules for files."""
    return {
        "kinds": sorted(((id_, kind.label) for id_, kind in kinds().items()), key=lambda one: one[1]),
        "rules": [(rule.value, words) for rule, words in RULES.items()],
    }


def called_in(said: Said, named: Named) -> Called:
    """What its form shows for the ids of a move: names, but for those that would not be read back as that id."""
    bodies = (said.body, said.to, *said.bodies, *(heir.id for heir in said.heirs))
    return Called(
        bodies=_told({id_: named.body(id_) for id_ in bodies if id_}),
        things=_told({id_: named.things.get(id_, id_) for id_ in (said.thing,) if id_}),
        people=_told({id_: named.things.get(id_, id_) for id_ in said.accounts}),
    )


def _told(names: Mapping[str, str]) -> dict[str, str]:
    """By id; the id itself for a name that two of them bear, or that holds a sign by which a field is divided."""
    borne = Counter(names.values())
    return {id_: name if borne[name] == 1 and _whole(name) else id_ for id_, name in names.items()}


def _whole(name: str) -> bool:
    return bool(name.strip()) and name == name.strip() and not set(name) & DIVIDING


def filled(said: Said, called: Called, places: Gazetteer) -> dict[str, str]:
    """What is in the fields of its form, by name."""

    def there(ids: Iterable[str]) -> str:
        return ", ".join(_place(id_, places) for id_ in ids)

    def heir(one: Heir) -> str:
        labels = [label("competence", id_) for id_ in one.competences]
        themes = (words if _whole(words) else id_ for id_, words in zip(one.competences, labels, strict=True))
        scope = " ".join(one.scope.replace("|", "/").split())
        parts = (called.bodies.get(one.id, one.id), scope, there(one.territories), ", ".join(themes))
        return " | ".join(parts).rstrip(" |")

    return {
        "organisme": called.bodies.get(said.body, ""),
        "vers": called.bodies.get(said.to, ""),
        "organismes": "\n".join(called.bodies.get(id_, id_) for id_ in said.bodies),
        "nom": said.name,
        "type": said.organisation_kind,
        "territoires": there(said.territories),
        "heritiers": "\n".join(heir(one) for one in said.heirs),
        "objet": called.things.get(said.thing, ""),
        "personnes": ", ".join(called.people.get(id_, id_) for id_ in said.accounts),
        "dossiers": "oui" if said.with_files else "",
        "regle": said.rule.value,
    }


def _place(id_: str, places: Gazetteer) -> str:
    """By its name, where that is read back as this place."""
    place = places.get(id_)
    if place is None or not _whole(place.name):
        return id_
    found = places.locate(place.name)
    return place.name if found is not None and found.id == id_ else id_


def said_in(form: Form) -> Said:
    """What a form says of a move. Raises InvalidInput for a kind or a rule that there is not."""
    try:
        kind, rule = MoveKind(form.one("geste")), FilesRule(form.one("regle") or FilesRule.ALL)
    except ValueError:
        raise InvalidInput("Ce mouvement n’existe pas : choisissez-en un de la liste.", "geste") from None
    people = _several(form.one("personnes", MOST_LONG))
    if kind is MoveKind.MOVE_PROFESSIONAL and len(people) != 1:
        raise InvalidInput("Nommez une personne à la fois.", "personnes")
    return Said(
        kind=kind,
        body=form.one("organisme"),
        to=form.one("vers"),
        bodies=_lines(form.one("organismes", MOST_LONG)),
        name=form.one("nom"),
        organisation_kind=form.one("type"),
        territories=_several(form.one("territoires", MOST_LONG)),
        heirs=tuple(_heir(line) for line in _lines(form.one("heritiers", MOST_LONG))),
        thing=form.one("objet"),
        accounts=people,
        with_files=form.one("dossiers") == "oui",
        rule=rule,
    )


def _several(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())


def _lines(text: str) -> tuple[str, ...]:
    return tuple(line.strip() for line in text.splitlines() if line.strip())


def _heir(line: str) -> Heir:
    name, scope, territories, themes, *_ = [*(part.strip() for part in line.split("|")), "", "", ""]
    return Heir(id=name, scope=scope, territories=_several(territories), competences=_themes(themes))


def _themes(text: str) -> tuple[str, ...]:
    """Competences, by id or label."""
    by_label = {fold(one.label): id_ for id_, one in competences().items()}
    found: list[str] = []
    for typed in _several(text):
        id_ = typed if typed in competences() else by_label.get(fold(typed))
        if id_ is None:
            raise InvalidInput(f"Le thème « {typed[:80]} » n’est pas dans la liste des compétences.", "heritiers")
        found.append(id_)
    return tuple(found)
