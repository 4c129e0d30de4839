"""Which client asks, whether it proves it, and where its users may be sent back to."""

from __future__ import annotations

import base64
import binascii
import hmac
import re
from typing import Final
from urllib.parse import unquote_plus, urlsplit

from reference_impl.domain.applications import Application
from reference_impl.domain.mailbox import MailboxKind
from reference_impl.oauth.assertions import KIND, check_assertion
from reference_impl.oauth.authority import Visit
from reference_impl.oauth.errors import (
    ASSERTION_KIND,
    CLIENT_UNKNOWN,
    PARAMETER_MISSING,
    REDIRECT_UNKNOWN,
    SECRET_MISSING,
    SECRET_WRONG,
    Refused,
)
from reference_impl.oauth.tokens import Client
from reference_impl.service import directory
from reference_impl.service.world import World

CLIENT_SECRET: Final = "meetproof"  # noqa: S105  the published secret of every client where none are registered
ANONYMOUS: Final = "meetproof"
"""The id of clients that show none, where none are registered."""

_GUID: Final = re.compile(r"[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}")
_LOOPBACK: Final = frozenset({"localhost", "127.0.0.1", "::1"})
_OWN_SCHEME: Final = re.compile(r"msal[0-9a-z-]*|msauth[0-9a-z.-]*|[a-z][a-z0-9-]*\.[a-z0-9.-]+")
_OUT_OF_BAND: Final = "urn:ietf:wg:oauth:2.0:oob"


def find_application(world: World, client_id: str) -> Application:
    """The registration of a client id; where there are none at all everybody's is made up. Raises Refused."""
    if not world.tenant.applications:
        return Application(client_id or ANONYMOUS, client_id or ANONYMOUS, (CLIENT_SECRET,), is_public=True)
    if not client_id:
        raise Refused(PARAMETER_MISSING, name="client_id")
    found = world.tenant.application(client_id)
    if found is None:
        raise Refused(CLIENT_UNKNOWN, client=client_id, tenant=world.tenant.id)
    return found


def read_client(world: World, visit: Visit) -> Client:
    """The client that posts a form; one that is not public has to prove it. Raises Refused."""
    shown = dict(visit.parameters) | _basic(visit.request.headers.get("authorization", ""))
    application = find_application(world, shown.get("client_id", ""))
    secret = shown.get("client_secret", "")
    is_proven = any(hmac.compare_digest(each.encode(), secret.encode()) for each in application.secrets)
    if assertion := visit.get("client_assertion"):
        if visit.get("client_assertion_type") != KIND:
            raise Refused(ASSERTION_KIND, given=visit.get("client_assertion_type"))
        check_assertion(application, assertion, visit.request.origin, world.clock.now().timestamp())
        is_proven = True
    if not application.is_public and not is_proven:
        raise Refused(SECRET_WRONG if secret else SECRET_MISSING, client=application.id)
    if secret and not is_proven and world.tenant.applications:
        raise Refused(SECRET_WRONG, client=application.id)
    return Client(application, is_proven)


def read_own_client(world: World, visit: Visit) -> Client:
    """The client that asks for a token of its own, proven; without registrations any GUID and any mailbox is one."""
    client = read_client(world, visit)
    application, mailbox = client.application, None
    if not world.tenant.applications and not _GUID.fullmatch(application.id):
        mailbox = directory.find_mailbox(world, application.id)
        is_named = application.id != ANONYMOUS
        if is_named and (mailbox is None or mailbox.kind is MailboxKind.LIST):
            raise Refused(CLIENT_UNKNOWN, client=application.id, tenant=world.tenant.id)
    if not client.is_proven or (mailbox is None and application.id == ANONYMOUS):
        has_secret = bool(visit.get("client_secret") or visit.request.headers.get("authorization"))
        raise Refused(SECRET_WRONG if has_secret else SECRET_MISSING, client=application.id)
    return Client(application, is_proven=True, mailbox=mailbox)


def read_redirect(application: Application, given: str, *, is_registered: bool) -> str:
    """Where the user is sent back to, from what a request says. Raises Refused.

    On loopback the port is the client's own choice (RFC 8252 section 7.3).
    """
    if not is_registered:
        if not given:
            raise Refused(PARAMETER_MISSING, name="redirect_uri")
        if not _is_harmless(given):
            raise Refused(REDIRECT_UNKNOWN, redirect=given, client=application.id)
        return given
    if not given and application.redirects:
        return application.redirects[0]
    if not any(given == each or _without_port(given) == _without_port(each) for each in application.redirects):
        raise Refused(REDIRECT_UNKNOWN, redirect=given, client=application.id)
    return given


def _is_harmless(redirect: str) -> bool:
    """An https address, one on loopback, or one of an installed program; a browser runs none of them as a script."""
    try:
        parts = urlsplit(redirect)
    except ValueError:
        return False
    if parts.fragment or "\n" in redirect or "\r" in redirect:
        return False
    if parts.scheme == "http":
        return parts.hostname in _LOOPBACK
    return (
        (parts.scheme == "https" and bool(parts.hostname))
        or redirect == _OUT_OF_BAND
        or _OWN_SCHEME.fullmatch(parts.scheme) is not None
    )


def _without_port(redirect: str) -> str | None:
    try:
        parts = urlsplit(redirect)
    except ValueError:
        return None
    if parts.scheme != "http" or parts.hostname not in _LOOPBACK:
        return redirect
    return parts._replace(netloc=parts.hostname or "").geturl().rstrip("/")


def _basic(authorization: str) -> dict[str, str]:
    """The client's id and secret where they come as Basic credentials (RFC 6749 section 2.3.1)."""
    scheme, _, credentials = authorization.partition(" ")
    if scheme.casefold() != "basic":
        return {}
    try:
        user, _, secret = base64.b64decode(credentials, validate=True).decode("utf-8").partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return {}
    return {"client_id": unquote_plus(user), "client_secret": unquote_plus(secret)}
