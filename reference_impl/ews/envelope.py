"""SOAP 1.1 envelopes: requests taken apart safely, answers and faults put together."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Final

import msgspec
from lxml import etree

from reference_impl.ews import xml
from reference_impl.ews.errors import ClientFault, SoapFault
from reference_impl.ews.liberties import take_liberties
from reference_impl.ews.namespaces import ERRORS, MESSAGES, SOAP, TYPES, local, s, t
from reference_impl.ews.tree import Element, children, line_of, parts_of
from reference_impl.ews.versions import NEWEST, UNVERSIONED, Build, Version, version
from reference_impl.schemas import Direction, ews_schema, violation

PARSER_OPTIONS: Final[Mapping[str, Any]] = {
    "resolve_entities": False,
    "load_dtd": False,
    "no_network": True,
    "huge_tree": False,
    "remove_comments": True,
    "remove_pis": True,
}

HEADER_SINCE: Final = {
    t("RequestServerVersion"): None,
    t("MailboxCulture"): None,
    t("ExchangeImpersonation"): None,
    t("TimeZoneContext"): None,
    t("DateTimePrecision"): "Exchange2010_SP2",
    t("ManagementRole"): "Exchange2013",
}
"""The header blocks that are understood, and since when; others are passed over."""

_REQUEST: Final = Direction.REQUEST
_ENVELOPE, _HEADER, _BODY, _MUST_UNDERSTAND = (s(name) for name in ("Envelope", "Header", "Body", "mustUnderstand"))
_VERSION: Final = t("RequestServerVersion")
_CONTENT: Final = t("Content")
_NOT_BASE64: Final = re.compile(r"[^A-Za-z0-9+/= \t\r\n]")
_OF_MESSAGES, _OF_SOAP = f"{{{MESSAGES}}}", f"{{{SOAP}}}"

_CLIENT_ERROR: Final = -2146233088  # an exception that nobody gave a number

_OTHER_ACCESS_MODES: Final = frozenset({t("SerializedSecurityContext"), t("ExchangeImpersonation")})


class Request(msgspec.Struct, frozen=True):
    """A request whose envelope and body are valid in its version.

    ``name`` is the local name of the operation's element, ``parts`` are its children, ``headers`` the understood blocks
    by tag. Here they are held as long as the request is answered: an element of lxml's costs something each time that
    it is got anew.
    """

    version: Version
    name: str
    operation: Element
    parts: list[Element]
    headers: dict[str, Element]


def read_request(
    body: bytes,
    *,
    soap_action: str = "",
    charset: str = "utf-8",
    operations: frozenset[str],
    newest: Version = NEWEST,
) -> Request:
    """The one operation of an envelope, valid against the schema of the version it asks for, ``newest`` at most.

    Raises SoapFault: ErrorInvalidRequest, ErrorSchemaValidation, ErrorInvalidServerVersion,
    ErrorMoreThanOneAccessModeSpecified.
    """
    envelope = _parse(body, charset)
    if envelope.tag != _ENVELOPE:
        raise SoapFault(
            "ErrorSchemaValidation",
            f"The request must be a SOAP 1.1 envelope in the namespace {SOAP}.",
            (line_of(envelope), 1, f"Expected {s('Envelope')}, got {envelope.tag}."),
        )
    halves = parts_of(envelope)
    header, content = halves.get(_HEADER), halves.get(_BODY)
    if content is None or not len(content):
        asked = f" for {soap_action.strip()}" if soap_action.strip('" ') else ""
        raise SoapFault("ErrorInvalidRequest", f"The request{asked} has no operation in its Body.")
    first = content[0]
    name = local(first.tag)
    blocks = [] if header is None else children(header)
    asked_version = _version(blocks, newest)
    try:
        headers = _headers(blocks, asked_version)
        if name not in operations and first.tag.startswith(_OF_MESSAGES):
            raise _unknown(first, operations)
        _check_schema(envelope, asked_version)
        if name in WITH_CONTENTS:
            _check_contents(first)
    except SoapFault as fault:
        fault.asked = asked_version
        raise
    return Request(asked_version, name, first, children(first), headers)


WITH_CONTENTS: Final = frozenset({"CreateItem", "UpdateItem", "CreateAttachment"})
"""The operations in whose requests there are attachments, which alone have contents."""


def _unknown(first: Element, operations: frozenset[str]) -> SoapFault:
    return SoapFault(
        "ErrorSchemaValidation",
        f"The operation {local(first.tag)} is not known to this server.",
        (line_of(first), 1, f"Expected one of {', '.join(sorted(operations))}."),
    )


def _check_schema(envelope: Element, asked: Version) -> None:
    """Raise ErrorSchemaValidation for what does not follow the schema, liberties granted."""
    schema = ews_schema(asked.name, _REQUEST)
    problem = violation(schema, envelope)
    if problem is not None:
        take_liberties(envelope)
        problem = violation(schema, envelope)
    if problem is not None:
        raise SoapFault(
            "ErrorSchemaValidation",
            f"The request does not follow the schema of {asked.name}: {problem.message}",
            (problem.line or 1, max(problem.column, 1), problem.message),
        )


def _check_contents(operation: Element) -> None:
    """Raise ErrorSchemaValidation for characters that libxml2 passes over in an xs:base64Binary."""
    for content in operation.iter(_CONTENT):
        foreign = _NOT_BASE64.search(content.text or "")
        if foreign is not None:
            text = f"The character {foreign.group()!r} has no place in base64."
            raise SoapFault(
                "ErrorSchemaValidation",
                f"The request does not follow the schema: {text}",
                (line_of(content), 1, text),
            )


@lru_cache(maxsize=16)
def _parser(charset: str) -> etree.XMLParser:
    """A parser of texts in that charset; UTF-8, which everybody claims, leaves it to the text."""
    if charset == "utf-8":
        return etree.XMLParser(**PARSER_OPTIONS)
    try:
        return etree.XMLParser(encoding=charset, **PARSER_OPTIONS)
    except LookupError:
        raise SoapFault("ErrorInvalidRequest", f"The charset {charset!r} of the request is not known.") from None


def _parse(body: bytes, charset: str) -> Element:
    if not body.strip():
        raise SoapFault("ErrorInvalidRequest", "The request has no body; a SOAP 1.1 envelope is expected.")
    parser = _parser(charset)
    try:
        envelope = etree.fromstring(body, parser)
    except etree.XMLSyntaxError as error:
        line, column = error.position
        raise SoapFault(
            "ErrorInvalidRequest", f"The request is not well-formed XML: {error.msg}", (line, column, str(error.msg))
        ) from None
    except ValueError as error:
        raise SoapFault("ErrorInvalidRequest", f"The request cannot be read as XML: {error}") from None
    if envelope.getroottree().docinfo.internalDTD is not None:
        raise SoapFault(
            "ErrorSchemaValidation",
            "A SOAP message must not have a document type declaration (SOAP 1.1, section 3).",
            (1, 1, "Document type declarations and entities are not read."),
        )
    return envelope


def _version(blocks: list[Element], newest: Version) -> Version:
    name = UNVERSIONED
    for block in blocks:
        if block.tag == _VERSION:
            name = block.get("Version", "")
            break
    known = version(name)
    if known is None or known.rank > newest.rank:
        text = f"The specified server version is invalid: {name!r}. This server speaks {newest.name} at most."
        raise SoapFault("ErrorInvalidServerVersion", text)
    return known


def _headers(blocks: list[Element], asked: Version) -> dict[str, Element]:
    """The understood blocks by their tags; the others leave the tree, so that only the understood are validated."""
    if len(blocks) > 1 and sum(block.tag in _OTHER_ACCESS_MODES for block in blocks) > 1:
        raise SoapFault(
            "ErrorMoreThanOneAccessModeSpecified", "At most one header may say on whose behalf the request is made."
        )
    understood: dict[str, Element] = {}
    for block in blocks:
        tag = block.tag
        if tag in HEADER_SINCE and asked.has(HEADER_SINCE[tag]):
            for name in block.keys():  # noqa: SIM118  a list, and no mapping
                if str(name).startswith(_OF_SOAP):
                    del block.attrib[name]
            understood[tag] = block
        elif block.get(_MUST_UNDERSTAND) in {"1", "true"}:
            raise SoapFault("ErrorInvalidRequest", f"The header {tag} must be understood, and is not.")
        else:
            _leave(block)
    return understood


def _leave(block: Element) -> None:
    header = block.getparent()
    assert header is not None
    header.remove(block)


@lru_cache(maxsize=64)
def _opening(build: Build, asked: Version) -> str:
    """All of an answer before the inside of its Body."""
    return f"{_OPENING}{server_version_info(build, asked)}</s:Header><s:Body>"


_OPENING: Final = (
    '<?xml version="1.0" encoding="utf-8"?>\n'
    f'<s:Envelope xmlns:s="{SOAP}" xmlns:m="{MESSAGES}" xmlns:t="{TYPES}"><s:Header>'
)


def server_version_info(build: Build, asked: Version) -> str:
    """The header that every answer carries; its Version attribute came with Exchange2010."""
    schema = f' Version="{build.newest.name}"' if asked.has("Exchange2010") else ""
    return (
        f'<t:ServerVersionInfo MajorVersion="{build.major}" MinorVersion="{build.minor}" '
        f'MajorBuildNumber="{build.build}" MinorBuildNumber="{build.revision}"{schema}/>'
    )


def write_answer(build: Build, asked: Version, content: str) -> bytes:
    """The envelope around the inside of a Body."""
    return f"{_opening(build, asked)}{content}</s:Body></s:Envelope>".encode()


def write_streamed(build: Build, asked: Version, content: str) -> bytes:
    """One of the envelopes of an answer in several; clients find its bounds by the name Envelope without a prefix."""
    header = server_version_info(build, asked)
    return (
        f'<?xml version="1.0" encoding="utf-8"?>\n<Envelope xmlns="{SOAP}" xmlns:m="{MESSAGES}" xmlns:t="{TYPES}">'
        f"<Header>{header}</Header><Body>{content}</Body></Envelope>"
    ).encode()


def write_fault(build: Build, asked: Version, fault: SoapFault, address: str = "") -> bytes:
    """The envelope of a fault, with the detail that servers have given since Exchange 2010.

    ``address`` is where the request was sent; only the older form of faults tells it.
    """
    if isinstance(fault, ClientFault):
        return write_answer(build, asked, _client_fault(fault, address))
    content = (
        f"<s:Fault><faultcode>t:{fault.code}</faultcode>"
        f'<faultstring xml:lang="en-US">{xml.text(fault.text)}</faultstring>'
        f'<detail><e:ResponseCode xmlns:e="{ERRORS}">{fault.code}</e:ResponseCode>'
        f'<e:Message xmlns:e="{ERRORS}">{xml.text(fault.text)}</e:Message>{_fault_xml(fault)}</detail></s:Fault>'
    )
    return write_answer(build, asked, content)


def _fault_xml(fault: SoapFault) -> str:
    """Where the request leaves the schema, or the fault's named facts."""
    if fault.violation is not None:
        line, position, text = fault.violation
        place = xml.leaf("LineNumber", line) + xml.leaf("LinePosition", position) + xml.leaf("Violation", text)
        return xml.node("MessageXml", place)
    facts = "".join(
        f'<t:Value Name="{xml.attribute(name)}">{xml.text(str(value))}</t:Value>'
        for name, value in fault.values.items()
    )
    return xml.node("MessageXml", facts) if facts else ""


def _client_fault(fault: ClientFault, address: str) -> str:
    return (
        f"<s:Fault><faultcode>s:{fault.code}</faultcode><faultstring>{xml.text(fault.text)}</faultstring>"
        f"<faultactor>{xml.text(address)}</faultactor>"
        f"<detail><m:ErrorCode>{_CLIENT_ERROR}</m:ErrorCode></detail></s:Fault>"
    )
