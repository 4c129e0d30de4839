"""The namespaces of EWS and names qualified by them."""

from __future__ import annotations

from typing import Final

SOAP: Final = "http://schemas.xmlsoap.org/soap/envelope/"
MESSAGES: Final = "http://schemas.microsoft.com/exchange/services/2006/messages"
TYPES: Final = "http://schemas.microsoft.com/exchange/services/2006/types"
ERRORS: Final = "http://schemas.microsoft.com/exchange/services/2006/errors"
XML_LANGUAGE: Final = "{http://www.w3.org/XML/1998/namespace}lang"


def s(name: str) -> str:
    """A name of the SOAP 1.1 envelope, as lxml spells it."""
    return f"{{{SOAP}}}{name}"


def m(name: str) -> str:
    """A name of the messages namespace, as lxml spells it."""
    return f"{{{MESSAGES}}}{name}"


def t(name: str) -> str:
    """A name of the types namespace, as lxml spells it."""
    return f"{{{TYPES}}}{name}"


def local(tag: str) -> str:
    """The name without its namespace."""
    return tag.rpartition("}")[2]
