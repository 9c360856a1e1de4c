"""Words of danger put the right number on top, and ordinary phrases raise no alarm."""

from __future__ import annotations

import pytest

from search.understand import Reader

DANGERS = {
    "j’ai plus envie de vivre": "3114",
    "elle parle de se suicider": "3114",
    "je vais me jeter sous un train": "3114",
    "j’en peux plus je veux en finir": "3114",
    "mon fils veut se pendre": "3114",
    "jveu mourir": "3114",
    "mon compagnon me cogne": "3919",
    "il m’a étranglée hier soir": "3919",
    "elle est battue par son mari": "3919",
    "on veut me marier de force": "3919",
    "il me tape desu": "3919",
    "mon ex veut me tuer": "3919",
    "mon conjoint me menace avec un couteau": "17",
    "ma fille de douze ans a été violée": "17",
    "un homme handicapé est séquestré": "17",
    "ma voisine frappe ses enfants": "119",
    "le beau-père touche la petite": "119",
    "un élève a des traces de coups": "119",
    "bébé secoué": "119",
    "le gamin est battu par son père": "119",
    "il y a le feu à la cuisine": "18",
    "ça sent le gaz dans l’immeuble": "18",
    "la maison brûle": "18",
    "il ne respire plus": "15",
    "il a avalé une boîte de médicaments": "15",
    "elle a perdu connaissance": "15",
    "douleur dans la poitrine, bras engourdi": "15",
    "elle saigne énormément": "15",
    "je dors dehors cette nuit": "115",
    "nulle part où dormir ce soir avec mes enfants": "115",
    "famille à la rue": "115",
    "on est dans la rue depuis hier": "115",
    "chui a la ru av mé gosse": "115",
    "ma grand-mère est maltraitée à l’ehpad": "3977",
    "le fils frappe sa vieille mère": "3977",
}
ORDINARY = (
    "impayés de loyer",
    "je cherche un foyer pour mon fils",
    "assurance incendie de mon appartement",
    "dégât des eaux et incendie, quelle garantie",
    "devenir pompier volontaire",
    "feu vert pour mon dossier",
    "j’ai frappé à toutes les portes",
    "les factures me tuent",
    "mon dossier est en cours de traitement",
    "battu à l’élection du conseil",
    "formation aux premiers secours",
    "poêle à bois et feu de cheminée",
    "mon père vient de mourir, frais d’obsèques",
    "décès de ma mère, pension de réversion",
    "j’habite rue de la République",
    "changement d’adresse, 12 rue Victor Hugo",
    "ma rue n’est pas éclairée",
    "j’en ai fini avec ma formation",
    "en finir avec les dettes",
    "mettre fin à mon bail",
    "mettre fin à mon contrat de travail",
    "arrêter de fumer",
    "permis de conduire après un malaise",
    "violoncelle d’occasion pour ma fille",
    "ma voiture a pris feu, comment aller travailler",
    "malaise au travail avec mon chef",
    "accouchement prévu en mai, aides de la caf",
    "activité dehors pour les jeunes",
    "je suis dehors la journée, laissez un message",
    "mon fils tape les autres à l’école",
    "ordonnance de mon médecin",
    "coupure de gaz impayée",
    "tentative de conciliation avec le bailleur",
    "on me coupe l’électricité",
)


@pytest.fixture(scope="module")
def reader() -> Reader:
    return Reader()


@pytest.mark.parametrize(("phrase", "number"), DANGERS.items())
def test_danger_puts_its_number_on_top(reader: Reader, phrase: str, number: str):
    assert reader.read(phrase).emergency[:1] == (number,)


@pytest.mark.parametrize("phrase", ORDINARY)
def test_an_ordinary_phrase_raises_no_alarm(reader: Reader, phrase: str):
    assert reader.read(phrase).emergency == ()
