"""What a reorganisation is told in: each kind of move in one sentence, figures that may be told and those that may not."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, cast

import pytest

from api.rooms import Rooms
from api.web.pictures.table import Drawn
from api.web.render import environment
from api.web.reorganised_gather import relays_map
from api.web.reorganised_view import Named, around_words, coverage_rows, move_words, progress_words
from graph.model.relay import Ground
from graph.model.reorganisation.afterwards import CoverageChange, Handler
from graph.model.reorganisation.carried import Advance, Around
from graph.model.reorganisation.comparing import comparison
from graph.model.reorganisation.facts import DirectoryFacts
from graph.model.reorganisation.plan import (
    CloseBody,
    MergeBodies,
    Move,
    MoveBody,
    MovePost,
    MoveProfessional,
    MoveService,
    Plan,
    RenameBody,
)
from graph.model.territory import Territory
from tests import make

NAMED = Named(
    rooms=cast(Rooms, None), names={"a": "Ancien", "b": "Neuf"}, things={"s": "Loyers", "p": "Accueil", "ben": "Ben"}
)


@pytest.mark.parametrize(
    ("move", "words"),
    [
        (CloseBody(id="a"), "Fermer Ancien, sans successeur."),
        (CloseBody(id="a", successor="b"), "Fermer Ancien : Neuf reprend tout."),
        (MergeBodies(ids=("a", "c"), into="b"), "Réunir Ancien, c dans Neuf."),
        (MoveBody(id="a", under="b"), "Rattacher Ancien à Neuf."),
        (MoveBody(id="a"), "Rattacher Ancien à aucun organisme."),
        (RenameBody(id="a", name="Autre"), "Donner à Ancien le nom « Autre »."),
        (MoveService(service="s", to="b"), "Confier le service « Loyers » à Neuf."),
        (MovePost(post="p", to="b"), "Déplacer le poste « Accueil » vers Neuf."),
        (MoveProfessional(account="ben", source="a", to="b"), "Ben passe de Ancien à Neuf, avec ses dossiers."),
        (
            MoveProfessional(account="ben", source="a", to="b", with_files=False),
            "Ben passe de Ancien à Neuf, ses dossiers restent à l’accueil.",
        ),
    ],
)
def test_a_move_is_one_sentence(move: Move, words: str) -> None:
    assert move_words(move, NAMED) == words


def test_a_figure_is_about_so_many_none_or_hidden() -> None:
    assert [around_words(Around(count)) for count in (0, 40, None)] == ["0", "environ 40", "masqué"]


@pytest.mark.parametrize(
    ("moved", "left", "told"),
    [
        (40, 20, {"moved": "environ 40", "left": "environ 20", "value": 40, "most": 60}),
        (40, 0, {"moved": "environ 40", "left": "0", "value": 40, "most": 40}),
        (0, 0, {"moved": "0", "left": "0", "value": 0, "most": 0}),
        (40, None, {"moved": "environ 40", "left": "moins de 11", "value": 0, "most": 0}),
        (None, 40, {"moved": "moins de 11", "left": "environ 40", "value": 0, "most": 0}),
    ],
)
def test_progress_draws_no_bar_of_what_is_hidden(moved: int | None, left: int | None, told: dict[str, object]) -> None:
    assert progress_words(Advance(moved=Around(moved), left=Around(left))) == told


def test_progress_of_many_is_told_by_the_hundredth_and_of_a_selection_not_at_all() -> None:
    come = Advance(moved=Around(90), left=Around(110), percent=45)
    assert progress_words(come) == {"moved": "environ 90 (45 %)", "left": "environ 110", "value": 45, "most": 100}
    come = Advance(moved=Around(None), left=Around(0), selected=True)
    assert progress_words(come) == {"moved": "masqué", "left": "0", "value": 0, "most": 0}


@pytest.mark.parametrize(
    ("count", "folded", "summary"), [(20, 0, ""), (21, 1, "Une autre ligne"), (57, 37, "37 autres lignes")]
)
def test_a_long_table_shows_what_matters_most_and_folds_the_rest(count: int, folded: int, summary: str) -> None:
    rows = coverage_rows(
        CoverageChange(competence=make.RSA, before=(), after=(), communes=(make.besancon(),), alone=True)
        for _ in range(count)
    )
    tables: Any = environment().get_template("pages/coordination/reorganisation_tables.html").module
    shown, _, rest = str(tables.coverage_table(rows, "Couverture")).partition("<details>")
    assert (shown.count('<th scope="row">'), rest.count('<th scope="row">')) == (count - folded, folded)
    assert bool(rest) == bool(folded)
    assert f"<summary>{summary}</summary>" in rest or not folded


def test_the_map_counts_by_commune_what_it_loses_and_gains() -> None:
    here, there = make.besancon(), make.pontarlier()
    handler = Handler(organisation="a", name="Ancien", ground=Ground.LAW, source="")

    def change(before: bool, after: bool, *communes: Territory) -> CoverageChange:
        sides = {"before": (handler,) * before, "after": (handler,) * after}
        return CoverageChange(competence=make.RSA, communes=communes, alone=True, **sides)

    def drawn(*coverage: CoverageChange) -> Drawn | None:
        return relays_map(comparison(Plan(id="p", title="", on=make.TODAY), DirectoryFacts(), (), (), coverage))

    found = drawn(change(True, False, here, there), change(True, False, here), change(False, True, there))
    assert found is not None
    assert found.table.rows == ((here.name, here.population, 2, 0), (there.name, there.population, 1, 1))
    # Nothing to draw where only who handles it changes, or where nobody knows where it lies.
    assert drawn(change(True, True, here)) is None
    assert drawn(change(True, False, replace(here, point=None))) is None
