"""Words of danger put the right number on top, and ordinary phrases raise no alarm."""

from __future__ import annotations

import pytest

from bench.relevance import NEGATIVES, SETS, examples, negatives
from search.understand import Reader
from tests import reading

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
    "mon mari menace de me tuer": "17",
    "il a menacé de me tuer": "17",
    "mon ex dit qu’il va me tuer": "17",
    "j’ai peur qu’il me tue": "17",
    "son frère a juré de me tuer": "17",
    "il menace de nous tuer": "17",
    "je vais me tuer": "3114",
    "j’ai envie de me tuer": "3114",
    "je pense à me tuer": "3114",
    "je veux disparaître": "3114",
    "j’ai envie de me faire du mal": "3114",
    "ma fille se fait du mal": "3114",
    "mon ado parle de mourir": "3114",
    "la vie ne vaut plus la peine": "3114",
    "plus la force de vivre": "3114",
    "elle a écrit une lettre d’adieu": "3114",
    "il veut sauter du pont": "3114",
    "ma mère demande à mourir": "3114",
    "mon fils s’est pendu": "3114",
    "mon ex me suit partout et j’ai peur": "3919",
    "mon copain ma tapé": "3919",
    "il ma frapper": "3919",
    "il m a tapée": "3919",
    "mon mec me tabasse": "3919",
    "ma fille est frappée par son copain": "3919",
    "elle se fait frapper par son mari": "3919",
    "mon ex me harcèle": "3919",
    "il m’interdit de sortir": "3919",
    "papa tape maman": "3919",
    "j’ai peur de rentrer chez moi": "3919",
    "mon père me bat": "119",
    "mes parents me battent": "119",
    "ma mère me gifle": "119",
    "mon beau-père me frappe": "119",
    "mon oncle me touche": "119",
    "papa me tape": "119",
    "le voisin bat ses enfants": "119",
    "mon mari frappe notre fils": "119",
    "enfants laissés seuls": "119",
    "un bébé laissé seul dans l’appartement": "119",
    "des enfants maltraités": "119",
    "le petit se fait taper par son beau-père": "119",
    "il a abusé de ma fille": "119",
    "il a un couteau": "17",
    "mon fils est sorti avec un fusil": "17",
    "un homme force la porte": "17",
    "je viens de me faire agresser": "17",
    "elle a reçu un coup de couteau": "17",
    "ma fille a disparu": "17",
    "on me force à me prostituer": "17",
    "il respire plus": "15",
    "bébé ne respire pas": "15",
    "j’arrive plus à respirer": "15",
    "il a bu de la javel": "15",
    "mon collègue est tombé du toit": "15",
    "ma femme accouche à la maison": "15",
    "il s’est ouvert les veines": "15",
    "y a le feu": "18",
    "la cuisine a pris feu": "18",
    "il y a des flammes dans la cage": "18",
    "de la fumée sort de l’appartement": "18",
    "coincée dans l’ascenseur": "18",
    "je sais pas où dormir": "115",
    "plus d’endroit où dormir": "115",
    "nous dormons dans le hall": "115",
    "ils dorment sous un pont": "115",
    "on m’a mise dehors": "115",
    "on n’a plus de toit": "115",
    "ils vivent dans leur voiture": "115",
    "personne âgée frappée par son fils": "3977",
    "ma mère de 85 ans est maltraitée en ehpad": "3977",
    "mamie est battue par son aide": "3977",
    "les soignants attachent les résidents": "3977",
    "mon frère frappe notre vieille mère": "3977",
    "maltraité en maison de retraite": "3977",
    "jé pas ou dormir se soir": "115",
    "g pa ou dormir": "115",
    "jai nul par ou dormire": "115",
    "yapas d’endroi pr dormir": "115",
    "on a plus où crécher": "115",
    "des marques sur le dos de mon élève": "119",
    "ma nièce revient de chez son père avec des bleus plein les jambes": "119",
    "un petit de la crèche couvert de bleus": "119",
    "traces de brûlures de cigarette sur un enfant": "119",
    "le gamin du dessus reçoit des coups": "119",
    "hématomes inexpliqués chez un nourrisson": "119",
    "la petite a un gros bleu à la joue, sa mère ne dit rien": "119",
    "des ématomes sur le bra de la fillette": "119",
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
    "mon patron me tape sur les nerfs",
    "ma mère me tape sur les nerfs",
    "mes parents me tapent sur le système",
    "je me bats pour garder mes enfants",
    "mon mari se bat contre le cancer",
    "se battre contre l’administration",
    "mon mari se tue à la tâche",
    "mon enfant tape les autres",
    "il a frappé à la porte de la mairie",
    "il frappe à toutes les portes",
    "la banque refuse de m’ouvrir un compte",
    "on m’a supprimé mes aides",
    "mon ex m’empêche de voir mon fils",
    "ma maladie m’empêche de travailler",
    "mon père veut mourir à la maison",
    "elle accouche en juillet",
    "on respire mieux à la campagne",
    "disparaître des fichiers de la banque de france",
    "jeter l’argent par les fenêtres",
    "on va être mis dehors en avril",
    "on me poursuit en justice",
    "ma conseillère me suit depuis un an",
    "le bailleur ne réagit pas",
    "enceinte, je ne sais pas où aller pour le suivi",
    "la facture d’eau a explosé",
    "ma fille frappe à la porte",
    "mon fils s’est fait mal au dos",
    "enfant étranger seul",
    "ma mère est à l’ehpad",
    "mon père me prête sa voiture",
    "mes parents me demandent un loyer",
    "couteau de cuisine et vaisselle",
    "travail de nuit dans un parking",
    "avoir un toit à soi",
    "personne âgée isolée",
    "détecteur de fumée obligatoire",
    "mon dos lâche à force de le porter",
    "des grands-parents privés de leurs petits-enfants",
    "pas de lit pour dormir, aide à la literie",
    "un matelas pour dormir",
    "je ne peux plus manger ou dormir",
    "où dormir à l’hôtel avec des enfants",
    "dessin d’un enfant aux traits bleus",
    "traces de peinture sur les bras de mon fils",
    "mon fils s’est cassé le bras au ski",
    "un bleu au bras de mon fils après le foot",
    "vêtements de marque pour enfant",
    "de petites marques sur le dos, quel dermatologue",
    "marques sur le visage de ma fille, allergie",
    "marques sur le bras",
    "plein de bleus de travail pour mon fils",
    "la carte bleue de mon fils",
    "donner un coup de main aux enfants",
    "ma fille a reçu un coup de téléphone",
    "mon fils prend des coups au rugby",
    "traces de moisissures dans la chambre des enfants",
)

