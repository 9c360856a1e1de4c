"""The identity providers that a site trusts, as its operator writes them down: one table each in a TOML file."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from api.settings import LOOPBACK
from api.settings_read import UNREAD, SettingsRefused

NAME: Final = re.compile(r"[a-z0-9-]{1,40}")
TEXTS: Final = (
    "label",
    "issuer",
    "client_id",
    "client_secret",
    "client_secret_file",
    "scope",
    "siret_claim",
    "audience",
)
FLAGS: Final = ("pkce", "signed_userinfo", "vouches_for_email")
LISTS: Final = ("acr_values",)
NEEDED: Final = ("label", "issuer", "client_id")


@dataclass(frozen=True, slots=True, kw_only=True)
class Issuer:
    """One provider and what it is told and asked for.

    `acr_values` are asked for, and one of them must come back. `siret_claim` names the claim with the SIRET of the person's
    establishment; empty where the provider tells none. `vouches_for_email`: its e-mails count as verified though it does not
    say so. `audience` is what bearer tokens of machines must be made for; empty: none of this issuer are taken.
    """

    name: str
    label: str
    issuer: str
    client_id: str
    client_secret: str
    scope: str = "openid email profile"
    acr_values: tuple[str, ...] = ()
    siret_claim: str = ""
    audience: str = ""
    pkce: bool = True
    signed_userinfo: bool = False
    vouches_for_email: bool = False


def read_issuers(path: Path | None) -> Mapping[str, Issuer]:
    """The issuers of the file, by name, in its order; none without a file. Raises SettingsRefused, in words."""
    if path is None:
        return {}
    try:
        tables: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as fault:
        raise SettingsRefused(
            f"MAILLAGE_ISSUERS = « {path} » : ce fichier ne peut pas être lu, {_why(fault)}."
        ) from fault
    except tomllib.TOMLDecodeError as fault:
        raise SettingsRefused(f"MAILLAGE_ISSUERS = « {path} » n’est pas du TOML : {fault}.") from fault
    found = {name: _issuer(path, name, table) for name, table in tables.items()}
    addresses = [one.issuer for one in found.values()]
    for one in found.values():
        # A token names its issuer by its address alone.
        if addresses.count(one.issuer) > 1:
            raise _refused(path, one.name, f"issuer = « {one.issuer} » est déjà celui d’une autre table")
    return found


def _issuer(path: Path, name: str, table: object) -> Issuer:
    if not NAME.fullmatch(name) or not isinstance(table, dict):
        raise _refused(path, name, "écrivez une table par fournisseur : « [proconnect] », en minuscules sans accent")
    for field, value in table.items():
        kind = str if field in TEXTS else bool if field in FLAGS else list if field in LISTS else None
        if kind is None:
            raise _refused(path, name, f"« {field} » n’y a pas de sens")
        if not isinstance(value, kind):
            raise _refused(path, name, f"la valeur de « {field} » n’est pas de la forme attendue")
    for field in NEEDED:
        if not table.get(field):
            raise _refused(path, name, f"« {field} » manque")
    parts = urlsplit(table["issuer"])
    local = parts.scheme == "http" and LOOPBACK.fullmatch(parts.hostname or "")
    if not (parts.scheme == "https" or local) or not parts.hostname or parts.query or parts.fragment:
        raise _refused(path, name, f"issuer = « {table['issuer']} » : une adresse « https:// » est attendue")
    plain: dict[str, Any] = {
        field: value for field, value in table.items() if field not in {"client_secret_file", *LISTS}
    }
    lists: dict[str, Any] = {field: tuple(map(str, table[field])) for field in LISTS if field in table}
    plain |= lists | {"client_secret": _secret(path, name, table)}
    return Issuer(name=name, **plain)


def _secret(path: Path, name: str, table: Mapping[str, Any]) -> str:
    given, file = table.get("client_secret", ""), table.get("client_secret_file", "")
    if bool(given) == bool(file):
        raise _refused(path, name, "donnez « client_secret » ou « client_secret_file », l’un des deux")
    if given:
        return given
    try:
        secret = Path(file).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as fault:
        raise _refused(path, name, f"le secret « {file} » ne peut pas être lu, {_why(fault)}") from fault
    if not secret:
        raise _refused(path, name, f"le secret « {file} » est vide")
    return secret


def _refused(path: Path, name: str, why: str) -> SettingsRefused:
    return SettingsRefused(f"MAILLAGE_ISSUERS = « {path} », table [{name}] : {why}.")


def _why(fault: Exception) -> str:
    return next((said for kind, said in UNREAD.items() if isinstance(fault, kind)), "le système le refuse")
