"""GetServiceConfiguration: how the services around mail are set up (DOC getserviceconfiguration-operation)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from reference_impl.ews import xml
from reference_impl.ews.call import Call
from reference_impl.ews.errors import ResponseError
from reference_impl.ews.namespaces import m, t
from reference_impl.ews.operations.answers import failure, sole, success
from reference_impl.ews.tree import Element
from reference_impl.service.directory import domains, find_mailbox

_MESSAGE: Final = "ServiceConfigurationResponseMessageType"
_LARGE_AUDIENCE: Final = 25
"""More recipients than that are told to be many (Set-OrganizationConfig, MailTipsLargeAudienceThreshold)."""
_TIPS_AT_ONCE: Final = 50
_REFRESH_HOURS: Final = 24


def get_service_configuration(request: Element, call: Call) -> str:
    """Answer a GetServiceConfiguration: each configuration asked for is a response message of its own."""
    return sole("GetServiceConfiguration", lambda: _configurations(request, call))


def _configurations(request: Element, call: Call) -> str:
    _check_person(request.find(m("ActingAs")), call)
    asked = request.iterfind(f"{m('RequestedConfiguration')}/{m('ConfigurationName')}")
    names = dict.fromkeys(name for element in asked for name in (element.text or "").split())
    if not names:
        raise ResponseError("ErrorInvalidArgument", "ConfigurationName names no configuration.")
    return f"<m:ResponseMessages>{''.join(_configuration(name, call) for name in names)}</m:ResponseMessages>"


def _check_person(element: Element | None, call: Call) -> None:
    """Whoever the caller acts as must be told by address and routing type, and be known (DOC actingas)."""
    if element is None:
        return
    address = (element.findtext(t("EmailAddress")) or "").strip()
    routing = (element.findtext(t("RoutingType")) or "").strip()
    if routing.upper() != "SMTP" or find_mailbox(call.world, address) is None:
        raise ResponseError(
            "ErrorInvalidArgument", f"Nobody can act as {routing or 'an address without a type'}:{address}."
        )


def _configuration(name: str, call: Call) -> str:
    tell = _TOLD.get(name)
    if tell is None:
        error = ResponseError("ErrorInvalidOperation", f"This server has no configuration {name}.")
        return failure("", error, name=_MESSAGE)
    return success("", tell(call), name=_MESSAGE)


def _mail_tips(call: Call) -> str:
    """There are no tips, but the limits to messages that they would tell of."""
    settings = call.world.settings
    content = (
        xml.leaf("MailTipsEnabled", False)
        + xml.leaf("MaxRecipientsPerGetMailTipsRequest", _TIPS_AT_ONCE)
        + xml.leaf("MaxMessageSize", settings.message_bytes)
        + xml.leaf("LargeAudienceThreshold", _LARGE_AUDIENCE)
        + xml.leaf("ShowExternalRecipientCount", False)
        + _internal_domains(call)
    )
    if call.version.has("Exchange2013"):
        content += xml.leaf("PolicyTipsEnabled", False) + xml.leaf("LargeAudienceCap", settings.attendees)
    return f"<m:MailTipsConfiguration>{content}</m:MailTipsConfiguration>"


def _unified_messaging(_call: Call) -> str:
    content = (
        xml.leaf("UmEnabled", False) + xml.leaf("PlayOnPhoneDialString", "") + xml.leaf("PlayOnPhoneEnabled", False)
    )
    return f"<m:UnifiedMessagingConfiguration>{content}</m:UnifiedMessagingConfiguration>"


def _protection_rules(call: Call) -> str:
    content = "<t:Rules/>" + _internal_domains(call)
    return (
        f'<m:ProtectionRulesConfiguration RefreshInterval="{_REFRESH_HOURS}">{content}</m:ProtectionRulesConfiguration>'
    )


def _policy_nudges(_call: Call) -> str:
    return "<m:PolicyNudgeRulesConfiguration/>"


def _internal_domains(call: Call) -> str:
    names = (f'<t:Domain Name="{xml.attribute(name)}" IncludeSubdomains="false"/>' for name in domains(call.world))
    return xml.node("InternalDomains", "".join(names))


_TOLD: Final[Mapping[str, Callable[[Call], str]]] = {
    "MailTips": _mail_tips,
    "UnifiedMessagingConfiguration": _unified_messaging,
    "ProtectionRules": _protection_rules,
    "PolicyNudges": _policy_nudges,
}
"""The configurations that this server has; of others of the schema the documents say nothing."""
