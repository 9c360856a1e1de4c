"""Settings in words: why one is refused, which name was meant, what each is worth and where that came from."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from types import MappingProxyType
from typing import Any, Final

from pydantic import SecretStr, ValidationError
from pydantic_core import ErrorDetails

from api.settings import OTLP, Settings
from api.settings_read import PREFIX, file_names, is_secret, secret_file, setting_name

# What the tests read of their surroundings.
TESTS: Final = f"{PREFIX}TEST_"
HIDDEN: Final = "••••••"
# A name and a password in an address, up to the last "@".
IN_ADDRESS: Final = re.compile(r"//.*@", re.DOTALL)
EXPECTED: Final[Mapping[str, str]] = MappingProxyType(
    {
        "int_parsing": "un nombre entier est attendu",
        "int_from_float": "un nombre entier est attendu",
        "float_parsing": "un nombre est attendu, avec un point : « 1.5 »",
        "bool_parsing": "« true » ou « false » est attendu",
        "greater_than_equal": "un nombre d’au moins {ge:g} est attendu",
        "less_than_equal": "un nombre d’au plus {le:g} est attendu",
        "greater_than": "un nombre plus grand que {gt:g} est attendu",
        "less_than": "un nombre plus petit que {lt:g} est attendu",
        "string_too_short": "au moins {min_length} caractères sont attendus",
        "string_too_long": "au plus {max_length} caractères sont attendus",
    }
)


@dataclass(frozen=True, slots=True)
class Told:
    """A setting as `maillage settings` prints it. A secret's value is hidden."""

    name: str
    value: str
    origin: str
    meaning: str


def refusals(fault: ValidationError) -> list[str]:
    """One sentence for each setting that is refused: its variable, its value unless it is a secret, what is expected."""
    return [_refusal(error) for error in fault.errors()]


def _refusal(error: ErrorDetails) -> str:
    if not error["loc"]:
        return f"{error['msg']}."
    field = str(error["loc"][0])
    known = Settings.model_fields.get(field)
    given = HIDDEN if known is None or is_secret(known) else IN_ADDRESS.sub(f"//{HIDDEN}@", str(error["input"]))
    meaning = f" {known.description}" if known and known.description else ""
    return f"{setting_name(field)} = « {given} » : {_expected(error)}.{meaning}"


def _expected(error: ErrorDetails) -> str:
    context: dict[str, Any] = error.get("ctx", {})
    if error["type"] == "value_error":
        return str(context.get("error", ""))
    if error["type"] in {"literal_error", "enum"}:
        choices = str(context.get("expected", "")).replace(" or ", ", ").replace("'", "")
        return f"l’un de ces mots est attendu : {choices}"
    return EXPECTED.get(error["type"], "cette valeur n’est pas acceptée").format(**context)


def unknown_settings(around: Mapping[str, str] = os.environ) -> Iterator[str]:
    """One sentence for each variable that looks like a setting and is none. Its value is not told: it may be a secret."""
    known = {setting_name(field) for field in Settings.model_fields} | file_names(Settings)
    ends = [name.removeprefix(PREFIX) for name in known]
    for name in sorted(around):
        if not name.upper().startswith(PREFIX) or name.upper() in known or name.upper().startswith(TESTS):
            continue
        near = get_close_matches(name.upper().removeprefix(PREFIX), ends, n=1)
        meant = f"Vouliez-vous dire {PREFIX}{near[0]} ?" if near else "« maillage settings » donne ceux qui existent."
        yield f"{name} n’est pas un réglage : il est ignoré. {meant}"


def each_told(settings: Settings, around: Mapping[str, str] = os.environ) -> list[Told]:
    """Every setting, in the order of the code."""
    present = {name.upper() for name in around}
    return [
        Told(
            setting_name(name),
            _shown(getattr(settings, name), secret=is_secret(field)),
            _origin(name, settings, present),
            field.description or "",
        )
        for name, field in Settings.model_fields.items()
    ]


def _shown(value: object, *, secret: bool) -> str:
    plain = value.get_secret_value() if isinstance(value, SecretStr) else value
    if secret:
        return HIDDEN if plain else ""
    if plain is None:
        return ""
    if isinstance(plain, bool):
        return str(plain).lower()
    return " ".join(map(str, plain)) if isinstance(plain, tuple) else str(plain)


def _origin(field: str, settings: Settings, present: set[str]) -> str:
    if setting_name(field) in present:
        return "environnement"
    if is_secret(Settings.model_fields[field]) and (path := secret_file(field)):
        return f"fichier {path}"
    if field == "otlp_endpoint" and settings.otlp_endpoint and field not in settings.model_fields_set:
        return f"environnement, {OTLP}"
    return "commande" if field in settings.model_fields_set else "défaut"
