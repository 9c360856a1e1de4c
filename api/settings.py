"""Every knob, typed, from the environment (`MAILLAGE_…`), checked at start."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Any, Final, Literal, Self
from urllib.parse import urlsplit

from pydantic import BeforeValidator, Field, SecretStr, model_validator
from pydantic.fields import FieldInfo
from pydantic_core import PydanticCustomError, to_jsonable_python
from pydantic_settings import BaseSettings, NoDecode, PydanticBaseSettingsSource, SettingsConfigDict

from api.journal import Level, Style

VERSION: Final = "0.1.0"
PREFIX: Final = "MAILLAGE_"
FILE: Final = "_FILE"
ORIGIN: Final = re.compile(r"https?://[a-z0-9.:\[\]-]+")
HEAP: Final = re.compile(r"[1-9]\d*[mg]")
HEADER: Final = re.compile(r"[A-Za-z0-9-]*")
GRAPH_SCHEMES: Final = ("bolt", "bolt+s", "bolt+ssc", "neo4j", "neo4j+s", "neo4j+ssc")
OTLP: Final = "OTEL_EXPORTER_OTLP_ENDPOINT"
UNREAD: Final[Mapping[type[Exception], str]] = MappingProxyType(
    {
        FileNotFoundError: "il n’existe pas",
        PermissionError: "il n’est pas ouvert à cet utilisateur",
        IsADirectoryError: "c’est un dossier",
        UnicodeDecodeError: "ce n’est pas du texte",
    }
)
LOOPBACK: Final = re.compile(r"127\.[\d.]+|::1|localhost")


def _origins(given: object) -> object:
    """Origins as browsers send them: a scheme and a host, no path."""
    if isinstance(given, str):
        given = tuple(re.split(r"[\s,]+", given.strip(" ,\n\t"))) if given.strip(" ,\n\t") else ()
    for origin in given if isinstance(given, tuple) else ():
        if not ORIGIN.fullmatch(str(origin)):
            raise ValueError(f"« {origin} » n’est pas une origine : écrivez « https://exemple.fr », sans chemin")
    return given


def _heap(given: object) -> object:
    if isinstance(given, str) and not HEAP.fullmatch(given):
        raise ValueError("écrivez un nombre suivi de « m » ou « g » : « 768m », « 2g »")
    return given


def _graph_uri(given: object) -> object:
    if isinstance(given, str) and given and not _is_address(given, GRAPH_SCHEMES):
        raise ValueError(f"écrivez « bolt://machine:7687 », ou l’un de ces débuts : {', '.join(GRAPH_SCHEMES)}")
    return given


def _web_address(given: object) -> object:
    if isinstance(given, str) and given and not _is_address(given, ("http", "https")):
        raise ValueError("écrivez une adresse complète : « http://collecteur:4318 »")
    return given


def _header(given: object) -> object:
    if isinstance(given, str) and not HEADER.fullmatch(given):
        raise ValueError("écrivez le nom d’un en-tête, en lettres, chiffres et tirets : « X-Request-Id »")
    return given


def _is_address(given: str, schemes: tuple[str, ...]) -> bool:
    try:
        parts = urlsplit(given)
        return parts.scheme in schemes and bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        return False


class Settings(BaseSettings):
    """How this process runs. Each field says in French what it means: `maillage settings` prints it, README lists them."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, extra="ignore", frozen=True, hide_input_in_errors=True)

    data: Annotated[Path, Field(description="Dossier du graphe, de l’index et du verrou.")] = Path("var/data")
    host: Annotated[str, Field(description="Adresse que le site écoute.")] = "127.0.0.1"
    port: Annotated[int, Field(ge=1, le=65535, description="Port du site.")] = 8000
    web: Annotated[int, Field(ge=1, le=32, description="Nombre de processus web.")] = 1
    worker: Annotated[
        bool, Field(description="« serve » lance son worker. « false » : un autre « maillage worker » s’en charge.")
    ] = True
    worker_port: Annotated[
        int, Field(ge=0, le=65535, description="Port où un worker seul donne ses mesures ; 0 : aucun.")
    ] = 0
    demo: Annotated[
        bool, Field(description="Démonstration : page de la galerie. « maillage demo » l’active et charge les données.")
    ] = False
    heap: Annotated[str, BeforeValidator(_heap), Field(description="Mémoire du moteur embarqué.")] = "768m"
    graph_uri: Annotated[
        str,
        BeforeValidator(_graph_uri),
        Field(description="Adresse Bolt d’un serveur de graphe ; vide : moteur embarqué."),
    ] = ""
    graph_user: Annotated[str, Field(description="Utilisateur du serveur de graphe.")] = "neo4j"
    graph_password: Annotated[SecretStr, Field(description="Mot de passe du serveur de graphe.")] = SecretStr("")
    graph_database: Annotated[str, Field(description="Nom de la base.")] = "maillage"
    log: Annotated[
        Style,
        Field(description="Forme du journal ; « auto » : lisible dans un terminal, JSON ailleurs."),
    ] = "auto"
    log_level: Annotated[Level, Field(description="Plus bas niveau que le journal garde.")] = "info"
    request_id_header: Annotated[
        str,
        BeforeValidator(_header),
        Field(description="En-tête où le mandataire placé devant donne le repère de la demande ; vide : aucun."),
    ] = ""
    metrics: Annotated[
        Literal["loopback", "open", "off"],
        Field(description="Qui peut lire /metrics : cette machine, tout le monde, personne."),
    ] = "loopback"
    otlp_endpoint: Annotated[str, BeforeValidator(_web_address)] = Field(
        default_factory=lambda: os.environ.get(OTLP, ""),
        validate_default=True,
        description=f"Collecteur OTLP/HTTP des traces ; vide : aucune trace. À défaut, {OTLP}.",
    )
    explorer: Annotated[bool, Field(description="Servir l’explorateur GraphQL.")] = True
    introspection: Annotated[bool, Field(description="Répondre à l’introspection GraphQL.")] = True
    allowed_origins: Annotated[
        tuple[str, ...],
        NoDecode,
        BeforeValidator(_origins),
        Field(
            description="Autres sites dont les pages peuvent interroger GraphQL, séparés par des espaces ou des virgules."
        ),
    ] = ()
    graphql_cost: Annotated[int, Field(ge=100, description="Coût le plus haut d’une opération GraphQL, en objets.")] = (
        6000
    )
    graphql_seconds: Annotated[
        float, Field(gt=0, le=30, description="Durée la plus longue d’une opération, en secondes.")
    ] = 1.0
    graphql_body_bytes: Annotated[int, Field(ge=1000, description="Plus grande demande GraphQL, en octets.")] = 100_000
    graphql_answer_bytes: Annotated[int, Field(ge=1000, description="Plus grande réponse GraphQL, en octets.")] = (
        262_144
    )

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """What the command was given, then the environment, then the files that it names for secrets."""
        return init_settings, env_settings, SecretFiles(settings_cls)

    @model_validator(mode="after")
    def _hang_together(self) -> Self:
        """Raises where two settings contradict each other."""
        if not self.graph_uri and self.graph_password.get_secret_value():
            raise _contradiction(
                "Un mot de passe est donné pour un serveur de graphe, sans son adresse : "
                "ajoutez MAILLAGE_GRAPH_URI, ou retirez MAILLAGE_GRAPH_PASSWORD"
            )
        if not self.graph_uri and not self.worker:
            raise _contradiction(
                "MAILLAGE_WORKER = « false » demande un worker ailleurs, et le moteur embarqué n’en admet pas : "
                "ajoutez MAILLAGE_GRAPH_URI, ou retirez MAILLAGE_WORKER"
            )
        if self.demo and not LOOPBACK.fullmatch(self.host):
            raise _contradiction(
                f"La démonstration montre des données inventées : elle ne se sert que sur cette machine, et MAILLAGE_HOST "
                f"= « {self.host} » l’ouvre à d’autres. Retirez MAILLAGE_HOST, ou servez vos données par « maillage serve »"
            )
        return self

    @property
    def index_folder(self) -> Path:
        """Where the embedded index lives."""
        return self.data / "index"

    def environment(self, around: Mapping[str, str]) -> dict[str, str]:
        """`around` as a child of this process must read it to have the same settings, secrets included."""
        kept = {name: value for name, value in around.items() if name.upper() not in file_names(type(self))}
        values = {setting_name(field): getattr(self, field) for field in type(self).model_fields}
        told = {name: _in_text(value) for name, value in values.items() if value is not None}
        return kept | told | {"MAILLAGE_DATA": str(self.data.absolute())}


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


def file_names(settings: type[Settings]) -> frozenset[str]:
    """The variables that name a secret's file."""
    return frozenset(f"{setting_name(name)}{FILE}" for name, field in settings.model_fields.items() if is_secret(field))


def secret_file(field: str) -> Path | None:
    """The file that the environment names for this secret."""
    named = os.environ.get(f"{setting_name(field)}{FILE}", "")
    return Path(named) if named else None


def _contradiction(sentence: str) -> PydanticCustomError:
    return PydanticCustomError("contradiction", sentence)  # pyright: ignore[reportArgumentType] - a sentence with its values


def _in_text(value: object) -> str:
    if isinstance(value, SecretStr):
        return value.get_secret_value()
    if isinstance(value, tuple):
        return " ".join(map(str, value))
    return value if isinstance(value, str) else json.dumps(to_jsonable_python(value)).strip('"')
