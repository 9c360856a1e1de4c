"""A reorganisation in words: its moves, what is wrong with them, before and after."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from api.rooms import Rooms
from api.words.dates import exact_day
from graph.model.directory import Agreement
from graph.model.figures.lattice import FEWEST
from graph.model.reorganisation import plan as model
from graph.model.reorganisation.afterwards import CoverageChange, Handler
from graph.model.reorganisation.carried import Advance, Around
from graph.model.reorganisation.comparing import Comparison, Load, UnitChange
from graph.model.reorganisation.plan import FilesRule, Move, Plan
from graph.model.vocabulary import kinds, label

HIDDEN: Final = "masqué"
NAMED_COMMUNES: Final = 5
RULES: Final[Mapping[FilesRule, str]] = {
    FilesRule.ALL: "tous",
    FilesRule.BY_COMMUNE: "selon la commune de la personne",
    FilesRule.BY_PROFESSIONAL: "selon le professionnel référent",
}


@dataclass(frozen=True, slots=True)
class Named:
    """Names by id: of bodies, services and posts, territories, accounts."""

    rooms: Rooms
    names: Mapping[str, str]
    things: Mapping[str, str]

    def body(self, id_: str) -> str:
        """A body by its name, or by its id where it is unknown."""
        return self.names.get(id_, id_)

    def thing(self, id_: str) -> str:
        """A service or a post."""
        return f"« {self.things.get(id_, id_)} »"

    def places(self, ids: Iterable[str]) -> str:
        """Several territories."""
        found = [(self.rooms.places.get(id_), id_) for id_ in ids]
        return ", ".join(place.name if place else id_ for place, id_ in found)


def move_words(move: Move, named: Named) -> str:
    """What a move does, in one sentence."""
    match move:
        case model.CreateBody(record=record):
            kind = kinds()[record.kind].label if record.kind in kinds() else record.kind
            under = f", rattaché à {named.body(record.part_of)}" if record.part_of else ""
            there = f" ; couvre {named.places(record.covers)}" if record.covers else ""
            return f"Créer « {record.name} » ({kind}{under}){there}."
        case model.CloseBody():
            after = f" : {named.body(move.successor)} reprend tout" if move.successor else ", sans successeur"
            return f"Fermer {named.body(move.id)}{after}."
        case model.MergeBodies():
            return f"Réunir {', '.join(map(named.body, move.ids))} dans {named.body(move.into)}."
        case model.SplitBody():
            return f"Partager {named.body(move.id)} entre {' ; '.join(_heir(one, named) for one in move.heirs)}."
        case model.MoveBody():
            where = f"à {named.body(move.under)}" if move.under else "à aucun organisme"
            return f"Rattacher {named.body(move.id)} {where}."
        case model.RenameBody():
            return f"Donner à {named.body(move.id)} le nom « {move.name} »."
        case model.MoveService():
            return f"Confier le service {named.thing(move.service)} à {named.body(move.to)}."
        case model.MovePost():
            return f"Déplacer le poste {named.thing(move.post)} vers {named.body(move.to)}."
        case model.MoveProfessional():
            files = "avec ses dossiers" if move.with_files else "ses dossiers restent à l’accueil"
            who, source, to = named.things.get(move.account, move.account), named.body(move.source), named.body(move.to)
            return f"{who} passe de {source} à {to}, {files}."
        case model.ChangeTerritory():
            return f"{named.body(move.body)} couvre désormais {named.places(move.covers)}."
        case model.MoveFiles():
            which = {
                FilesRule.ALL: "les dossiers ouverts",
                FilesRule.BY_COMMUNE: f"les dossiers des personnes de {named.places(move.territories)}",
                FilesRule.BY_PROFESSIONAL: f"les dossiers de {', '.join(named.things.get(one, one) for one in move.accounts)}",
            }[move.rule]
            return f"Confier {which} de {named.body(move.source)} à {named.body(move.to)}."


def changed_words(plan: Plan, named: Named) -> str:
    """What was changed last, and how it was; empty where that cannot be taken back any more."""
    if plan.changed is None or not plan.draft:
        return ""
    return f"Le mouvement {plan.changed.place + 1} a été modifié. Avant : {move_words(plan.changed.before, named)}"


def _heir(heir: model.Heir, named: Named) -> str:
    parts = [
        heir.scope,
        named.places(heir.territories),
        ", ".join(label("competence", one) for one in heir.competences),
    ]
    told = " ; ".join(dict.fromkeys(filter(None, parts)))
    return f"{named.body(heir.id)} ({told})" if told else named.body(heir.id)


def around_words(figure: Around) -> str:
    """A figure as it is told."""
    if figure.count is None:
        return HIDDEN
    return f"environ {figure.count}" if figure.count else "0"


def progress_words(come: Advance) -> dict[str, Any]:
    """How far a plan has come, in words; `value` of `most` for a bar, which is drawn only of figures that may be told."""
    moved, left = come.moved, come.left
    told = moved.count is not None and left.count is not None
    value, most = ((moved.count or 0), (moved.count or 0) + (left.count or 0)) if told else (0, 0)
    if come.percent is not None:
        value, most = come.percent, 100
    percent = f" ({come.percent} %)" if come.percent is not None else ""
    gone = HIDDEN if come.selected else _few_or_around(moved)
    return {"moved": gone + percent, "left": _few_or_around(left), "value": value, "most": most}


def _few_or_around(figure: Around) -> str:
    return f"moins de {FEWEST}" if figure.hidden else around_words(figure)


def coverage_rows(changes: Iterable[CoverageChange]) -> list[dict[str, Any]]:
    """A line a change of who handles what where."""
    return [
        {
            "competence": label("competence", one.competence),
            "communes": _communes(one),
            "all": ", ".join(place.name for place in one.communes),
            "count": len(one.communes),
            "population": one.population,
            "before": _handlers(one.before),
            "after": _handlers(one.after),
            "lost": one.lost,
            "gained": one.gained,
            "signal": "dernier relais perdu" if one.lost else "premier relais" if one.gained else "",
        }
        for one in changes
    ]


def _communes(change: CoverageChange) -> str:
    names = [place.name for place in change.communes]
    more = len(names) - NAMED_COMMUNES
    return ", ".join(names[:NAMED_COMMUNES]) + (f" et {more} autre{'s' if more > 1 else ''}" if more > 0 else "")


def _handlers(handlers: Iterable[Handler]) -> list[str]:
    return [
        f"{one.name} ({label('relay_ground', one.ground.value)}{' : ' + one.source if one.source else ''})"
        for one in handlers
    ]


def unit_rows(units: Iterable[UnitChange]) -> list[dict[str, Any]]:
    """A line a unit: what it carries before and after."""
    return [
        {
            "name": f"{one.name}, qui devient {one.new_name}" if one.new_name else one.name,
            "state": "créé" if one.before is None else "prend fin" if one.after is None else "",
            "before": _load(one.before),
            "after": _load(one.after),
        }
        for one in units
    ]


def _load(load: Load | None) -> dict[str, str]:
    if load is None:
        return dict.fromkeys(("files", "handoffs", "professionals", "each"), "—")
    each = load.each
    return {
        "files": around_words(load.files),
        "handoffs": around_words(load.handoffs),
        "professionals": str(load.professionals),
        "each": "—" if each is None else f"environ {each:.0f}",
    }


def first_sentence(comparison: Comparison) -> str:
    """What answers the question of the page, before any table."""
    lost = {place.id for one in comparison.lost for place in one.communes}
    gained = {place.id for one in comparison.gained for place in one.communes}
    told = [
        f"{_some(len(lost), 'commune perd', 'communes perdent')} un dernier relais"
        if lost
        else "aucune commune ne perd son dernier relais",
    ]
    if gained:
        told.append(f"{_some(len(gained), 'commune en gagne', 'communes en gagnent')} un premier")
    files = comparison.files
    if files.hidden:
        told.append("le nombre de dossiers ouverts qui changent de mains est masqué")
    elif files.count:
        told.append(f"environ {files.count} dossiers ouverts changent de mains")
    else:
        told.append("aucun dossier ne change de mains")
    sentence = ", ".join(told)
    return f"{sentence[:1].upper()}{sentence[1:]}."


def _some(count: int, one: str, many: str) -> str:
    return f"{count} {many if count > 1 else one}"


def left_behind(comparison: Comparison, people: Mapping[str, str]) -> list[str]:
    """Who and what has no successor yet, one sentence each."""
    without, name = comparison.without, comparison.names
    return [
        *(f"{one.name} prend fin sans successeur." for one in without.bodies),
        *(
            f"Le service « {one.name} » de {name.get(one.organisation, one.organisation)} n’est repris par personne."
            for one in without.services
        ),
        *(
            f"Le poste « {one.label} » de {name.get(one.organisation, one.organisation)} n’est repris par personne."
            for one in without.posts
        ),
        *(
            f"{people.get(account, account)} ({name.get(body, body)}) n’a pas d’affectation."
            for account, body in without.people
        ),
        *(
            f"Personne ne travaille encore à {one.name}, qui reprend une activité : dites qui y va."
            for one in without.nobody_there
        ),
    ]


def agreement_words(one: Agreement) -> str:
    """An agreement that ends with one of its parties."""
    until = f", prévu jusqu’au {exact_day(one.until)}" if one.until else ""
    return f"« {one.label} »{until} : l’un de ceux qu’il lie prend fin. À reprendre avec son successeur, ou à clore."


def state_words(plan: Plan) -> str:
    """Where a plan is in its life."""
    return label("plan_state", plan.state.value)
