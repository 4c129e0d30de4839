"""Which listeners events may be pushed to: those on this machine, and those that the server's owner has named.

Whoever has a mailbox can ask for pushes, so nothing else may be reached: neither by the address in a URL, nor by an
address that a name turns out to have.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable
from typing import Final
from urllib.parse import urlsplit

from reference_impl.domain.errors import CallbackRefused

_LONGEST: Final = 2082  # characters (DOC responsecode, ErrorInvalidPushSubscriptionUrl)
_NAME: Final = re.compile(r"[0-9a-z_-]+(\.[0-9a-z_-]+)*\.?", re.IGNORECASE)

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


class Callbacks:
    """The hosts that may be reached: loopback, and ``named`` ones: host names, addresses, networks (RFC 4632)."""

    def __init__(self, named: Iterable[str] = ()) -> None:
        self.named = tuple(named)
        self._networks: list[ipaddress.IPv4Network | ipaddress.IPv6Network] = []
        self._names: set[str] = set()
        for host in self.named:
            try:
                self._networks.append(ipaddress.ip_network(host, strict=False))
            except ValueError:
                if not _NAME.fullmatch(host):
                    raise ValueError(f"{host!r} is no host name, address or network (192.0.2.0/24)") from None
                self._names.add(_spelt(host))

    def check(self, url: str) -> None:
        """Raise CallbackRefused for what is no URL of a listener that may be reached."""
        if not 0 < len(url) <= _LONGEST:
            raise CallbackRefused(reason=f"it has {len(url)} characters, not 1 to {_LONGEST}")
        try:
            parts = urlsplit(url)
            host, _port = parts.hostname, parts.port
        except ValueError as error:
            raise CallbackRefused(reason=str(error)) from None
        if parts.scheme not in {"http", "https"} or not host:
            raise CallbackRefused(reason="it is no http or https URL with a host")
        address = address_of(host)
        if not (self.knows_name(host) if address is None else self.reaches(address)):
            raise CallbackRefused(reason=f"{host} is neither this machine nor among the hosts that may be notified")

    def knows_name(self, name: str) -> bool:
        """Whether a host may be reached by this name (RFC 6761 section 6.3 for the names of this machine)."""
        return self.is_named(name) or _spelt(name).rpartition(".")[2] == "localhost"

    def is_named(self, name: str) -> bool:
        """Whether the server's owner has named this host, and so vouches for every address that it has."""
        return _spelt(name) in self._names

    def reaches(self, address: Address) -> bool:
        """Whether this address may be reached."""
        return address.is_loopback or any(address in network for network in self._networks)


def address_of(host: str) -> Address | None:
    """The address that a host is spelt as, of IPv4 where IPv6 only wraps it; None for a name."""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return mapped or address


def _spelt(name: str) -> str:
    return name.removesuffix(".").casefold()
