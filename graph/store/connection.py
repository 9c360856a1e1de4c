"""How a graph server is reached: the driver over its address, trust, routing; and what is wrong with it, in words."""

from __future__ import annotations

import logging
import ssl
from collections.abc import Iterator
from pathlib import Path
from socket import gaierror
from typing import Final
from urllib.parse import urlsplit

from neo4j import AsyncDriver, AsyncGraphDatabase, TrustCustomCAs
from neo4j.exceptions import Neo4jError

from graph.store.engine import Address

# `neo4j` asks the server who leads and who follows; `+s` is TLS with a certificate that is checked, `+ssc` with any.
PLAIN: Final = ("bolt", "neo4j")
CHECKED: Final = tuple(f"{scheme}+s" for scheme in PLAIN)
UNCHECKED: Final = tuple(f"{scheme}+ssc" for scheme in PLAIN)
ACQUISITION_SECONDS: Final = 8.0
# Load balancers forget a silent connection after some minutes, and say nothing.
LIVENESS_SECONDS: Final = 60.0
NO_DATABASE: Final = "Neo.ClientError.Database.DatabaseNotFound"
SECURITY: Final = "Neo.ClientError.Security."
_SCHEMA: Final = "Neo.ClientError.Schema."
THERE_ALREADY: Final = frozenset(
    f"{_SCHEMA}{what}"
    for what in ("EquivalentSchemaRuleAlreadyExists", "ConstraintAlreadyExists", "IndexAlreadyExists")
)

# What the driver could not do is raised, and told once by whoever asked; its own line would come at each new try.
logging.getLogger("neo4j.pool").setLevel(logging.CRITICAL)

# Of OpenSSL's codes, those after which a person does something else.
EXPIRED: Final = frozenset({9, 10})
OTHER_NAME: Final = frozenset({62, 64})


def driver_of(address: Address) -> AsyncDriver:
    """A driver, not connected yet. Its bookmarks make each unit see what earlier ones wrote, whichever server answers."""
    uri, trust = address.uri, {}
    if address.ca:
        # The driver wants one or the other: a scheme that asks for TLS, or an authority to trust.
        uri = uri.replace("+s://", "://", 1)
        trust = {"encrypted": True, "trusted_certificates": TrustCustomCAs(str(address.ca))}
    return AsyncGraphDatabase.driver(
        uri,
        auth=(address.user, address.password),
        telemetry_disabled=True,
        connection_acquisition_timeout=ACQUISITION_SECONDS,
        liveness_check_timeout=LIVENESS_SECONDS,
        max_connection_pool_size=address.pool,
        notifications_min_severity="OFF",
        **trust,
    )


def checked_uri(uri: str) -> str:
    """The same, when a driver can be made of it; empty for the embedded engine. Raises ValueError, in words."""
    if not uri:
        return uri
    parts = urlsplit(uri)
    if parts.scheme not in {*PLAIN, *CHECKED, *UNCHECKED}:
        raise ValueError(
            "l’adresse d’un serveur de graphe commence par bolt:// (un serveur) ou neo4j:// (une grappe), "
            "et avec TLS par bolt+s:// ou neo4j+s:// (bolt+ssc://, neo4j+ssc:// : sans vérifier le certificat)"
        )
    if not parts.hostname or any(letter.isspace() for letter in uri):
        raise ValueError("il manque un nom de machine : écrivez par exemple neo4j+s://graphe.exemple.fr:7687")
    if parts.username is not None or parts.password is not None:
        raise ValueError("le nom et le mot de passe se donnent par MAILLAGE_GRAPH_USER et MAILLAGE_GRAPH_PASSWORD")
    if parts.path.strip("/") or parts.fragment:
        raise ValueError("rien ne suit le port : la base se nomme par MAILLAGE_GRAPH_DATABASE")
    if parts.query and not parts.scheme.startswith("neo4j"):
        raise ValueError("un contexte de routage (« ?… ») ne va qu’avec neo4j://, neo4j+s:// ou neo4j+ssc://")
    try:
        named = parts.port is None or parts.port > 0
    except ValueError:
        named = False
    if not named:
        raise ValueError("le port est un nombre de 1 à 65535")
    return uri


