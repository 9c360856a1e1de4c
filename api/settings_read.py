"""Where settings come from: names of variables, secrets in files, and how a child is given them."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from pydantic import SecretStr
from pydantic.fields import FieldInfo
from pydantic_core import to_jsonable_python
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource

PREFIX: Final = "MAILLAGE_"
FILE: Final = "_FILE"
UNREAD: Final[Mapping[type[Exception], str]] = MappingProxyType(
    {
        FileNotFoundError: "il n’existe pas",
        PermissionError: "il n’est pas ouvert à cet utilisateur",
        IsADirectoryError: "c’est un dossier",
        UnicodeDecodeError: "ce n’est pas du texte",
    }
)


class SecretFiles(PydanticBaseSettingsSource):
    """`MAILLAGE_GRAPH_PASSWORD_FILE=/run/secrets/graph`: a secret read from a file, its last line break left out."""

    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[Any, str, bool]:
        """The secret of one field; None where no file is named."""
        path = secret_file(field_name) if is_secret(field) else None
        if path is None:
            return None, field_name, False
        name = setting_name(field_name)
        if os.environ.get(name):
            raise SettingsRefused(f"{name} et {name}{FILE} sont donnés tous les deux : gardez l’un des deux.")
        try:
            secret = path.read_text(encoding="utf-8").rstrip("\r\n")
        except (OSError, UnicodeDecodeError) as fault:
            why = next((said for kind, said in UNREAD.items() if isinstance(fault, kind)), "le système le refuse")
            raise SettingsRefused(f"{name}{FILE} = « {path} » : ce fichier ne peut pas être lu, {why}.") from fault
        if not secret:
            raise SettingsRefused(f"{name}{FILE} = « {path} » : ce fichier est vide, un secret y est attendu.")
        return secret, field_name, False

    def __call__(self) -> dict[str, Any]:
        """The secrets that files give."""
        fields = self.settings_cls.model_fields.items()
        given = {name: self.get_field_value(field, name)[0] for name, field in fields}
        return {name: value for name, value in given.items() if value is not None}


class SettingsRefused(Exception):
    """A setting that cannot be read at all; its text is a sentence for whoever starts the command."""


def setting_name(field: str) -> str:
    """The variable of a field."""
    return f"{PREFIX}{field.upper()}"


def is_secret(field: FieldInfo) -> bool:
    """Whether its value is never shown."""
    return field.annotation is SecretStr or not field.repr


def file_names(settings: type[BaseSettings]) -> frozenset[str]:
    """The variables that name a secret's file."""
    return frozenset(f"{setting_name(name)}{FILE}" for name, field in settings.model_fields.items() if is_secret(field))


def secret_file(field: str) -> Path | None:
    """The file that the environment names for this secret."""
    named = os.environ.get(f"{setting_name(field)}{FILE}", "")
    return Path(named) if named else None


def in_text(value: object) -> str:
    """A value as a variable of the environment holds it."""
    if isinstance(value, SecretStr):
        return value.get_secret_value()
    if isinstance(value, Path):
        # As it is: JSON would write its accents otherwise.
        return str(value)
    if isinstance(value, tuple):
        return " ".join(map(str, value))
    return value if isinstance(value, str) else json.dumps(to_jsonable_python(value)).strip('"')
