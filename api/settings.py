"""Every knob, typed, from the environment (`MAILLAGE_…`), checked at start."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated, Final

from pydantic import AfterValidator, BeforeValidator, Field, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from api.callers import host_names, networks
from graph.store.connection import checked_authority, checked_uri
from graph.store.engine import POOL

VERSION: Final = "0.2.0"
ORIGIN: Final = re.compile(r"https?://[a-z0-9.:\[\]-]+")


def _origins(given: object) -> object:
    """Origins as browsers send them: a scheme and a host, no path."""
    if isinstance(given, str):
        given = tuple(re.split(r"[\s,]+", given.strip(" ,\n\t"))) if given.strip(" ,\n\t") else ()
    for origin in given if isinstance(given, tuple) else ():
        if not ORIGIN.fullmatch(str(origin)):
            raise ValueError(f"« {origin} » n’est pas une origine : écrivez « https://exemple.fr », sans chemin")
    return given


class Settings(BaseSettings):
    """How this process runs. Each field is documented by its description; README lists them."""

    model_config = SettingsConfigDict(env_prefix="MAILLAGE_", extra="ignore", frozen=True)

    data: Annotated[Path, Field(description="Folder that holds graph, index and lock.")] = Path("var/data")
    host: Annotated[str, Field(description="Address the site listens on.")] = "127.0.0.1"
    port: Annotated[int, Field(ge=1, le=65535, description="Port of the site.")] = 8000
    web: Annotated[int, Field(ge=1, le=32, description="Number of web processes.")] = 1
    demo: Annotated[
        bool,
        Field(description="Demonstration mode: opens the gallery page. `maillage demo` sets it, and loads the data."),
    ] = False
    heap: Annotated[
        str, Field(pattern=r"^\d+[mg]$", description="Memory of the embedded engine, as Java writes it.")
    ] = "768m"
    graph_uri: Annotated[
        str,
        AfterValidator(checked_uri),
        Field(description="Bolt address of a graph server; empty for the embedded engine."),
    ] = ""
    graph_user: Annotated[str, Field(description="User of the graph server.")] = "neo4j"
    graph_password: Annotated[str, Field(description="Password of the graph server.", repr=False)] = ""
    graph_database: Annotated[str, Field(min_length=1, description="Database name.")] = "maillage"
    graph_ca: Annotated[
        Path | None,
        BeforeValidator(lambda given: given or None),
        Field(description="Certificates (PEM) of a private authority that signed the graph server's."),
    ] = None
    graph_pool: Annotated[
        int, Field(ge=1, le=1000, description="Connections to the graph that one process keeps at most.")
    ] = POOL
    search_url: Annotated[
        str,
        Field(
            pattern=r"^(https?://[^\s/]+\S*)?$",
            description="Address of a Meilisearch server; empty for the embedded index.",
        ),
    ] = ""
    search_key: Annotated[
        str, Field(description="Its key, which may read and write documents, settings, indexes and tasks.", repr=False)
    ] = ""
    search_index: Annotated[
        str, Field(pattern=r"^[A-Za-z0-9_-]{1,200}$", description="Name of the index on that server.")
    ] = "maillage"
    explorer: Annotated[bool, Field(description="Serve the GraphQL explorer page.")] = True
    introspection: Annotated[bool, Field(description="Answer GraphQL introspection.")] = True
    allowed_origins: Annotated[
        tuple[str, ...],
        NoDecode,
        BeforeValidator(_origins),
        Field(
            description="Origins of other sites whose pages may ask the GraphQL door, with spaces or commas between."
        ),
    ] = ()
    graphql_cost: Annotated[int, Field(ge=100, description="Greatest cost of one GraphQL operation, in objects.")] = (
        6000
    )
    graphql_seconds: Annotated[float, Field(gt=0, le=30, description="Longest execution of one operation.")] = 1.0
    graphql_body_bytes: Annotated[int, Field(ge=1000, description="Largest GraphQL request.")] = 100_000
    graphql_answer_bytes: Annotated[int, Field(ge=1000, description="Largest GraphQL answer.")] = 262_144
    graphql_requests_per_minute: Annotated[
        int, Field(ge=0, description="GraphQL operations of one client in a minute; 0 for no limit.")
    ] = 300
    graphql_cost_per_minute: Annotated[
        int, Field(ge=0, description="Cost of all GraphQL operations of one client in a minute; 0 for no limit.")
    ] = 200_000
    pages_per_minute: Annotated[
        int, Field(ge=0, description="Pages and completion lists for one client in a minute; 0 for no limit.")
    ] = 600
    trusted_proxies: Annotated[
        tuple[str, ...],
        NoDecode,
        BeforeValidator(networks),
        Field(description="Addresses or networks of the proxies whose `X-Forwarded-For` says who the client is."),
    ] = ()
    hosts: Annotated[
        tuple[str, ...],
        NoDecode,
        BeforeValidator(host_names),
        Field(description="Names under which the site answers, with spaces or commas between; empty for any."),
    ] = ()
    connections: Annotated[
        int, Field(ge=10, description="Connections that one web process holds at a time; the others are answered 503.")
    ] = 500

    @field_validator("graph_ca")
    @classmethod
    def _authority(cls, ca: Path | None, given: ValidationInfo) -> Path | None:
        # An address that was refused is not there to compare with, and is told on its own.
        return checked_authority(ca, given.data["graph_uri"]) if ca and "graph_uri" in given.data else ca

    @property
    def index_folder(self) -> Path:
        """Where the embedded index lives."""
        return self.data / "index"