# Four of them ask for a measure rather than for help at once; who asks for it is often in danger.
ALARMS_OF_THE_BENCH = {
    "sans-abri",
    "ordonnance de protection",
    "enfant en risque de danger",
    "abus de faiblesse",
    "mari violent",
    "il ma etranglé mardi jpeu pa parlé il lit mon tel",
    "mon compagnon me cogne",
    "une femme enceinte à la rue",
    "ma copine de classe a des marques de ceinture",
    "le petit d'en face reste tout seul le soir et crie, on voit des marques sur ses bras",
    "il contrôle mon téléphone, mon argent, hier il m'a serré le cou",
    "mon copain me frappe",
    "information préoccupante CRIP",
    "on m'a agressé dans la rue j'ai besoin de parler à quelqu'un",
}


@pytest.fixture(scope="module")
def reader() -> Reader:
    return reading.shared()


@pytest.mark.parametrize(("phrase", "number"), DANGERS.items())
def test_danger_puts_its_number_on_top(reader: Reader, phrase: str, number: str):
    assert reader.read(phrase).emergency[:1] == (number,)


@pytest.mark.parametrize("phrase", ORDINARY)
def test_an_ordinary_phrase_raises_no_alarm(reader: Reader, phrase: str):
    assert reader.read(phrase).emergency == ()


def test_the_longest_expression_speaks_and_what_is_told_twice_counts_twice(reader: Reader):
    assert "3114" not in reader.read("mon mari menace de me tuer").emergency
    assert reader.read("mon mari menace de me tuer, je veux mourir").emergency == ("17", "114", "3919", "3114", "15")
    assert reader.read("il me tape sur les nerfs et me tape").emergency == ("3919", "17", "114")


def test_marks_are_a_danger_when_a_child_is_spoken_of_anywhere_but_just_before(reader: Reader):
    assert reader.read("on voit des marques sur ses bras, c’est un enfant").emergency == ("119", "17")
    assert reader.read("c’est un enfant, on voit des marques sur ses bras").emergency == ("119", "17")
    assert reader.read("on voit de petites marques sur ses bras").emergency == ()


def test_what_presses_most_comes_first(reader: Reader):
    assert reader.read("je suis à la rue et mon fils ne respire plus").emergency == ("15", "114", "115")


def test_a_possessive_is_no_forgotten_apostrophe_unless_a_blow_follows(reader: Reader):
    assert reader.read("ma fille tape du pied").emergency == ()
    assert reader.read("il ma tapé").emergency == reader.read("il m’a tapé").emergency == ("3919", "17", "114")


def test_the_phrases_of_the_bench_that_raise_an_alarm_are_those_that_tell_a_danger(reader: Reader):
    asked = [example.phrase for name in SETS for example in examples(name)]
    asked += [phrase for name in NEGATIVES for phrase in negatives(name)]
    assert {phrase for phrase in asked if reader.read(phrase).emergency} == ALARMS_OF_THE_BENCH
