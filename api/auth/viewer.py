"""Who is here, for pages."""

from __future__ import annotations

from typing import Final

from starlette.requests import HTTPConnection, Request

from graph.model.access import VISITOR, Viewer
from graph.model.account import NOBODY, SignedIn
from graph.model.errors import NotSignedIn, Unavailable

SIGN_IN: Final = "Connectez-vous pour continuer. Rien n’a été modifié."

UNREAD_SESSION: Final = (
    "Votre session ne peut pas être lue en ce moment : rien n’a été modifié, et vous restez connecté. "
    "Réessayez dans un instant."
)


def viewer_of(request: HTTPConnection) -> Viewer:
    """Whoever asks; a visitor when nobody is signed in."""
    return getattr(request.state, "viewer", VISITOR)


def signed_in_of(request: HTTPConnection) -> SignedIn:
    """The session behind the request, with the names of the organisations she may act for."""
    return getattr(request.state, "signed_in", NOBODY)


def must_sign_in(request: Request) -> Viewer:
    """Whoever asks, with an account. Raises NotSignedIn: a page then leads to the door and back; Unavailable while it cannot be
    told who she is, for then the door is no help.
    """
    if signed_in_of(request).unread:
        raise Unavailable(UNREAD_SESSION)
    viewer = viewer_of(request)
    if not viewer.signed_in:
        raise NotSignedIn(SIGN_IN)
    return viewer
