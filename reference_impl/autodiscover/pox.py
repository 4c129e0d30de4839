"""Autodiscover in plain old XML: the request and the answer of Outlook's schema ([MS-OXDSCLI] 2.2.3 and 2.2.4)."""

from __future__ import annotations

import zlib
from typing import Final

from lxml import etree

from reference_impl.autodiscover.account import DEPLOYMENT, Account, Service, find_legacy_dn, find_mailbox
from reference_impl.autodiscover.xml import Element, Vocabulary, read_xml, write_xml
from reference_impl.domain.mailbox import Mailbox
from reference_impl.http import HttpAnswer, HttpRequest
from reference_impl.schemas import autodiscover_schema, violation
from reference_impl.service.world import World

REQUEST: Final = "http://schemas.microsoft.com/exchange/autodiscover/outlook/requestschema/2006"
RESPONSE: Final = "http://schemas.microsoft.com/exchange/autodiscover/responseschema/2006"
OUTLOOK: Final = "http://schemas.microsoft.com/exchange/autodiscover/outlook/responseschema/2006a"

_XML: Final = (("Content-Type", "text/xml; charset=utf-8"),)
_ERRORS: Final = {
    500: "The email address can't be found.",
    600: "Invalid Request",
    601: "Provider is not available.",
}

_outlook: Final = Vocabulary(OUTLOOK)
_plain: Final = Vocabulary(RESPONSE)


class _Refused(Exception):
    """A request that is answered with this error."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


class PoxEndpoint:
    """Answers with the settings of a mailbox, a redirection, or one of three errors, always with status 200."""

    def __init__(self, world: World, service: Service) -> None:
        self._world = world
        self._service = service

    def answer(self, request: HttpRequest) -> HttpAnswer:
        """The answer to an Autodiscover request."""
        try:
            mailbox = self._wanted(request.body)
        except _Refused as refusal:
            return self._error(refusal.code)
        if mailbox.redirect:
            return _told(_outlook("Response", _redirection(mailbox)))
        return _told(_settings(Account(mailbox, self._service, request.origin)))

    def too_large(self, _request: HttpRequest, _limit: int) -> HttpAnswer:
        """The error of a request that was not read."""
        return self._error(600)

    def failed(self, _request: HttpRequest) -> HttpAnswer:
        """No answer of Autodiscover: clients go on to the next place."""
        return HttpAnswer(
            500, (("Content-Type", "text/plain; charset=utf-8"),), b"The server failed on this request.\n"
        )

    def _wanted(self, body: bytes) -> Mailbox:
        try:
            asked = read_xml(body)
        except ValueError:
            raise _Refused(600) from None
        if etree.QName(asked).localname != "Autodiscover":
            raise _Refused(600)
        schemas = [element.text for element in asked.iter("{*}AcceptableResponseSchema")]
        if schemas and schemas != [OUTLOOK]:
            raise _Refused(601)
        address, name = (asked.findtext(f".//{{{REQUEST}}}{tag}") or "" for tag in ("EMailAddress", "LegacyDN"))
        if violation(autodiscover_schema("pox-request"), asked) is not None or not (address or name):
            raise _Refused(600)
        mailbox = find_mailbox(self._world, address) if address else find_legacy_dn(self._world, name)
        if mailbox is None:
            raise _Refused(500)
        return mailbox

    def _error(self, code: int) -> HttpAnswer:
        """Time is the server's; Id stands for the name of the machine, of which only a hash is told."""
        now = self._world.clock.now().strftime("%H:%M:%S.%f") + "0"
        error = _plain(
            "Error",
            _plain("ErrorCode", str(code)),
            _plain("Message", _ERRORS[code]),
            _plain("DebugData"),
            attributes={"Time": now, "Id": str(zlib.crc32(DEPLOYMENT.encode()))},
        )
        return _told(_plain("Response", error))


def _redirection(mailbox: Mailbox) -> Element:
    if "://" in mailbox.redirect:
        return _outlook("Account", _outlook("Action", "redirectUrl"), _outlook("RedirectUrl", mailbox.redirect))
    return _outlook("Account", _outlook("Action", "redirectAddr"), _outlook("RedirectAddr", mailbox.redirect))


def _settings(account: Account) -> Element:
    url = account.ews_url
    urls = [_outlook("ASUrl", url), _outlook("EwsUrl", url), _outlook("EmwsUrl", url), _outlook("OOFUrl", url)]
    web = [
        _outlook(name, _outlook("Protocol", _outlook("Type", kind), _outlook("ASUrl", url)))
        for name, kind in (("Internal", "EXCH"), ("External", "EXPR"))
    ]
    inside = [
        _outlook("Type", "EXCH"),
        _outlook("Server", account.server),
        _outlook("ServerDN", account.server_dn),
        _outlook("ServerVersion", account.service.version_number),
        _outlook("MdbDN", account.database_dn),
        _outlook("AD", account.server),
        *urls,
    ]
    outside = [
        _outlook("Type", "EXPR"),
        _outlook("Server", account.server),
        _outlook("SSL", "On" if account.is_https else "Off"),
        _outlook("AuthPackage", account.service.auth_package),
        *[_outlook(etree.QName(element).localname, element.text or "") for element in urls],
    ]
    return _outlook(
        "Response",
        _outlook(
            "User",
            _outlook("DisplayName", account.mailbox.person.name),
            _outlook("LegacyDN", account.user_dn),
            _outlook("AutoDiscoverSMTPAddress", account.mailbox.address),
            _outlook("DeploymentId", DEPLOYMENT),
        ),
        _outlook(
            "Account",
            _outlook("AccountType", "email"),
            _outlook("Action", "settings"),
            _outlook("MicrosoftOnline", "False"),
            _outlook("Protocol", *inside),
            _outlook("Protocol", *outside),
            _outlook("Protocol", _outlook("Type", "WEB"), *web),
        ),
    )


def _told(response: Element) -> HttpAnswer:
    return HttpAnswer(200, _XML, write_xml(_plain("Autodiscover", response)))
