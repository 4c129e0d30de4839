"""TLS: a certificate made for the server's life, or the user's own."""

from __future__ import annotations

import ssl
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

LOOPBACK: Final = ("localhost", "127.0.0.1", "::1")


@dataclass(frozen=True, slots=True)
class Tls:
    """What a server shows its clients; ``ca`` is the PEM of the authority behind it, where that was made here too."""

    context: ssl.SSLContext
    ca: str = ""


def made_certificate(names: Sequence[str] = ()) -> Tls:
    """A certificate of a new authority for loopback and for these DNS names and addresses.

    Raises ValueError for a name that is neither.
    """
    import trustme

    authority = trustme.CA(organization_name="Meetproof")
    try:
        certificate = authority.issue_cert(*dict.fromkeys((*LOOPBACK, *names)), common_name="meetproof")
    except ValueError as problem:
        raise ValueError(f"no certificate can be made for {', '.join(names)}: {problem}") from problem
    context = _context()
    certificate.configure_cert(context)
    return Tls(context, authority.cert_pem.bytes().decode("ascii"))


def own_certificate(certificate: Path, key: Path | None = None) -> Tls:
    """The PEM files of a certificate with its chain, and of its key where the first file has none.

    Raises ValueError for files that cannot be read or do not fit each other.
    """
    context = _context()
    for path in (certificate, key):
        if path is not None and not path.is_file():
            raise ValueError(f"{path} is no file. Give the path of a PEM file.")
    try:
        context.load_cert_chain(certificate, key, password=_no_password)
    except (OSError, ValueError) as problem:  # an SSLError is an OSError
        files = certificate if key is None else f"{certificate} with the key {key}"
        raise ValueError(f"{files} cannot be used: {problem}") from problem
    return Tls(context)


def _context() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.set_alpn_protocols(["http/1.1"])
    return context


def _no_password() -> str:
    raise ValueError("its key is encrypted; a server cannot ask for the password")
