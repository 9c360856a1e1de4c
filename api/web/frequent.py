"""The problems that are asked most at a front desk, in the words of those who ask: one tap each on the start page."""

from __future__ import annotations

from typing import Final

# (words, competence); each competence is one of the closed list, which a test holds to.
FREQUENT: Final = (
    ("Où dormir ce soir", "logement-hebergement--mise-a-labri-urgence"),
    ("Violences dans le couple", "protection--violences-conjugales"),
    ("De quoi manger", "equipement-et-alimentation--alimentation"),
    ("Loyers impayés", "logement-hebergement--reduire-les-impayes-de-loyer"),
    ("Menace d’expulsion", "logement-hebergement--prevenir-une-expulsion"),
    ("RSA", "droits-et-prestations--rsa"),
    ("Se soigner", "sante--acces-aux-soins"),
    ("Une adresse pour le courrier", "difficultes-administratives-ou-juridiques--domiciliation"),
    ("Dettes", "difficultes-financieres--situation-dendettement-surendettement"),
    ("Parler à une assistante sociale", "parcours--accompagnement-social-global"),
)
