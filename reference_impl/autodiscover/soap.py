"""Autodiscover over SOAP: GetUserSettings and GetDomainSettings ([MS-OXWSADISC] 3.1.4)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from lxml import etree

from reference_impl.autodiscover.account import Account, Service, ews_url, find_mailbox
from reference_impl.autodiscover.settings import UNAVAILABLE, USER
from reference_impl.autodiscover.xml import Element, Vocabulary, read_xml, write_xml
from reference_impl.http import HttpAnswer, HttpRequest
from reference_impl.schemas import autodiscover_schema, violation
from reference_impl.service import directory
from reference_impl.service.world import World

SOAP: Final = "http://schemas.xmlsoap.org/soap/envelope/"
ADDRESSING: Final = "http://www.w3.org/2005/08/addressing"
INSTANCE: Final = "http://www.w3.org/2001/XMLSchema-instance"
DISCOVERY: Final = "http://schemas.microsoft.com/exchange/2010/Autodiscover"
ACTIONS: Final = f"{DISCOVERY}/Autodiscover/"
OLDEST: Final = "Exchange2010"
LIMIT: Final = 100
"""How many users or domains a request may name."""

_XML: Final = (("Content-Type", "text/xml; charset=utf-8"),)
_NIL: Final = {f"{{{INSTANCE}}}nil": "true"}

_s: Final = Vocabulary(SOAP, {"s": SOAP, "a": ADDRESSING, "i": INSTANCE})
_d: Final = Vocabulary(DISCOVERY)
_a: Final = Vocabulary(ADDRESSING, {"s": SOAP, "a": ADDRESSING})
_plain: Final = Vocabulary("")


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation: the element that asks, what it asks about, and the answer about each."""

    name: str
    subject: str
    about: Callable[[SoapEndpoint, str, list[str], str], Element]
    path: str


class SoapEndpoint:
    """Answers each user or domain by itself; what is wrong with the request as a whole is an error of the response."""

    def __init__(self, world: World, service: Service) -> None:
        self._world = world
        self._service = service

    def answer(self, request: HttpRequest) -> HttpAnswer:
        """The answer, or a SOAP fault with status 500 where the text is no request at all."""
        try:
            envelope = read_xml(request.body)
        except ValueError as error:
            return _fault("s:Client", f"The request is not well-formed XML: {error}")
        body = envelope.find(f"{{{SOAP}}}Body")
        asked = next(iter(body), None) if envelope.tag == f"{{{SOAP}}}Envelope" and body is not None else None
        if asked is None:
            return _fault("s:Client", f"The request must be a SOAP 1.1 envelope with a body, in the namespace {SOAP}.")
        operation = OPERATIONS.get(str(asked.tag))
        if operation is None:
            return _fault("a:ActionNotSupported", f"There is no operation {etree.QName(asked).localname} here.")
        problem = self._problem(envelope, asked, operation)
        if problem:
            return self._told(operation, "InvalidRequest", problem, None)
        settings = [element.text or "" for element in asked.iter(f"{{{DISCOVERY}}}Setting")]
        named = [element.text or "" for element in asked.iter(f"{{{DISCOVERY}}}{operation.path}")]
        answers = [operation.about(self, name, settings, request.origin) for name in named]
        return self._told(operation, "NoError", "", answers)

    def too_large(self, _request: HttpRequest, limit: int) -> HttpAnswer:
        """The fault for a body of more than ``limit`` bytes, which was not read."""
        return _fault("s:Client", f"A request may have {limit} bytes at most.", 413)

    def failed(self, _request: HttpRequest) -> HttpAnswer:
        """The fault that owns up to a mistake of this server."""
        return _fault("s:Server", "The server failed on this request; its log tells why.")

    def user(self, address: str, settings: list[str], origin: str) -> Element:
        """What a UserResponse says of one mailbox."""
        mailbox = find_mailbox(self._world, address)
        if mailbox is None:
            return _user_response("InvalidUser", f"Invalid user: '{address}'")
        if mailbox.redirect:
            is_url = "://" in mailbox.redirect
            code, text = ("RedirectUrl", "Redirection URL.") if is_url else ("RedirectAddress", "Redirection address.")
            return _user_response(code, text, mailbox.redirect)
        account = Account(mailbox, self._service, origin)
        values = [_setting("UserSetting", name, USER[name](account)) for name in settings if name in USER]
        errors = [_setting_error("UserSettingError", name) for name in settings if name not in USER]
        return _user_response("NoError", "No error.", None, errors, values)

    def domain(self, name: str, settings: list[str], origin: str) -> Element:
        """What a DomainResponse says of one domain."""
        domains = {mailbox.person.key.partition("@")[2] for mailbox in directory.people(self._world)}
        if name.strip().casefold() not in domains:
            return _domain_response("InvalidDomain", f"Invalid domain: '{name}'", (), ())
        known = {"ExternalEwsUrl": ews_url(origin), "ExternalEwsVersion": self._service.version}
        values = [_setting("DomainSetting", each, known[each]) for each in settings if each in known]
        errors = [_setting_error("DomainSettingError", each) for each in settings if each not in known]
        return _domain_response("NoError", "No error.", errors, values)

    def _problem(self, envelope: Element, asked: Element, operation: Operation) -> str:
        """What is wrong with a request, or nothing."""
        names = self._service.schemas
        known = names[names.index(OLDEST) :] if OLDEST in names else (OLDEST,)
        version = envelope.findtext(f"{{{SOAP}}}Header/{{{DISCOVERY}}}RequestedServerVersion")
        if (version or "").strip() not in known:
            given = "missing" if version is None else f"invalid: {version!r}"
            return f"The header RequestedServerVersion is {given}. Expected one of {', '.join(known)}."
        wrong = violation(autodiscover_schema("soap"), asked)
        if wrong is not None:
            return f"The request is invalid: {wrong.message}"
        if sum(1 for _ in asked.iter(f"{{{DISCOVERY}}}{operation.path}")) > LIMIT:
            return f"A request may name {LIMIT} {operation.subject}s at most."
        return ""

    def _told(self, operation: Operation, code: str, text: str, answers: list[Element] | None) -> HttpAnswer:
        responses = f"{operation.subject}Responses"
        content = _d(responses, attributes=_NIL) if answers is None else _d(responses, *answers)
        message = _d(
            f"{operation.name}ResponseMessage", _d("Response", _d("ErrorCode", code), _d("ErrorMessage", text), content)
        )
        understood = {f"{{{SOAP}}}mustUnderstand": "1"}
        action = _a("Action", f"{ACTIONS}{operation.name}Response", attributes=understood)
        major, minor, build, revision = self._service.build
        version = _d(
            "ServerVersionInfo",
            _d("MajorVersion", str(major)),
            _d("MinorVersion", str(minor)),
            _d("MajorBuildNumber", str(build)),
            _d("MinorBuildNumber", str(revision)),
            _d("Version", [name for name in self._service.schemas if name.startswith("Exchange")][-1]),
        )
        return _written(200, _s("Envelope", _s("Header", action, version), _s("Body", message)))


