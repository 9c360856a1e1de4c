"""Those who are accompanied: invented households, their names made of lists, their telephones from the numbers kept for fiction."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random
from typing import Final

from graph.model.casework.file import Identity, Member, MemberRole

WOMEN: Final = (
    "Aïcha",
    "Brigitte",
    "Camille",
    "Denise",
    "Elif",
    "Fatou",
    "Ginette",
    "Inès",
    "Jeanne",
    "Lucie",
    "Mireille",
    "Nadia",
    "Odile",
    "Rosa",
    "Svetlana",
    "Yvonne",
)
MEN: Final = (
    "Abdou",
    "Bernard",
    "Cédric",
    "Dimitri",
    "Émile",
    "Fernand",
    "Gaël",
    "Hamid",
    "Jérôme",
    "Karim",
    "Louis",
    "Marcel",
    "Nicolas",
    "Paulo",
    "Roger",
    "Thierry",
)
FAMILIES: Final = (
    "Amiotte",
    "Bourquin",
    "Cuenot",
    "Diallo",
    "Estavoyer",
    "Faivre",
    "Guyot",
    "Haddad",
    "Jeannin",
    "Kaya",
    "Lambert",
    "Mougin",
    "Nguyen",
    "Outhier",
    "Pereira",
    "Querry",
    "Roussel",
    "Sahin",
    "Tissot",
    "Vuillet",
)
# Age bands by the youngest age, with the share of those who call.
BANDS: Final = (
    (18, "from_18", 14),
    (25, "from_25", 30),
    (40, "from_40", 32),
    (60, "from_60", 12),
    (75, "from_75", 8),
    (85, "from_85", 4),
)
LANGUAGES: Final = ("arabe", "turc", "russe", "portugais", "dari")
# Someone alone, alone with children, two, two with children: adults, the most children, and the share.
HOUSEHOLDS: Final = ((1, 0, 52), (1, 4, 23), (2, 0, 9), (2, 4, 16))
YEAR: Final = 365


def household(random: Random, file: str, commune: str, on: date) -> tuple[Member, ...]:
    """The members of a file; in one of thirty nobody gives a name."""
    adults, children, _ = random.choices(HOUSEHOLDS, [share for *_, share in HOUSEHOLDS])[0]
    family = "" if random.random() < 1 / 30 else random.choice(FAMILIES)
    youngest, band, _ = random.choices(BANDS, [share for *_, share in BANDS])[0]
    language = random.choice(LANGUAGES) if random.random() < 0.12 else ""
    found = []
    for number in range(adults):
        woman = random.random() < 0.6
        born = on - timedelta(days=youngest * YEAR + random.randrange(1, 7 * YEAR))
        identity = Identity(commune=commune, language=language, interpreter=bool(language) and random.random() < 0.5)
        if family:
            identity = Identity(
                name=f"{random.choice(WOMEN if woman else MEN)} {family}",
                born=born,
                phone=f"06 39 98 {random.randrange(100):02d} {random.randrange(100):02d}" if number == 0 else "",
                commune=commune,
                language=language,
                interpreter=identity.interpreter,
            )
        sex = "woman" if woman else "man"
        found.append(Member(id=f"{file}-m{number}", role=MemberRole.ADULT, identity=identity, sex=sex, age_band=band))
    if children and youngest < 60:
        for number in range(adults, adults + random.randint(1, children)):
            woman = random.random() < 0.5
            born = on - timedelta(days=random.randrange(30, 17 * YEAR))
            named = f"{random.choice(WOMEN if woman else MEN)} {family}" if family else ""
            identity = Identity(name=named, born=born if family else None, commune=commune)
            sex = "woman" if woman else "man"
            found.append(
                Member(id=f"{file}-m{number}", role=MemberRole.CHILD, identity=identity, sex=sex, age_band="under_18")
            )
    return tuple(found)
