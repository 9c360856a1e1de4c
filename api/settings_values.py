"""What a value of a setting must look like, and how to say so."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import urlsplit

ORIGIN: Final = re.compile(r"https?://[a-z0-9.:\[\]-]+")
HEAP: Final = re.compile(r"[1-9]\d*[mg]")
INDEX_NAME: Final = re.compile(r"[A-Za-z0-9_-]{1,200}")
TILE_HOST: Final = re.compile(r"[A-Za-z0-9.-]+(?::\d+)?")
HEADER: Final = re.compile(r"[A-Za-z0-9-]*")
# What the map writes into the address: zoom, column, row, and "@2x" where the screen is fine.
KNOWN_TILE_PARTS: Final = ("z", "x", "y", "r")
TILE_PARTS: Final = re.compile(r"\{([^{}]*)\}")


def origins(given: object) -> object:
    """Origins as browsers send them: a scheme and a host, no path."""
    if isinstance(given, str):
        given = tuple(re.split(r"[\s,]+", given.strip(" ,\n\t"))) if given.strip(" ,\n\t") else ()
    for origin in given if isinstance(given, tuple) else ():
        if not ORIGIN.fullmatch(str(origin)):
            raise ValueError(f"« {origin} » n’est pas une origine : écrivez « https://exemple.fr », sans chemin")
    return given


def heap(given: object) -> object:
    """An amount of memory, as Java is told it."""
    if isinstance(given, str) and not HEAP.fullmatch(given):
        raise ValueError("écrivez un nombre suivi de « m » ou « g » : « 768m », « 2g »")
    return given


def web_address(given: object) -> object:
    """An address without the "/" at its end, which would be there twice before a path."""
    if not isinstance(given, str) or not given:
        return given
    if not _is_address(given, ("http", "https")):
        raise ValueError("écrivez une adresse complète : « http://collecteur:4318 »")
    if "@" in urlsplit(given).netloc:
        raise ValueError("écrivez l’adresse sans nom ni mot de passe")
    return given.rstrip("/")


def tiles(given: object) -> object:
    """The address of the squares of a map: one host, which the pages' own rules must name."""
    if not isinstance(given, str) or not given:
        return given
    unknown = [name for name in TILE_PARTS.findall(given) if name not in KNOWN_TILE_PARTS]
    if unknown:
        known = ", ".join(f"{{{name}}}" for name in KNOWN_TILE_PARTS)
        raise ValueError(f"« {{{unknown[0]}}} » n’y a pas de sens : seuls {known} sont remplacés")
    if not _is_address(given, ("http", "https")) or "@" in urlsplit(given).netloc:
        raise ValueError("écrivez une adresse complète, sur un seul hôte et sans mot de passe")
    if not all(part in urlsplit(given).path + urlsplit(given).query for part in ("{z}", "{x}", "{y}")):
        raise ValueError("écrivez où vont le zoom et la place du carreau : « https://exemple.fr/{z}/{x}/{y}.png »")
    if not TILE_HOST.fullmatch(urlsplit(given).netloc):
        raise ValueError("écrivez le nom de l’hôte en lettres, chiffres, points et tirets")
    return given


def index_name(given: object) -> object:
    """A name that a search server takes."""
    if isinstance(given, str) and not INDEX_NAME.fullmatch(given):
        raise ValueError("écrivez un nom en lettres sans accent, chiffres, tirets et « _ » : « maillage »")
    return given


def header(given: object) -> object:
    """The name of a header."""
    if isinstance(given, str) and not HEADER.fullmatch(given):
        raise ValueError("écrivez le nom d’un en-tête, en lettres, chiffres et tirets : « X-Request-Id »")
    return given


def _is_address(given: str, schemes: tuple[str, ...]) -> bool:
    try:
        parts = urlsplit(given)
        return parts.scheme in schemes and bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        return False
