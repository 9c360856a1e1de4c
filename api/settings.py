"""Every knob, typed, from the environment (`MAILLAGE_…`), checked at start."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Final, Literal, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr, ValidationInfo, field_validator, model_validator
from pydantic_core import PydanticCustomError
from pydantic_settings import BaseSettings, NoDecode, PydanticBaseSettingsSource, SettingsConfigDict

from api import settings_values
from api.callers import host_names, networks
from api.journal import Level, Style
from api.settings_mail import MailSettings
from api.settings_read import PREFIX, SecretFiles, file_names, in_text, setting_name
from graph.store.connection import checked_authority, checked_uri
from graph.store.engine import POOL

VERSION: Final = "0.2.0"
OTLP: Final = "OTEL_EXPORTER_OTLP_ENDPOINT"
LOOPBACK: Final = re.compile(r"127\.[\d.]+|::1|localhost")


class Settings(MailSettings):
    """How this process runs. Each field says in French what it means: `maillage settings` prints it, README lists them."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, extra="ignore", frozen=True, hide_input_in_errors=True)

    data: Annotated[Path, Field(description="Dossier du graphe, de l’index et du verrou.")] = Path("var/data")
    keyring: Annotated[
        Path | None,
        Field(description="Dossier des clés des dossiers de personnes ; sans lui : « keyring » du dossier."),
    ] = None
    anchors: Annotated[
        Path | None,
        Field(description="Registre signé des têtes de dossiers ; sans lui : « anchors.log » du trousseau."),
    ] = None
    host: Annotated[str, Field(description="Adresse que le site écoute.")] = "127.0.0.1"
    port: Annotated[int, Field(ge=1, le=65535, description="Port du site.")] = 8000
    site: Annotated[
        str,
        BeforeValidator(settings_values.web_address),
        Field(description="Adresse publique du site : « https://maillage.exemple.fr » ; vide : http://hôte:port."),
    ] = ""
    issuers: Annotated[
        Path | None,
        BeforeValidator(lambda given: given or None),
        Field(description="Fichier TOML des fournisseurs d’identité (docs/sign-in.md) ; vide : aucun."),
    ] = None
    session_idle_minutes: Annotated[
        int, Field(ge=1, le=600, description="Minutes sans rien faire au bout desquelles on est déconnecté.")
    ] = 30
    session_hours: Annotated[
        int, Field(ge=1, le=24, description="Heures au bout desquelles il faut se connecter à nouveau.")
    ] = 10
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
    demo_lives: Annotated[
        int,
        Field(
            ge=0,
            le=20_000,
            description="Dossiers inventés de la démonstration : 400 au premier démarrage, les autres pendant la visite.",
        ),
    ] = 2_000
    heap: Annotated[str, BeforeValidator(settings_values.heap), Field(description="Mémoire du moteur embarqué.")] = (
        "768m"
    )
    graph_uri: Annotated[
        str,
        AfterValidator(checked_uri),
        Field(description="Adresse Bolt d’un serveur de graphe ; vide : moteur embarqué."),
    ] = ""
    graph_user: Annotated[str, Field(description="Utilisateur du serveur de graphe.")] = "neo4j"
    graph_password: Annotated[SecretStr, Field(description="Mot de passe du serveur de graphe.")] = SecretStr("")
    graph_database: Annotated[str, Field(min_length=1, description="Nom de la base.")] = "maillage"
    graph_ca: Annotated[
        Path | None,
        BeforeValidator(lambda given: given or None),
        Field(description="Certificats (PEM) de l’autorité privée qui a signé celui du serveur de graphe."),
    ] = None
    graph_pool: Annotated[
        int, Field(ge=1, le=1000, description="Connexions au graphe qu’un processus garde au plus.")
    ] = POOL
    search_url: Annotated[
        str,
        BeforeValidator(settings_values.web_address),
        Field(description="Adresse d’un serveur Meilisearch ; vide : index embarqué."),
    ] = ""
    search_key: Annotated[
        SecretStr,
        Field(description="Sa clé, qui peut lire et écrire documents, réglages, index et tâches."),
    ] = SecretStr("")
    search_index: Annotated[
        str,
        BeforeValidator(settings_values.index_name),
        Field(description="Nom de l’index sur ce serveur."),
    ] = "maillage"
    log: Annotated[
        Style,
        Field(description="Forme du journal ; « auto » : lisible dans un terminal, JSON ailleurs."),
    ] = "auto"
    log_level: Annotated[Level, Field(description="Plus bas niveau que le journal garde.")] = "info"
    request_id_header: Annotated[
        str,
        BeforeValidator(settings_values.header),
        Field(description="En-tête où le mandataire placé devant donne le repère de la demande ; vide : aucun."),
    ] = ""
    metrics: Annotated[
        Literal["loopback", "open", "off"],
        Field(description="Qui peut lire /metrics : cette machine, tout le monde, personne."),
    ] = "loopback"
    otlp_endpoint: Annotated[str, BeforeValidator(settings_values.web_address)] = Field(
        default_factory=lambda: os.environ.get(OTLP, ""),
        validate_default=True,
        description=f"Collecteur OTLP/HTTP des traces ; vide : aucune trace. À défaut, {OTLP}.",
    )
    explorer: Annotated[bool, Field(description="Servir l’explorateur GraphQL.")] = True
    introspection: Annotated[bool, Field(description="Répondre à l’introspection GraphQL.")] = True
    allowed_origins: Annotated[
        tuple[str, ...],
        NoDecode,
        BeforeValidator(settings_values.origins),
        Field(
            description="Autres sites dont les pages peuvent interroger GraphQL, séparés par des espaces ou des virgules."
        ),
    ] = ()
    graphql_cost: Annotated[int, Field(ge=100, description="Coût le plus haut d’une opération GraphQL, en objets.")] = (
        7000
    )
    graphql_seconds: Annotated[
        float, Field(gt=0, le=30, description="Durée la plus longue d’une opération, en secondes.")
    ] = 1.0
    graphql_body_bytes: Annotated[int, Field(ge=1000, description="Plus grande demande GraphQL, en octets.")] = 100_000
    graphql_answer_bytes: Annotated[int, Field(ge=1000, description="Plus grande réponse GraphQL, en octets.")] = (
        1_048_576
    )
    graphql_requests_per_minute: Annotated[
        int, Field(ge=0, description="Opérations GraphQL d’un client en une minute ; 0 : sans limite.")
    ] = 300
    graphql_cost_per_minute: Annotated[
        int, Field(ge=0, description="Leur coût ensemble, en objets ; 0 : sans limite.")
    ] = 200_000
    pages_per_minute: Annotated[
        int, Field(ge=0, description="Pages et listes de complétion d’un client en une minute ; 0 : sans limite.")
    ] = 600
    suggestions_per_hour: Annotated[
        int, Field(ge=0, description="Corrections et organismes proposés par un client en une heure ; 0 : sans limite.")
    ] = 10
    trusted_proxies: Annotated[
        tuple[str, ...],
        NoDecode,
        BeforeValidator(networks),
        Field(description="Mandataires dont « X-Forwarded-For » dit qui est le client : adresses ou réseaux."),
    ] = ()
    hosts: Annotated[
        tuple[str, ...],
        NoDecode,
        BeforeValidator(host_names),
        Field(description="Noms sous lesquels le site répond, séparés par des espaces ou des virgules ; vide : tous."),
    ] = ()
    tiles: Annotated[
        str,
        BeforeValidator(settings_values.tiles),
        Field(description="Adresse des carreaux du fond de carte, avec {z}, {x} et {y} ; vide : aucun fond."),
    ] = ""
    tiles_attribution: Annotated[
        str, Field(max_length=200, description="Mention que demande l’auteur du fond de carte, en texte simple.")
    ] = ""
    connections: Annotated[
        int, Field(ge=10, description="Connexions qu’un processus web tient à la fois ; les autres reçoivent un 503.")
    ] = 500

    @field_validator("graph_ca")
    @classmethod
    def _authority(cls, ca: Path | None, given: ValidationInfo) -> Path | None:
        # An address that was refused is not there to compare with, and is told on its own.
        return checked_authority(ca, given.data["graph_uri"]) if ca and "graph_uri" in given.data else ca

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """What the command was given, then the files named for secrets, then the environment: an empty variable hides no file."""
        return init_settings, SecretFiles(settings_cls), env_settings

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
        if not self.search_url and not self.worker:
            raise _contradiction(
                "MAILLAGE_WORKER = « false » demande un worker ailleurs, qui n’écrirait pas l’index de ce dossier : "
                "ajoutez MAILLAGE_SEARCH_URL, ou retirez MAILLAGE_WORKER"
            )
        if not self.search_url and self.search_key.get_secret_value():
            raise _contradiction(
                "Une clé est donnée pour un serveur de recherche, sans son adresse : "
                "ajoutez MAILLAGE_SEARCH_URL, ou retirez MAILLAGE_SEARCH_KEY"
            )
        if bool(self.tiles) != bool(self.tiles_attribution):
            raise _contradiction(
                "Un fond de carte ne se montre pas sans la mention de son auteur, ni l’inverse : "
                "donnez MAILLAGE_TILES et MAILLAGE_TILES_ATTRIBUTION, ou aucun des deux"
            )
        if urlsplit(self.site).path or urlsplit(self.site).query:
            raise _contradiction(
                f"MAILLAGE_SITE = « {self.site} » : écrivez l’adresse du site sans chemin, « https://maillage.exemple.fr »"
            )
        if self.issuers and not self.may_sign_in:
            raise _contradiction(
                f"MAILLAGE_ISSUERS ouvre la connexion, et « {self.public_site} » la ferait passer en clair : donnez dans "
                "MAILLAGE_SITE l’adresse « https:// » du site"
            )
        if self.demo and not LOOPBACK.fullmatch(self.host):
            raise _contradiction(
                f"La démonstration montre des données inventées : elle ne se sert que sur cette machine, et MAILLAGE_HOST "
                f"= « {self.host} » l’ouvre à d’autres. Retirez MAILLAGE_HOST, ou servez vos données par « maillage serve »"
            )
        if why := self.mail_contradiction():
            raise _contradiction(why)
        return self

    @property
    def public_site(self) -> str:
        """The origin under which people know the site: "https://maillage.example.fr"."""
        return self.site or f"http://{self.host}:{self.port}"

    @property
    def secure(self) -> bool:
        """Whether browsers reach the site over TLS."""
        return self.public_site.startswith("https://")

    @property
    def may_sign_in(self) -> bool:
        """Over plain HTTP nobody signs in from another machine: the cookie would be read on the way."""
        return self.secure or bool(LOOPBACK.fullmatch(urlsplit(self.public_site).hostname or ""))

    @property
    def session_idle_ms(self) -> int:
        """How long a session lasts without a sign of life, in milliseconds."""
        return self.session_idle_minutes * 60_000

    @property
    def session_ms(self) -> int:
        """How long a session lasts at most, in milliseconds."""
        return self.session_hours * 3_600_000

    @property
    def keyring_folder(self) -> Path:
        """Where the keys of files are: outside the graph, and never in its backups."""
        return self.keyring or self.data / "keyring"

    @property
    def anchors_file(self) -> Path:
        """Where the heads of files' logs are written down, signed."""
        return self.anchors or self.keyring_folder / "anchors.log"

    @property
    def index_folder(self) -> Path:
        """Where the embedded index lives."""
        return self.data / "index"

    def environment(self, around: Mapping[str, str]) -> dict[str, str]:
        """`around` as a child of this process must read it to have the same settings, secrets included."""
        kept = {name: value for name, value in around.items() if name.upper() not in file_names(type(self))}
        values = {setting_name(field): getattr(self, field) for field in type(self).model_fields}
        told = {name: in_text(value) for name, value in values.items() if value is not None}
        return kept | told | {"MAILLAGE_DATA": str(self.data.absolute())}


def _contradiction(sentence: str) -> PydanticCustomError:
    return PydanticCustomError("contradiction", sentence)  # pyright: ignore[reportArgumentType] - a sentence with its values
