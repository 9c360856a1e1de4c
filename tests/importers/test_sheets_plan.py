"""What a table would change: every change with what was there, every error with its place, nothing that was not asked."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from graph.model.directory import Capacity, Contact, ListingState, Mode, Place, Public, Service
from graph.model.listing import FieldGroup
from graph.model.territory import Point
from importers.sheets.grid import Fault
from tests import make
from tests.importers.sheets import changes, csv_of, planned, told

BEFORE = make.service(
    "t:s",
    name="Accueil",
    description="Deux\nlignes",
    fee="10 €",
    publics=(Public.JEUNES,),
    contact=Contact(phone="03 81 61 50 50", email="a@b.example"),
    place=make.place(),
    hours="Mo-Fr 09:00-12:00",
    capacity=Capacity(vouched_on=date(2026, 1, 1), places_free=3, waiting_days=10),
)


def test_only_what_was_filled_in_changes() -> None:
    plan = planned(
        csv_of(
            "Identifiant;Nom;Présentation;Public;Gratuit;Téléphone;Places libres",
            't:s;Accueil de jour;;"Femmes; jeunes";oui;0381615050;0',
        ),
        BEFORE,
    )
    assert plan.faults == ()
    assert changes(plan) == [
        (
            2,
            "t:s",
            {
                "Nom": ("Accueil", "Accueil de jour"),
                "Public": ("Jeunes", "Femmes; Jeunes"),
                "Gratuit": ("", "oui"),
                "Places libres": ("3", "0"),
            },
        )
    ]
    assert plan.planned[0].groups == (FieldGroup.IDENTITY, FieldGroup.CONDITIONS, FieldGroup.CAPACITY)
    assert plan.planned[0].record == replace(
        BEFORE,
        name="Accueil de jour",
        publics=(Public.FEMMES, Public.JEUNES),
        free=True,
        capacity=Capacity(vouched_on=date(2026, 3, 10), places_free=0, waiting_days=10),
    )


def test_a_dash_empties_and_an_empty_cell_leaves() -> None:
    plan = planned(
        csv_of("Identifiant;Frais;Public;Courriel;Places libres;Attente (jours);Nom", "t:s;-;-;-;-;-;"), BEFORE
    )
    assert changes(plan) == [
        (
            2,
            "t:s",
            {
                "Public": ("Jeunes", ""),
                "Frais": ("10 €", ""),
                "Places libres": ("3", ""),
                "Attente (jours)": ("10", ""),
                "Courriel": ("a@b.example", ""),
            },
        )
    ]
    record = plan.planned[0].record
    assert isinstance(record, Service)
    assert (record.fee, record.publics, record.capacity) == ("", (), None)
    assert record.contact == Contact(phone="03 81 61 50 50")


def test_an_address_that_moves_takes_its_coordinates_along() -> None:
    moved = planned(csv_of("Identifiant;Adresse", "t:s;2 place Neuve"), BEFORE)
    assert changes(moved) == [
        (
            2,
            "t:s",
            {"Adresse": ("1 rue des Essais", "2 place Neuve"), "Latitude": ("47.24", ""), "Longitude": ("6.02", "")},
        )
    ]
    with_point = planned(csv_of("Identifiant;Adresse;Latitude;Longitude", "t:s;2 place Neuve;47,25;6.02"), BEFORE)
    record = with_point.planned[0].record
    assert isinstance(record, Service)
    assert record.place == replace(make.place(), address="2 place Neuve", point=Point(47.25, 6.02))
    assert changes(with_point)[0][2].keys() == {"Adresse", "Latitude"}
    half = planned(csv_of("Identifiant;Latitude", "t:s;-"), BEFORE)
    assert half.planned == ()
    assert told(half) == [
        (2, "Latitude", "-", "La latitude et la longitude vont ensemble : remplissez ou videz les deux.")
    ]


def test_a_line_without_identifier_is_a_new_listing() -> None:
    content = csv_of(
        "Identifiant;Organisme;Nom;Aide pour;Territoire;Accueil;Ville;Commune;État",
        ';;Permanence;RSA;"25056 (Besançon); departement:25";À distance;Besançon;25056;brouillon',
        ";t:unit;Permanence;RSA;25056;;;;",
    )
    plan = planned(content, BEFORE)
    assert plan.faults == ()
    first, second = plan.planned
    assert (first.new, first.record.organisation, second.record.organisation) == (True, "t:caf", "t:unit")
    assert first.record == Service(
        id=first.id,
        name="Permanence",
        organisation="t:caf",
        competences=(make.RSA,),
        covers=("25056", "departement:25"),
        source="",
        vouched_on=date(2026, 3, 10),
        modes=(Mode.A_DISTANCE,),
        place=Place(city="Besançon", territory="25056"),
        state=ListingState.DRAFT,
    )
    assert first.id.startswith("partner:") and first.id != second.id
    assert [one.id for one in planned(content, BEFORE).planned] == [first.id, second.id]
    assert {one.id for one in planned(content, BEFORE, mark="other").planned}.isdisjoint({first.id, second.id})


def test_a_name_that_is_there_already_is_not_made_twice() -> None:
    plan = planned(csv_of("Nom;Aide pour;Territoire", "ACCUEIL;RSA;25056", "Neuf;RSA;25056", "neuf;RSA;25056"), BEFORE)
    assert told(plan) == [
        (
            2,
            "Nom",
            "ACCUEIL",
            "Une fiche de ce nom est déjà dans l’annuaire (identifiant t:s). Donnez son identifiant, ou un autre nom.",
        ),
        (4, "Nom", "neuf", "Une fiche de ce nom est déjà à la ligne 3. Donnez son identifiant, ou un autre nom."),
    ]
    assert [one.line for one in plan.planned] == [3]


def test_what_was_made_and_taken_back_may_be_sent_again() -> None:
    content = csv_of("Nom;Aide pour;Territoire", "Permanence;RSA;25056")
    (made,) = planned(content, BEFORE).planned
    assert isinstance(made.record, Service)
    over = replace(made.record, state=ListingState.ARCHIVED)
    again = planned(content, BEFORE, over)
    assert again.faults == ()
    (anew,) = again.planned
    assert (anew.new, anew.name) == (True, "Permanence")
    assert anew.id not in {made.id, "t:s"}
    assert [one.id for one in planned(content, BEFORE, over).planned] == [anew.id]


def test_all_errors_are_told_with_line_column_and_value() -> None:
    plan = planned(
        csv_of(
            "Identifiant;Organisme;Nom;Aide pour;Territoire;Gratuit;Places libres;Complet jusqu’au;Courriel;Site;Horaires",
            "t:s;;;Impayé de loyer;Besançon;peut-être;-3;31/02/2026;a@b;exemple.fr;9h-12h",
            "t:none;;Autre;;;;;;;;",
            "t:s;;Encore;;;;;;;;",
            ";t:other;Neuf;RSA;25056;;;;;;",
            ";;Neuf;;;;;;;;",
            "t:s;;;;;;;;;;",
        ),
        BEFORE,
    )
    assert plan.planned == ()
    assert told(plan) == [
        (
            2,
            "Aide pour",
            "Impayé de loyer",
            "« Impayé de loyer » n’est pas dans la liste (liste des thèmes). Vouliez-vous dire « Réduire les impayés de loyer » ?",
        ),
        (2, "Gratuit", "peut-être", "Écrivez « oui » ou « non »."),
        (
            2,
            "Territoire",
            "Besançon",
            "« Besançon » n’est pas un code de territoire (code Insee d’une commune, « departement:25 », « pays:FR »). "
            "Vouliez-vous dire « 25056 (Besançon) » ?",
        ),
        (2, "Places libres", "-3", "Écrivez un nombre entier, de 0 à 100000."),
        (2, "Complet jusqu’au", "31/02/2026", "Écrivez une date qui existe, comme 31/03/2026."),
        (2, "Courriel", "a@b", "Écrivez une seule adresse électronique, comme accueil@exemple.fr."),
        (2, "Site", "exemple.fr", "Écrivez une adresse complète, comme https://www.exemple.fr."),
        (
            2,
            "Horaires",
            "9h-12h",
            "Ces horaires ne peuvent pas être lus. Écrivez-les comme « Mo-Fr 09:00-12:00,14:00-17:00 », ou corrigez-les sur la "
            "page de la fiche.",
        ),
        (
            3,
            "Identifiant",
            "t:none",
            "Aucune fiche de votre organisme n’a cet identifiant. Videz la case pour une nouvelle fiche.",
        ),
        (4, "Identifiant", "t:s", "Cette fiche est déjà à la ligne 2. Gardez une seule de ces lignes."),
        (5, "Organisme", "t:other", "Vous n’agissez pas pour cet organisme. Laissez la case vide pour le vôtre."),
        (6, "Aide pour", "", "Une nouvelle fiche doit remplir cette colonne."),
        (6, "Territoire", "", "Une nouvelle fiche doit remplir cette colonne."),
        (7, "Identifiant", "t:s", "Cette fiche est déjà à la ligne 2. Gardez une seule de ces lignes."),
    ]


@pytest.mark.parametrize(
    ("column", "typed", "message"),
    [
        ("Nom", "-", "Cette colonne ne peut pas être vidée."),
        ("Aide pour", ";", "Cette cellule ne contient aucune valeur."),
        ("Organisme", "t:unit", "L’organisme d’une fiche ne se change pas par fichier."),
        ("Téléphone", "demander à l’accueil", "Écrivez un seul numéro de téléphone, comme 03 81 61 50 50."),
        ("Code postal", "25", "Écrivez un code postal de cinq chiffres."),
        ("Latitude", "147", "Écrivez des degrés, de -90 à 90, comme 47,2378."),
        ("Commune", "25056; 25462", "Une seule commune est attendue ici."),
        ("État", "publiée; archivée", "Une seule valeur est attendue ici : brouillon, publiée, suspendue, archivée."),
        ("Nom", "x" * 201, "Ce texte a 201 caractères ; 200 au plus."),
    ],
)
def test_what_a_cell_cannot_hold_is_said(column: str, typed: str, message: str) -> None:
    plan = planned(csv_of(f"Identifiant;{column}", f't:s;"{typed}"'), BEFORE)
    assert told(plan) == [(2, column, typed[:80], message)]
    assert plan.planned == ()


@pytest.mark.parametrize(
    ("column", "typed"),
    [
        ("Téléphone", "381615050"),
        ("Téléphone", "+33 3 81 61 50 50"),
        ("Code postal", "25000"),
        ("Public", "jeunes; JEUNES"),
        ("Territoire", "DEPARTEMENT:25"),
        ("Aide pour", make.RENT),
        ("Latitude", "47,24"),
        ("Nom", "Accueil "),
    ],
)
def test_another_way_of_writing_the_same_is_no_change(column: str, typed: str) -> None:
    plan = planned(csv_of(f"Identifiant;{column}", f't:s;"{typed}"'), BEFORE)
    assert (changes(plan), plan.faults, plan.unchanged) == ([], (), 1)


def test_posts_are_told_apart_by_their_columns() -> None:
    post = make.post("t:p", contact=Contact(phone="03 81 00 00 00"))
    plan = planned(
        csv_of("Identifiant;Intitulé;Accueil général;Aide pour;Courriel", "t:p;Accueil social;oui;RSA;a@b.example"),
        post,
    )
    assert changes(plan) == [
        (
            2,
            "t:p",
            {
                "Intitulé": ("Accueil", "Accueil social"),
                "Accueil général": ("non", "oui"),
                "Aide pour": ("", "Revenu de solidarité active (RSA)"),
                "Courriel": ("", "a@b.example"),
            },
        )
    ]
    assert plan.planned[0].record == replace(
        post,
        label="Accueil social",
        duty_desk=True,
        competences=(make.RSA,),
        contact=Contact(phone="03 81 00 00 00", email="a@b.example"),
    )


def test_archiving_is_asked_by_a_column() -> None:
    plan = planned(csv_of("Identifiant;État", "t:s;archivée"), BEFORE)
    assert changes(plan) == [(2, "t:s", {"État": ("publiée", "archivée")})]
    assert plan.planned[0].record == replace(BEFORE, state=ListingState.ARCHIVED)


def test_what_is_brought_back_by_a_column_has_no_successor() -> None:
    ended = replace(BEFORE, state=ListingState.ARCHIVED, successor="t:other")
    plan = planned(csv_of("Identifiant;État", "t:s;publiée"), ended)
    assert plan.planned[0].record == BEFORE


def test_what_is_told_is_bounded_and_the_rest_counted() -> None:
    plan = planned(csv_of("Identifiant;Gratuit", *(f"t:{number};x" for number in range(1200))))
    assert (len(plan.faults), plan.more_faults) == (1000, 200)
    assert plan.faults[0] == Fault(
        "Services",
        2,
        "Identifiant",
        "t:0",
        "Aucune fiche de votre organisme n’a cet identifiant. Videz la case pour une nouvelle fiche.",
    )
