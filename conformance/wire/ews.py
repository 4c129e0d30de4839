"""EWS messages: parsed without entities, DTDs or network; operation, version, response messages and faults."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from lxml import etree

from conformance.model.exchange import Request
from conformance.wire.namespaces import BODY, ENVELOPE, ERRORS, FAULT, HEADER, local, m, t

DEFAULT_VERSION = "Exchange2007"  # what a request without RequestServerVersion asks for (Exchange docs, bb856547)
_ASKED_VERSION, _CODE, _TEXT = t("RequestServerVersion"), m("ResponseCode"), m("MessageText")
_PATH = "/ews/exchange.asmx"
_ENVELOPE_END = re.compile(rb"</(?:[\w.-]+:)?Envelope\s*>")


class NotXml(ValueError):
    """A body that is no XML document this project takes; the message has the line and the reason."""


@dataclass(frozen=True, slots=True)
class Envelope:
    """A SOAP envelope taken apart: header blocks, and the one child of the body that names the operation."""

    root: etree._Element
    headers: tuple[etree._Element, ...]
    content: etree._Element | None

    @property
    def version(self) -> str:
        """The ``Version`` of the ``RequestServerVersion`` header; ``Exchange2007`` without one."""
        found = next((block for block in self.headers if block.tag == _ASKED_VERSION), None)
        return DEFAULT_VERSION if found is None else found.get("Version") or DEFAULT_VERSION


@dataclass(frozen=True, slots=True)
class ResponseMessage:
    """One answer to one item of a request: ``ResponseClass``, ``ResponseCode``, ``MessageText`` and the element."""

    name: str
    response_class: str
    code: str
    text: str
    element: etree._Element


@dataclass(frozen=True, slots=True)
class Fault:
    """A SOAP 1.1 fault as EWS writes it; absent parts are empty, ``line`` and ``position`` 0."""

    code: str  # faultcode without its prefix
    text: str
    response_code: str = ""
    message: str = ""
    line: int = 0
    position: int = 0
    violation: str = ""


def is_ews(request: Request) -> bool:
    """Whether a request goes to an EWS endpoint; IIS compares the path without case."""
    return request.url.partition("?")[0].partition("#")[0].casefold().endswith(_PATH)


_KEPT = 65_536  # bytes of a body that is kept


@functools.lru_cache(maxsize=1)
def _parsers() -> dict[bool, etree.XMLParser]:
    return {
        blanks: etree.XMLParser(
            resolve_entities=False,
            load_dtd=False,
            no_network=True,
            dtd_validation=False,
            huge_tree=False,
            remove_blank_text=not blanks,
        )
        for blanks in (True, False)
    }


def parse(body: bytes, *, blanks: bool = True) -> etree._Element:
    """The root element of an XML body; ``blanks=False`` drops white space between elements.

    Raises:
        NotXml: when the body is not well formed, or brings a document type or entities.
    """
    try:
        root = etree.fromstring(body, _parsers()[blanks])
    except (etree.XMLSyntaxError, ValueError) as problem:
        line = getattr(problem, "lineno", None)
        raise NotXml(f"line {line or 1}: {problem}") from problem
    document: Any = root.getroottree().docinfo
    if document.doctype or document.internalDTD is not None:
        raise NotXml("line 1: a document type declaration is not taken")
    if (entity := next(root.iter(etree.Entity), None)) is not None:
        raise NotXml(f"line {entity.sourceline}: the entity {entity.text} is not taken")
    return root


def read(body: bytes) -> etree._Element:
    """The root element of an XML body for those who change nothing in it: it is kept for a while, and shared.

    Raises:
        NotXml: as ``parse`` does.
    """
    return _read(body) if len(body) <= _KEPT else parse(body)


@functools.lru_cache(maxsize=64)  # a case reads its answers, and so do the checks of all exchanges when it ends
def _read(body: bytes) -> etree._Element:
    return parse(body)


def read_envelope(body: bytes) -> Envelope:
    """The SOAP envelope of a body that is kept and shared as by ``read``.

    Raises:
        NotXml: when the body is no XML or no SOAP 1.1 envelope.
    """
    return _read_envelope(body) if len(body) <= _KEPT else envelope(body)


@functools.lru_cache(maxsize=64)
def _read_envelope(body: bytes) -> Envelope:
    return envelope(_read(body))


def first_document(body: bytes) -> tuple[bytes, bytes] | None:
    """The first envelope of a streamed answer, and what comes after it; None where it has not ended yet."""
    found = _ENVELOPE_END.search(body)
    return (body[: found.end()], body[found.end() :]) if found else None


def documents(body: bytes) -> tuple[bytes, ...]:
    """The XML documents of a streamed answer, one envelope after the other; what ends no envelope comes last."""
    pieces = []
    while (parted := first_document(body)) is not None:
        piece, body = parted
        pieces.append(piece)
    return tuple(piece for piece in (*pieces, body) if piece.strip())


def envelope(body: bytes | etree._Element) -> Envelope:
    """The SOAP envelope of a body.

    Raises:
        NotXml: when the body is no XML or no SOAP 1.1 envelope.
    """
    root = parse(body) if isinstance(body, bytes) else body
    if root.tag != ENVELOPE:
        raise NotXml(f"line {root.sourceline}: expected a SOAP 1.1 Envelope, got {root.tag}")
    header, content = (next(root.iterchildren(name), None) for name in (HEADER, BODY))
    blocks = () if header is None else tuple(header.iterchildren(etree.Element))
    return Envelope(root, blocks, None if content is None else next(content.iterchildren(etree.Element), None))


def operation(body: bytes | etree._Element) -> str:
    """The operation that a SOAP body names by the local name of its first child, such as ``CreateItem``.

    ``GetUserAvailabilityRequest`` and its like are named without ``Request``, an answer without ``Response``, a fault
    ``Fault``; an envelope without content, or none at all, gives "".
    """
    if isinstance(body, bytes) and len(body) <= _KEPT:
        return _operation_of(body)
    try:
        return _named(envelope(body).content)
    except NotXml:
        return ""


@functools.lru_cache(maxsize=64)  # one request is asked for its operation by several, one after another
def _operation_of(body: bytes) -> str:
    try:
        return _named(read_envelope(body).content)
    except NotXml:
        return ""


def _named(content: etree._Element | None) -> str:
    if content is None:
        return ""
    name = local(content.tag)
    return name.removesuffix("Request").removesuffix("Response") or name


def response_messages(body: bytes | etree._Element | Envelope) -> tuple[ResponseMessage, ...]:
    """Every response message of an answer in document order, availability's and out-of-office's nested ones included.

    Raises:
        NotXml: when the body is no SOAP envelope.
    """
    content = (body if isinstance(body, Envelope) else envelope(body)).content
    return () if content is None else tuple(_messages(content))


def _messages(content: etree._Element) -> Iterator[ResponseMessage]:
    for element in content.iter(etree.Element):
        response_class = element.get("ResponseClass")
        if response_class is not None:
            yield ResponseMessage(
                local(element.tag),
                response_class,
                (element.findtext(_CODE) or "").strip(),
                element.findtext(_TEXT) or "",
                element,
            )


def fault(body: bytes | etree._Element) -> Fault | None:
    """The SOAP fault of an answer, or None when it holds none.

    Raises:
        NotXml: when the body is no SOAP envelope.
    """
    content = envelope(body).content
    if content is None or content.tag != FAULT:
        return None
    detail = content.find("detail")
    found: dict[str, str] = {}
    if detail is not None:
        found = {local(each.tag): (each.text or "").strip() for each in detail.iter(etree.Element)}
    in_errors = "" if detail is None else (detail.findtext(f"{{{ERRORS}}}ResponseCode") or "").strip()
    return Fault(
        (content.findtext("faultcode") or "").strip().rpartition(":")[2],
        (content.findtext("faultstring") or "").strip(),
        in_errors or found.get("ResponseCode", ""),
        found.get("Message", ""),
        _number(found.get("LineNumber") or found.get("Line")),
        _number(found.get("LinePosition") or found.get("Position")),
        found.get("Violation", ""),
    )


def _number(text: str | None) -> int:
    return int(text) if text and text.isdecimal() else 0