OPERATIONS: Final[Mapping[str, Operation]] = {
    f"{{{DISCOVERY}}}{operation.name}RequestMessage": operation
    for operation in (
        Operation("GetUserSettings", "User", SoapEndpoint.user, "Mailbox"),
        Operation("GetDomainSettings", "Domain", SoapEndpoint.domain, "Domain"),
    )
}


def _setting(tag: str, name: str, value: str) -> Element:
    kind = {"UserSetting": "StringSetting", "DomainSetting": "DomainStringSetting"}[tag]
    return _d(tag, _d("Name", name), _d("Value", value), attributes={f"{{{INSTANCE}}}type": kind})


def _setting_error(tag: str, name: str) -> Element:
    is_known = name in UNAVAILABLE or name in USER
    code = "SettingIsNotAvailable" if is_known else "InvalidSetting"
    text = f"Setting '{name}' is not available." if is_known else f"Setting '{name}' is not known."
    return _d(tag, _d("ErrorCode", code), _d("ErrorMessage", text), _d("SettingName", name))


def _user_response(
    code: str,
    text: str,
    target: str | None = None,
    errors: Iterable[Element] = (),
    values: Iterable[Element] = (),
) -> Element:
    return _d(
        "UserResponse",
        _d("ErrorCode", code),
        _d("ErrorMessage", text),
        _d("RedirectTarget", attributes=_NIL) if target is None else _d("RedirectTarget", target),
        _d("UserSettingErrors", *errors),
        _d("UserSettings", *values),
    )


def _domain_response(code: str, text: str, errors: Iterable[Element], values: Iterable[Element]) -> Element:
    return _d(
        "DomainResponse",
        _d("ErrorCode", code),
        _d("ErrorMessage", text),
        _d("DomainSettingErrors", *errors),
        _d("DomainSettings", *values),
        _d("RedirectTarget", attributes=_NIL),
    )


def _fault(code: str, text: str, status: int = 500) -> HttpAnswer:
    fault = _s("Fault", _plain("faultcode", code), _plain("faultstring", text))
    return _written(status, _s("Envelope", _s("Body", fault)))


def _written(status: int, envelope: Element) -> HttpAnswer:
    return HttpAnswer(status, _XML, write_xml(envelope))
