"""The authentication schemes that a server can offer, and those that work where it runs."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Final

CHALLENGES: Final = {
    "basic": 'Basic realm="meetproof"',
    "ntlm": "NTLM",
    "negotiate": "Negotiate",
    "bearer": 'Bearer realm="meetproof"',
}
"""Each scheme's WWW-Authenticate value, in the order of the headers: some clients read no further than the first."""

HANDSHAKES: Final = frozenset({"negotiate", "ntlm"})
"""The schemes that log a connection in, not a request (RFC 4559, [MS-NTHT])."""

_KEYTAB: Final = b"\x05\x02"  # the version with which keytab files begin


@dataclass(frozen=True, slots=True)
class Schemes:
    """What a server's EWS and Autodiscover offer; ``keytab`` has the keys of its Kerberos service."""

    names: tuple[str, ...]
    keytab: Path | None = None


def choose_schemes(asked: Sequence[str] | None = None, keytab: Path | None = None) -> Schemes:
    """The schemes asked for, or all that work here.

    Raises ValueError for a scheme that is unknown or does not work here, and for a keytab that cannot be used.
    """
    if keytab is not None:
        _check_keytab(keytab)
    absent = _absent(keytab)
    if asked is None:
        return Schemes(tuple(name for name in CHALLENGES if name not in absent), keytab)
    if unknown := [name for name in asked if name not in CHALLENGES]:
        raise ValueError(f"unknown authentication scheme {', '.join(unknown)}; known: {', '.join(CHALLENGES)}")
    if not asked:
        raise ValueError(f"a server needs an authentication scheme: {', '.join(CHALLENGES)}")
    for name in asked:
        if name in absent:
            raise ValueError(f"{name} does not work here: {absent[name]}")
    return Schemes(tuple(name for name in CHALLENGES if name in asked), keytab)


def _absent(keytab: Path | None) -> dict[str, str]:
    """The schemes that do not work here, with the reason."""
    if hasattr(os, "memfd_create"):
        return {}
    reason = "passwords are handed over in a file in memory, which only Linux has"
    return {"ntlm": reason} if keytab is not None else {"ntlm": reason, "negotiate": reason}


def _check_keytab(keytab: Path) -> None:
    if find_spec("gssapi") is None or find_spec("krb5") is None:
        raise ValueError("Kerberos needs more packages: pip install 'meetproof[kerberos]'")
    try:
        with keytab.open("rb") as file:
            head = file.read(len(_KEYTAB))
    except OSError as error:
        raise ValueError(f"{keytab} cannot be read: {error.strerror}. Give the path of a keytab.") from error
    if head != _KEYTAB:
        raise ValueError(f"{keytab} is no keytab")
