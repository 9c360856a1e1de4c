"""Folding of French, for search and for matching: the same word is the same string however it was typed."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

APOSTROPHES: Final = str.maketrans({"’": "'", "ʼ": "'", "`": "'", "´": "'", "‘": "'", "′": "'"})
LIGATURES: Final = str.maketrans({"œ": "oe", "Œ": "oe", "æ": "ae", "Æ": "ae", "ß": "ss"})
ELIDED: Final = frozenset(
    {"l", "d", "j", "m", "t", "s", "n", "c", "qu", "jusqu", "lorsqu", "puisqu", "quelqu", "presqu"}
)
WORD: Final = re.compile(r"[^\W_]+(?:'[^\W_]+)*")
# As names are compared: whatever is no letter and no digit parts.
PIECE: Final = re.compile(r"[^\W_]+")
# Written as one word though it holds an apostrophe.
WHOLE: Final = frozenset({"aujourd'hui", "prud'homme", "prud'hommes", "prud'homal", "entr'aide", "o'clock"})

# Words that carry no subject of their own. A negation is kept apart: it may turn a sentence round.
_STOP_WORDS: Final = """
    a ah ai aie ainsi alors apres as assez au aucun aucune aujourdhui aupres auquel aura aurai aurait aurais aussi autour
    autre autres aux avaient avais avait avant avec avez avoir avons ayant bah beaucoup ben bien bonjour bonsoir bref c ca
    car ce ceci cela celle celles celui cependant ces cet cette ceux chaque chez ci coucou combien comme comment d dans de
    dedans deja depuis des desormais deux dois doit doivent donc dont du durant e elle elles en encore enfin ensuite entre
    es est et etaient etais etait etant ete etes etre eu euh eux existe faire fais faisait fait faites fallait faudra
    faudrait faut fois font hein hello hier hop ici il ils j jai je jusque l la laquelle le lequel les lesquels leur leurs
    lors lorsque lui m ma mais me meme memes merci mes mettre mien mienne moi moins mon monsieur madame n nos notre nous o
    on ont or ou oui par parce parfois parmi pendant peu peut peuvent peux plupart plutot pour pourquoi pourrait pourrais
    pourriez pouvez pouvoir pouvons presque pu puis puisque quand que quel quelle quelles quelqu quelque quelques quels qui
    quoi s sa salut se sera serai serait serais ses si sien soi soit sommes son sont sous souvent suis suite sur svp t ta
    tandis te tel telle tellement tels tes toi ton toujours tous tout toute toutes tres trop tu un une va vais vas vers
    veut veux veulent voici voila vont vos votre vouloir voulais voudrais voudrait vous vraiment y
