"""The providers of a site, by name, as one process holds them."""

from __future__ import annotations

from collections.abc import Mapping

from starlette.requests import Request

from api.auth.issuers import read_issuers
from api.auth.provider import Provider
from api.settings import Settings
from graph.model.errors import NotFound

Providers = Mapping[str, Provider]


def open_providers(settings: Settings) -> Providers:
    """None is asked for anything before someone signs in. Raises SettingsRefused, in words."""
    return {
        name: Provider(issuer, f"{settings.public_site}/connexion/retour/{name}")
        for name, issuer in read_issuers(settings.issuers).items()
    }


def providers_of(request: Request) -> Providers:
    """Those of this site."""
    return request.app.state.providers


def provider_of(request: Request, name: str) -> Provider:
    """One by its name. Raises NotFound."""
    found = providers_of(request).get(name)
    if found is None:
        raise NotFound("Cette page n’existe pas.")
    return found
