"""The documents beside the endpoint: Services.wsdl, and the schemas that it refers to (WSDL 1.1, section 3)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from typing import Final

from lxml import etree

from reference_impl.ews import xml
from reference_impl.ews.envelope import HEADER_SINCE
from reference_impl.ews.namespaces import MESSAGES, TYPES, t
from reference_impl.ews.operations.registry import OPERATIONS
from reference_impl.ews.versions import Version
from reference_impl.http import HttpAnswer, HttpRequest
from reference_impl.schemas import standalone_xsd

_XML: Final = (("Content-Type", "text/xml; charset=utf-8"),)
_TEXT: Final = (("Content-Type", "text/plain; charset=utf-8"),)
_SOAP: Final = "http://schemas.xmlsoap.org/wsdl/soap/"
_XS: Final = "{http://www.w3.org/2001/XMLSchema}"

_ACTIONS: Final = {"GetStreamingEvents": "GetEvents"}
"""Operations whose SOAPAction bears another name (WSDL)."""

_OOF: Final = frozenset({"GetUserOofSettings", "SetUserOofSettings"})
_READING: Final = frozenset({"GetItem", "FindItem"})
_ZONED: Final = frozenset(
    {
        "CreateAttachment",
        "CreateFolder",
        "CreateItem",
        "FindFolder",
        "FindItem",
        "GetAttachment",
        "GetFolder",
        "GetItem",
        "GetUserAvailability",
        "UpdateItem",
    }
)

_HEADERS: Final[Mapping[str, Callable[[str], bool]]] = {
    "ExchangeImpersonation": lambda name: name != "GetServerTimeZones",
    "MailboxCulture": lambda name: name not in _OOF | {"GetUserAvailability", "ConvertId"},
    "RequestServerVersion": lambda name: name not in _OOF,
    "TimeZoneContext": lambda name: name in _ZONED,
    "DateTimePrecision": lambda name: name in _READING,
    "ManagementRole": lambda name: name in _READING | {"GetFolder", "FindFolder"},
}
"""The header blocks of requests, and which operations bind them (WSDL)."""


class DocumentsEndpoint:
    """Answers GET of Services.wsdl, types.xsd and messages.xsd, in any case, as they are in a version."""

    def __init__(self, version: Version) -> None:
        self._version = version

    def answer(self, request: HttpRequest) -> HttpAnswer:
        """The document that the path's last part names."""
        if request.method not in {"GET", "HEAD"}:
            return HttpAnswer(405, (("Allow", "GET, HEAD"), *_TEXT), b"This is a document to read.\n")
        name = request.path.rpartition("/")[2].lower()
        if name == "services.wsdl":
            return HttpAnswer(200, _XML, services_wsdl(f"{request.origin}/EWS/Exchange.asmx", self._version))
        return HttpAnswer(200, _XML, standalone_xsd(name, self._version.name))

    def too_large(self, _request: HttpRequest, limit: int) -> HttpAnswer:
        """The refusal of a body of more than ``limit`` bytes."""
        return HttpAnswer(413, _TEXT, f"A request may have {limit} bytes at most.\n".encode())

    def failed(self, _request: HttpRequest) -> HttpAnswer:
        """The answer that owns up to a mistake of this server."""
        return HttpAnswer(500, _TEXT, b"The server failed on this request; its log tells why.\n")


def services_wsdl(url: str, version: Version) -> bytes:
    """The WSDL of the operations that this server has in a version, with its endpoint at ``url``."""
    known = _messages_of(version)
    elements = {element.removesuffix("Request"): element for element in OPERATIONS if element in known}
    headers = {name: _headers(name, version) for name in elements}
    messages = "".join(_messages(name, element, headers[name]) for name, element in elements.items())
    port_type = "".join(_port_operation(name) for name in elements)
    binding = "".join(_bound_operation(name, headers[name]) for name in elements)
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n'
        f'<wsdl:definitions xmlns:wsdl="http://schemas.xmlsoap.org/wsdl/" xmlns:soap="{_SOAP}"'
        f' xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:tns="{MESSAGES}" xmlns:t="{TYPES}"'
        f' targetNamespace="{MESSAGES}">\n'
        f'<wsdl:types><xs:schema><xs:import namespace="{MESSAGES}" schemaLocation="messages.xsd"/></xs:schema>'
        f"</wsdl:types>\n{messages}"
        f'<wsdl:portType name="ExchangeServicePortType">\n{port_type}</wsdl:portType>\n'
        '<wsdl:binding name="ExchangeServiceBinding" type="tns:ExchangeServicePortType">\n'
        f'<soap:binding style="document" transport="http://schemas.xmlsoap.org/soap/http"/>\n{binding}'
        "</wsdl:binding>\n"
        '<wsdl:service name="ExchangeServices"><wsdl:port name="ExchangeServicePort"'
        f' binding="tns:ExchangeServiceBinding"><soap:address location="{xml.attribute(url)}"/></wsdl:port>'
        "</wsdl:service>\n</wsdl:definitions>\n"
    ).encode()


@cache
def _messages_of(version: Version) -> frozenset[str]:
    """The elements that may be in a Body, in a version."""
    root = etree.fromstring(standalone_xsd("messages.xsd", version.name))
    return frozenset(element.get("name", "") for element in root.iterfind(f"{_XS}element"))


def _headers(name: str, version: Version) -> list[str]:
    return [header for header, binds in _HEADERS.items() if version.has(HEADER_SINCE[t(header)]) and binds(name)]


def _messages(name: str, element: str, headers: list[str]) -> str:
    parts = "".join(f'<wsdl:part name="{header}" element="t:{header}"/>' for header in headers)
    return (
        f'<wsdl:message name="{name}SoapIn"><wsdl:part name="request" element="tns:{element}"/>{parts}'
        f'</wsdl:message>\n<wsdl:message name="{name}SoapOut"><wsdl:part name="{name}Result"'
        f' element="tns:{name}Response"/><wsdl:part name="ServerVersion" element="t:ServerVersionInfo"/>'
        "</wsdl:message>\n"
    )


def _port_operation(name: str) -> str:
    return (
        f'<wsdl:operation name="{name}"><wsdl:input message="tns:{name}SoapIn"/>'
        f'<wsdl:output message="tns:{name}SoapOut"/></wsdl:operation>\n'
    )


def _bound_operation(name: str, headers: list[str]) -> str:
    parts = "".join(f'<soap:header message="tns:{name}SoapIn" part="{header}" use="literal"/>' for header in headers)
    return (
        f'<wsdl:operation name="{name}"><soap:operation soapAction="{MESSAGES}/{_ACTIONS.get(name, name)}"/>'
        f'<wsdl:input>{parts}<soap:body parts="request" use="literal"/></wsdl:input><wsdl:output>'
        f'<soap:body parts="{name}Result" use="literal"/>'
        f'<soap:header message="tns:{name}SoapOut" part="ServerVersion" use="literal"/></wsdl:output>'
        "</wsdl:operation>\n"
    )