def checked_authority(ca: Path, uri: str) -> Path:
    """The same, when these certificates can be read and `uri` makes use of them. Raises ValueError, in words."""
    if urlsplit(uri).scheme not in CHECKED:
        raise ValueError("une autorité ne sert qu’avec MAILLAGE_GRAPH_URI en bolt+s:// ou neo4j+s://")
    try:
        ssl.create_default_context(cafile=ca)
    except ssl.SSLError:
        raise ValueError("ce fichier ne contient pas de certificat au format PEM") from None
    except OSError:
        raise ValueError("ce fichier n’existe pas, ou ne peut pas être lu") from None
    return ca


def is_refusal(fault: BaseException) -> bool:
    """Whether waiting changes nothing: the server knows us and says no, or is not the one we were told of."""
    return _code(fault).startswith(SECURITY) or any(isinstance(cause, ssl.SSLError) for cause in _causes(fault))


def is_missing_database(fault: BaseException) -> bool:
    """No such database, or not yet: it may appear a moment after the port."""
    return _code(fault) == NO_DATABASE


def is_there_already(fault: BaseException) -> bool:
    """Whether another made the same constraint or index a moment before: IF NOT EXISTS looks before it locks (Neo4j)."""
    return _code(fault) in THERE_ALREADY


def was_too_long(fault: BaseException) -> bool:
    """Whether the engine ended a transaction at its own limit of time. Each engine, and each setting, has its own code."""
    return ".Transaction.TransactionTimedOut" in _code(fault)


def said_of(fault: BaseException, address: Address) -> str:
    """Why this server cannot be used, and what to do. Never the server's own words: they may hold anything."""
    server = f"Le serveur de graphe {address.uri}"
    if _code(fault).startswith(SECURITY):
        return _said_of_security(_code(fault), address)
    if is_missing_database(fault):
        return (
            f"{server} n’a pas de base « {address.database} » : créez-la, ou nommez-en une autre "
            "dans MAILLAGE_GRAPH_DATABASE."
        )
    for cause in _causes(fault):
        if isinstance(cause, ssl.SSLCertVerificationError):
            return _said_of_certificate(cause.verify_code, address)
        if isinstance(cause, ssl.SSLError) or (isinstance(cause, ConnectionResetError) and "+s" in address.uri):
            return (
                f"{server} ne répond pas en TLS : rien n’a été envoyé. Activez TLS de son côté, "
                "ou ôtez « +s » de MAILLAGE_GRAPH_URI si le réseau est sûr."
            )
        if isinstance(cause, gaierror):
            return f"« {urlsplit(address.uri).hostname} » n’est le nom d’aucune machine : corrigez MAILLAGE_GRAPH_URI."
    return f"La base « {address.database} » ne répond pas à l’adresse {address.uri}."


def _said_of_security(code: str, address: Address) -> str:
    server = f"Le serveur de graphe {address.uri}"
    match code.removeprefix(SECURITY):
        case "CredentialsExpired":
            return f"{server} veut un nouveau mot de passe pour « {address.user} » : changez-le, puis relancez."
        case "AuthenticationRateLimit":
            return (
                f"{server} a reçu trop de mots de passe faux pour « {address.user} » : attendez un peu, puis relancez."
            )
        case "Forbidden":
            return f"{server} n’ouvre pas la base « {address.database} » à « {address.user} » : donnez-lui ce droit."
        case _:
            return (
                f"{server} refuse l’utilisateur « {address.user} » ou son mot de passe : corrigez MAILLAGE_GRAPH_USER "
                "et MAILLAGE_GRAPH_PASSWORD."
            )


def _said_of_certificate(code: int, address: Address) -> str:
    server = f"Le certificat du serveur de graphe {address.uri}"
    if code in EXPIRED:
        return f"{server} n’est pas valable à cette date : rien n’a été envoyé. Faites-le renouveler."
    if code in OTHER_NAME:
        return (
            f"{server} est au nom d’une autre machine : rien n’a été envoyé. Écrivez dans MAILLAGE_GRAPH_URI le nom "
            "que porte le certificat."
        )
    return (
        f"{server} n’est signé par aucune autorité connue : rien n’a été envoyé. Donnez le certificat de son autorité "
        "dans MAILLAGE_GRAPH_CA."
    )


def _code(fault: BaseException) -> str:
    return (fault.code or "") if isinstance(fault, Neo4jError) else ""


def _causes(fault: BaseException | None) -> Iterator[BaseException]:
    """The fault and all that led to it: a router's faults come as a group, one for each server asked."""
    while fault is not None:
        yield fault
        if isinstance(fault, BaseExceptionGroup):
            for inner in fault.exceptions:
                yield from _causes(inner)
        fault = fault.__cause__ or fault.__context__
