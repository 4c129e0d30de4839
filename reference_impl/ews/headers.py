"""What the request's header blocks change: on whose behalf, in which zone, with which precision."""

from __future__ import annotations

from typing import Final

from reference_impl.domain.mailbox import Mailbox, MailboxKind
from reference_impl.domain.timezone import zone
from reference_impl.ews.call import Call
from reference_impl.ews.custom_zones import read_zone
from reference_impl.ews.envelope import Request
from reference_impl.ews.errors import ResponseError, SoapFault
from reference_impl.ews.namespaces import local, t
from reference_impl.ews.tree import Element
from reference_impl.service.directory import find_by_security_id, find_mailbox, mailbox_by_id
from reference_impl.service.world import World

_PRECISION, _IMPERSONATION = t("DateTimePrecision"), t("ExchangeImpersonation")
_TIME_ZONE: Final = t("TimeZoneContext")

_PRECISE: Final = frozenset({"GetItem", "FindItem"})
"""The operations that DateTimePrecision concerns (WSDL bindings)."""

_WITHOUT_IMPERSONATION: Final = frozenset({"GetServerTimeZones"})


def call_of(request: Request, world: World, actor: Mailbox, *, application: bool = False, client_id: str = "") -> Call:
    """The call that a request makes; an application may be registered for some mailboxes only.

    Raises SoapFault: the impersonation codes and ErrorTimeZone.
    """
    zone_name = _zone_name(request)
    precision = request.headers.get(_PRECISION)
    impersonation = request.headers.get(_IMPERSONATION)
    if impersonation is not None and request.name not in _WITHOUT_IMPERSONATION:
        actor = _impersonated(impersonation, world, actor, application=application)
        registered = world.tenant.application(client_id) if application else None
        if registered is not None and not registered.reaches(actor.address):
            raise SoapFault("ErrorImpersonateUserDenied", f"{registered.name} may not act for {actor.address}.")
    elif application and mailbox_by_id(world, actor.id) is None and request.name not in _WITHOUT_IMPERSONATION:
        raise SoapFault(
            "ErrorInvalidExchangeImpersonationHeaderData",
            "An application's own token needs an ExchangeImpersonation header that says for whom it acts.",
        )
    return Call(
        world=world,
        actor=actor,
        version=request.version,
        zone=None if zone_name is None else zone(zone_name),
        zone_name=zone_name,
        milliseconds=precision is not None and precision.text == "Milliseconds" and request.name in _PRECISE,
    )


def _zone_name(request: Request) -> str | None:
    context = request.headers.get(_TIME_ZONE)
    if context is None:
        return None
    definition = context.find(t("TimeZoneDefinition"))
    assert definition is not None
    try:
        return read_zone(definition)
    except ResponseError as error:
        raise SoapFault("ErrorTimeZone", f"The TimeZoneContext cannot be used: {error.text}") from None


def _impersonated(header: Element, world: World, caller: Mailbox, *, application: bool) -> Mailbox:
    """The mailbox that the caller acts for (DOC responsecode)."""
    connecting = header.find(t("ConnectingSID"))
    named = next(iter(connecting), None) if connecting is not None else None
    text = (named.text or "").strip() if named is not None else ""
    if named is None or not text:
        raise SoapFault(
            "ErrorInvalidExchangeImpersonationHeaderData", "ConnectingSID must name one person, and not be empty."
        )
    kind = local(named.tag)
    if kind == "PrincipalName" and "@" not in text:
        raise SoapFault("ErrorInvalidUserPrincipalName", f"{text!r} is no user principal name.")
    if not application and not caller.may_impersonate:
        raise SoapFault("ErrorImpersonateUserDenied", f"{caller.address} may not act for other people.")
    mailbox = find_by_security_id(world, text) if kind == "SID" else find_mailbox(world, text)
    if kind == "SID" and mailbox is None:
        raise SoapFault("ErrorInvalidUserSid", f"{text!r} is nobody's security identifier.")
    if mailbox is None or mailbox.kind is MailboxKind.LIST:
        raise SoapFault("ErrorNonExistentMailbox", f"Nobody has the mailbox {text!r}.")
    return mailbox