"""
STOP_WORDS: Final = frozenset(_STOP_WORDS.split())
NEGATIONS: Final = frozenset({"ne", "ni", "pas", "plus", "jamais", "rien", "sans", "non", "aucun", "aucune"})

# Spellings of text messages, written out. Those that are an acronym of the field are left alone ("pa", "as").
TYPED_SHORT: Final = {
    "jsuis": "je suis", "chui": "je suis", "chuis": "je suis", "jveu": "je veux", "jveux": "je veux", "jpeu": "je peux",
    "jpeux": "je peux", "jai": "j ai", "jarrive": "j arrive", "jarive": "j arrive", "jsai": "je sais", "jsais": "je sais",
    "jcherche": "je cherche", "jcherch": "je cherche", "jtrouve": "je trouve", "jdors": "je dors", "jpaye": "je paye",
    "jme": "je me", "jdois": "je dois", "jfais": "je fais", "jviens": "je viens", "jattends": "j attends", "g": "j ai",
    "ya": "y a", "yapas": "y a pas", "c": "c est", "cest": "c est", "cé": "c est", "ke": "que", "k": "que", "ki": "qui",
    "koi": "quoi", "kan": "quand", "qd": "quand", "kel": "quel", "kom": "comme", "pr": "pour", "ds": "dans", "ac": "avec",
    "av": "avec", "vec": "avec", "avk": "avec", "sa": "ca", "ms": "mais", "tt": "tout", "tte": "toute", "ts": "tous",
    "bcp": "beaucoup", "bocou": "beaucoup", "pb": "probleme", "pbs": "problemes", "pbm": "probleme", "rdv": "rendez vous",
    "dc": "donc", "mtn": "maintenant", "mnt": "maintenant", "ojd": "aujourdhui", "auj": "aujourdhui", "pcq": "parce que",
    "psk": "parce que", "paske": "parce que", "qq": "quelque", "qqn": "quelqu un", "qqun": "quelqu un", "kelkun": "quelqu un",
    "qqch": "quelque chose", "ns": "nous", "vs": "vous", "mwa": "moi", "moa": "moi", "toa": "toi", "slt": "salut",
    "bjr": "bonjour", "bsr": "bonsoir", "stp": "svp", "fo": "faut", "veu": "veux", "peu": "peux", "tjs": "toujours",
    "tjr": "toujours", "tjrs": "toujours", "jms": "jamais", "pk": "pourquoi", "pkoi": "pourquoi", "pq": "pourquoi",
    "cmt": "comment", "koman": "comment", "ossi": "aussi", "ke1": "quelqu un", "kk1": "quelqu un", "kkn": "quelqu un",
    "2": "2", "logmt": "logement", "logt": "logement", "lgt": "logement", "appt": "appartement", "apt": "appartement",
    "appart": "appartement", "apart": "appartement", "bb": "bebe", "demenag": "demenagement", "heberg": "hebergement",
    "hebergt": "hebergement", "hbgt": "hebergement", "accompagnt": "accompagnement", "accpt": "accompagnement",
    "tel": "telephone", "ordi": "ordinateur", "admin": "administratif", "ttes": "toutes", "dmd": "demande", "dde": "demande",
    "dder": "demander", "pers": "personne", "sit": "situation", "pbq": "problematique", "vl": "vehicule", "vx": "veux",
    "px": "peux", "jsp": "je sais pas", "jpp": "je peux plus", "nrv": "enerve", "tkt": "inquiete", "mdp": "mot de passe",
    "bdx": "bordeaux", "asap": "urgent", "rdvs": "rendez vous", "prblm": "probleme", "problm": "probleme",
    "plu": "plus", "ru": "rue", "jsui": "je suis", "chu": "je suis", "jss": "je suis", "tro": "trop", "aprs": "apres",
    "tjour": "toujours", "osi": "aussi", "qqpart": "quelque part", "nulpart": "nulle part", "ajd": "aujourdhui",
    "tps": "temps", "lgtps": "longtemps", "jen": "j en", "jnai": "j n ai", "bsoin": "besoin", "kelk": "quelque",
    "kelke": "quelque", "enft": "enfant", "enfts": "enfants", "pdt": "pendant",
    "dmand": "demande", "dmande": "demande", "apel": "appel", "slmt": "seulement", "vrmt": "vraiment", "jte": "je te",
}  # fmt: skip
# "je" written onto its verb: "jdors", "jtravaille". No French word begins so, and acronyms have no vowel or are shorter.
GLUED: Final = re.compile(r"j(?=[bcdfgklmnpqrstvz]+[aeiouy])[^\W\d_]{3,}")


@dataclass(frozen=True, slots=True)
class Token:
    """A folded word and where it stands in the text it came from."""

    text: str
    start: int
    end: int


@lru_cache(maxsize=65_536)
def fold(text: str) -> str:
    """Lower case without accents, ligatures written out, one kind of apostrophe.

    >>> fold("L’Œuvre À GENOUX")
    "l'oeuvre a genoux"
    """
    plain = text.translate(APOSTROPHES).translate(LIGATURES).lower()
    if plain.isascii():
        return plain
    return "".join(c for c in unicodedata.normalize("NFKD", plain) if not unicodedata.combining(c))


def tokens(text: str) -> tuple[str, ...]:
    """Folded words without elisions, in order: "l’hébergement d’urgence" gives hebergement, urgence."""
    return tuple(token.text for token in spans(text))


def spans(text: str) -> Iterator[Token]:
    """Folded words without elisions, with the place of each in `text`; short spellings written out keep one place."""
    for match in WORD.finditer(text.translate(APOSTROPHES)):
        word = fold(match.group())
        if word in WHOLE:
            yield Token(word.replace("'", ""), match.start(), match.end())
            continue
        start = match.start()
        for part in match.group().split("'"):
            folded, end = fold(part), start + len(part)
            if end == match.end() or folded not in ELIDED:
                for written in _written_out(folded):
                    yield Token(written, start, end)
            start = end + 1


def _written_out(word: str) -> list[str]:
    if word not in TYPED_SHORT and GLUED.fullmatch(word):
        return ["je", *TYPED_SHORT.get(word[1:], word[1:]).split()]
    return TYPED_SHORT.get(word, word).split()


def content(text: str) -> tuple[str, ...]:
    """Folded words that carry a subject: neither stop words nor negations."""
    return tuple(word for word in tokens(text) if word not in STOP_WORDS and word not in NEGATIONS)
