"""What a scope string asks for: one resource, permissions of it, and what OpenID Connect adds.

Microsoft identity platform, scopes and permissions: a scope is the resource's URI with the permission behind it; one
without a URI is Microsoft Graph's; /.default means all that was consented to.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from reference_impl.domain.applications import Application, permission_names
from reference_impl.oauth.errors import (
    MALFORMED,
    NOT_CONSENTED,
    RESOURCE_UNKNOWN,
    RESOURCES_MIXED,
    SCOPE_INVALID,
    SCOPE_NOT_DEFAULT,
    Refused,
)

GRAPH: Final = "graph"
EWS: Final = "ews"
ANY: Final = "*"
DEFAULT: Final = ".default"
EWS_DELEGATED: Final = "EWS.AccessAsUser.All"
EWS_ROLE: Final = "full_access_as_app"

URIS: Final = {GRAPH: "https://graph.microsoft.com", EWS: "https://outlook.office365.com"}
"""The audience of each dialect's tokens."""
_NAMES: Final = {
    **{uri: dialect for dialect, uri in URIS.items()},
    "https://outlook.office.com": EWS,
    "00000003-0000-0000-c000-000000000000": GRAPH,
    "00000002-0000-0ff1-ce00-000000000000": EWS,
}
OPENID: Final = frozenset({"openid", "profile", "email", "offline_access"})
_LONGEST: Final = 16 * 1024
_PERMISSION: Final = re.compile(r"[A-Za-z][A-Za-z0-9_-]*(?:\.[A-Za-z0-9_-]+)*")


@dataclass(frozen=True, slots=True)
class Permissions:
    """All that can be granted on a resource: to a person's application, and to an application itself."""

    scopes: frozenset[str]
    roles: frozenset[str]


@dataclass(frozen=True, slots=True)
class Wish:
    """A scope string taken apart: the dialects of its resource, the permissions as written, and OpenID's words.

    ``prefix`` is the resource as it was written before them. Where no resource is named at all it is every one.
    """

    dialects: frozenset[str]
    permissions: tuple[str, ...]
    prefix: str = ""
    openid: frozenset[str] = frozenset()

    @property
    def is_open(self) -> bool:
        """Whether no permission is named, which here grants everything."""
        return not self.permissions


def read_scope(text: str, origin: str, resource: str = "") -> Wish:
    """The wish of a scope string, or of the resource of an older endpoint. Raises Refused.

    ``origin`` is the server's own, which names both dialects.
    """
    if len(text) > _LONGEST:
        raise Refused(MALFORMED, reason=f"a scope may have {_LONGEST} characters at most.")
    words = text.split()
    if resource:
        words = [word for word in words if word in OPENID] + [f"{resource.rstrip('/')}/{DEFAULT}"]
    permissions: dict[str, None] = {}
    resources: dict[frozenset[str], str] = {}
    for word in words:
        if word in OPENID:
            continue
        prefix, slash, name = word.rpartition("/")
        if name != DEFAULT and not _PERMISSION.fullmatch(name):
            raise Refused(SCOPE_INVALID, scope=word)
        dialects = _dialects(prefix.rstrip("/"), origin) if slash else _dialects_of_bare(name)
        resources.setdefault(dialects, prefix)
        permissions[name] = None
    if len(resources) > 1:
        raise Refused(RESOURCES_MIXED, resources=", ".join(prefix or URIS[GRAPH] for prefix in resources.values()))
    dialects, prefix = next(iter(resources.items()), (frozenset(URIS), ""))
    return Wish(dialects, tuple(permissions), prefix, OPENID.intersection(words))


def _dialects(resource: str, origin: str) -> frozenset[str]:
    if resource.casefold() == origin.casefold():
        return frozenset(URIS)
    known = _NAMES.get(resource.casefold())
    if known is None:
        raise Refused(RESOURCE_UNKNOWN, resource=resource)
    return frozenset({known})


def _dialects_of_bare(name: str) -> frozenset[str]:
    if name == DEFAULT:
        return frozenset(URIS)
    return frozenset({EWS if name in {EWS_DELEGATED, EWS_ROLE} else GRAPH})


def delegated(wish: Wish, application: Application, offered: Mapping[str, Permissions]) -> tuple[str, ...]:
    """The permissions that an application is given for a person who signs in. Raises Refused without consent."""
    consented = None if application.scopes is None else permission_names(application.scopes)
    every = sorted({name for dialect in wish.dialects for name in offered[dialect].scopes})
    if wish.is_open and consented is None:
        return (ANY,)
    if wish.is_open or DEFAULT in wish.permissions:
        given = tuple(name for name in every if consented is None or name.casefold() in consented)
        if not given:
            raise Refused(NOT_CONSENTED, client=application.id, scopes="this resource")
        return given
    lacking = [] if consented is None else [name for name in wish.permissions if name.casefold() not in consented]
    if lacking:
        raise Refused(NOT_CONSENTED, client=application.id, scopes=", ".join(lacking))
    return wish.permissions


def roles(wish: Wish, application: Application, offered: Mapping[str, Permissions]) -> tuple[str, ...]:
    """The roles of an application of its own: all that were granted, never a choice of them. Raises Refused."""
    if not wish.is_open and wish.permissions != (DEFAULT,):
        raise Refused(SCOPE_NOT_DEFAULT, scope=" ".join(wish.permissions))
    every = sorted({name for dialect in wish.dialects for name in offered[dialect].roles})
    granted = None if application.roles is None else permission_names(application.roles)
    if wish.is_open and granted is None:
        return (ANY,)
    return tuple(name for name in every if granted is None or name.casefold() in granted)


def written(wish: Wish, granted: tuple[str, ...]) -> str:
    """The scope member of an answer: what was granted, spelt as it was asked for."""
    names = [] if granted == (ANY,) else [f"{wish.prefix}/{name}" if wish.prefix else name for name in granted]
    if DEFAULT in wish.permissions and wish.prefix:
        names.append(f"{wish.prefix}/{DEFAULT}")
    return " ".join([*names, *sorted(wish.openid - {"offline_access"})])
