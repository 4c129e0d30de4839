"""The XML namespaces of EWS and the prefixes by which paths name them (MS-OXWSMTGS 2.2.1)."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

SOAP: Final = "http://schemas.xmlsoap.org/soap/envelope/"
MESSAGES: Final = "http://schemas.microsoft.com/exchange/services/2006/messages"
TYPES: Final = "http://schemas.microsoft.com/exchange/services/2006/types"
ERRORS: Final = "http://schemas.microsoft.com/exchange/services/2006/errors"
XML: Final = "http://www.w3.org/XML/1998/namespace"
XSI: Final = "http://www.w3.org/2001/XMLSchema-instance"

PREFIXES: Final = {"s": SOAP, "m": MESSAGES, "t": TYPES, "e": ERRORS, "xml": XML, "xsi": XSI}
_PREFIX_OF: Final = {uri: prefix for prefix, uri in PREFIXES.items()}

ENVELOPE: Final = f"{{{SOAP}}}Envelope"
HEADER: Final = f"{{{SOAP}}}Header"
BODY: Final = f"{{{SOAP}}}Body"
_KEPT: Final = 4096  # names, of which EWS has fewer
FAULT: Final = f"{{{SOAP}}}Fault"


def m(name: str) -> str:
    """A name of the messages namespace in lxml's notation."""
    return f"{{{MESSAGES}}}{name}"


def t(name: str) -> str:
    """A name of the types namespace in lxml's notation."""
    return f"{{{TYPES}}}{name}"


@lru_cache(maxsize=_KEPT)
def prefixed(tag: str) -> str:
    """The name ``{uri}name`` of lxml as ``t:name``; a namespace without a prefix of ours stays as it is."""
    if not tag.startswith("{"):
        return tag
    uri, _, name = tag[1:].partition("}")
    prefix = _PREFIX_OF.get(uri)
    return f"{prefix}:{name}" if prefix else tag


@lru_cache(maxsize=_KEPT)
def local(tag: str) -> str:
    """The name without its namespace."""
    return tag.rpartition("}")[2]
