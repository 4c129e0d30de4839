"""One visit to an endpoint of the identity platform, and what all endpoints share."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import parse_qs
from uuid import UUID

from reference_impl.http import HttpRequest
from reference_impl.oauth.errors import MALFORMED, PARAMETER_MISSING, PARAMETER_REPEATED, TENANT_UNKNOWN, Refused, Trace
from reference_impl.oauth.ledger import Ledger
from reference_impl.oauth.resources import Permissions
from reference_impl.oauth.tokens import Tokens
from reference_impl.service import directory
from reference_impl.service.world import World

_MOST_PARAMETERS: Final = 100
_GUID: Final = re.compile(r"[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}")
ANY_TENANT: Final = frozenset({"", "common", "organizations"})


@dataclass(frozen=True, slots=True)
class Authority:
    """A world with its tokens, its ledger and the permissions that it offers, by dialect."""

    world: World
    tokens: Tokens
    ledger: Ledger
    offered: Mapping[str, Permissions]

    def check_tenant(self, name: str) -> None:
        """Raise Refused where a path names another tenant: the words for any, its id and its domains name this one."""
        known = ANY_TENANT | {self.world.tenant.id, *directory.domains(self.world)}
        if name.casefold() not in known:
            raise Refused(TENANT_UNKNOWN, tenant=name)

    def trace(self, request: HttpRequest) -> Trace:
        """What a refusal says of its request; the client's own id comes back, where it is a GUID."""
        trace_id = str(UUID(bytes=self.world.ids.token(16), version=4))
        given = request.headers.get("client-request-id", "").strip()
        return Trace(self.world.clock.now(), trace_id, given if _GUID.fullmatch(given) else trace_id)


@dataclass(frozen=True, slots=True)
class Visit:
    """A request, the tenant its path names, its parameters, and whether it came to an endpoint of version 1."""

    request: HttpRequest
    tenant: str = ""
    is_old: bool = False
    parameters: Mapping[str, str] = field(default_factory=dict)

    def get(self, name: str) -> str:
        """A parameter, empty where it is absent."""
        return self.parameters.get(name, "")

    def need(self, name: str) -> str:
        """A parameter; Refused where it is absent or empty."""
        value = self.parameters.get(name, "")
        if not value:
            raise Refused(PARAMETER_MISSING, name=name)
        return value


def read_parameters(request: HttpRequest) -> dict[str, str]:
    """The parameters of a query and of a form in the body, each once at most (RFC 6749 section 3.1). Raises Refused.

    What is in both, as msal-node sends client-request-id, is that of the body.
    """
    found: dict[str, str] = {}
    for text in (request.query, request.body.decode("utf-8", "replace")):
        try:
            given = parse_qs(text, keep_blank_values=True, max_num_fields=_MOST_PARAMETERS)
        except ValueError:
            raise Refused(MALFORMED, reason=f"it has more than {_MOST_PARAMETERS} parameters.") from None
        for name, values in given.items():
            if len(values) > 1:
                raise Refused(PARAMETER_REPEATED, name=name)
            found[name] = values[0]
    return found
