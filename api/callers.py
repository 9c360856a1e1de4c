"""Who calls: the one name by which a caller is counted, whatever the door."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network
from itertools import islice
from typing import Any, Final, TypeAlias

from starlette.types import Scope

Address: TypeAlias = IPv4Address | IPv6Address

# What one subscriber is given: an address inside it says nothing, they have more than anyone can count.
IPV6_PREFIX: Final = 64
# A longer chain of proxies is not read further.
MOST_PROXIES: Final = 10
NOWHERE: Final = "?"
# Addresses that were read last: callers come again and again. Some 300 bytes each.
MOST_READ: Final = 1_024


def networks(given: object) -> object:
    """Networks as settings write them: "10.0.0.0/8 ::1", with spaces or commas between."""
    texts = _listed(given)
    if texts is None:
        return given
    for text in texts:
        try:
            ip_network(text)
        except ValueError:
            raise ValueError(f"« {text} » n’est ni une adresse ni un réseau : écrivez « 10.0.0.0/8 »") from None
    return texts


def host_names(given: object) -> object:
    """Names of the site as settings write them: "maillage.example.fr", without scheme or port."""
    texts = _listed(given)
    if texts is None:
        return given
    for text in texts:
        if not re.fullmatch(r"[a-z0-9.-]+|\[[0-9a-f:]+\]", text):
            raise ValueError(f"« {text} » n’est pas un nom de site : écrivez « maillage.exemple.fr », en minuscules")
    return texts


def _listed(given: object) -> tuple[str, ...] | None:
    if isinstance(given, str):
        return tuple(re.split(r"[\s,]+", given.strip(" ,\n\t"))) if given.strip(" ,\n\t") else ()
    return tuple(map(str, given)) if isinstance(given, tuple | list) else None


class Callers:
    """Names callers. `proxies` are the networks whose word on whom they speak for is taken."""

    def __init__(self, proxies: Iterable[str]) -> None:
        self._proxies = tuple(ip_network(text) for text in proxies)

    def name(self, scope: Scope) -> str:
        """The caller of this request: an IPv4 address, or the /64 of an IPv6 one. Later, an account or a token."""
        peer = _address(scope["client"][0]) if scope.get("client") else None
        if peer is None:
            return NOWHERE
        if not self._trusts(peer):
            return _named(peer)
        return _named(self._spoken_for(scope["headers"]) or peer)

    def _spoken_for(self, headers: Sequence[tuple[bytes, bytes]]) -> Address | None:
        """The nearest address that is no proxy of ours. Each proxy adds whom it heard at the end; the rest may be made up."""
        told = b",".join(value for name, value in headers if name == b"x-forwarded-for").decode("latin-1")
        heard: Address | None = None
        for text in islice(reversed(told.split(",")), MOST_PROXIES):
            address = _address(text.strip())
            if address is None:
                return heard
            heard = address
            if not self._trusts(address):
                return address
        return heard

    def _trusts(self, address: Address) -> bool:
        return any(address in network for network in self._proxies)


@lru_cache(maxsize=MOST_READ)
def _address(text: str) -> Address | None:
    """Of "192.0.2.1", "192.0.2.1:80", "2001:db8::1", "[2001:db8::1]:80". An IPv4 address mapped into IPv6 is itself."""
    bare = re.sub(r"^\[([^]]*)\](:\d+)?$|^([^:]*):\d+$", r"\1\3", text)
    try:
        address: Any = ip_address(bare.partition("%")[0])
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address


def _named(address: Address) -> str:
    if isinstance(address, IPv6Address):
        return str(IPv6Network((int(address) >> (128 - IPV6_PREFIX) << (128 - IPV6_PREFIX), IPV6_PREFIX)))
    return str(address)
