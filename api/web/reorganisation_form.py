"""The forms of a reorganisation's moves: which fields each kind has, and what was said in them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from api.actions.reorganisation_moves import MoveKind, Said
from api.web.forms import Form
from graph.model.errors import InvalidInput
from graph.model.reorganisation.plan import FilesRule, Heir

MOST_LONG: Final = 8000


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
            "Un par ligne : organisme | ce qui lui revient, en mots | territoires séparés par des virgules. Le premier reçoit "
            "ce qui ne revient à aucun autre.",
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
    name, scope, territories, *_ = [*(part.strip() for part in line.split("|")), "", ""]
    return Heir(id=name, scope=scope, territories=_several(territories))
