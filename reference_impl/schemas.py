"""Where the shared schemas are, and the XSDs of requests, compiled once."""

from __future__ import annotations

import functools
import threading
from enum import StrEnum
from pathlib import Path
from typing import Any, Final

from lxml import etree


class Direction(StrEnum):
    """What a schema describes: an XSD knows no conditions, so each has its own."""

    REQUEST = "request"
    ANSWER = "answer"
    FAULT = "fault"
    PUSH = "push"  # what a server tells a listener of its own accord, and the listener's reply


def folder() -> Path:
    """The folder of shared schemas: at the top of a checkout, beside the packages in an installed wheel."""
    top = Path(__file__).parents[1]
    checkout = top / "schemas"
    return checkout if checkout.is_dir() else top / "meetproof_schemas"


class _Derived(etree.Resolver):
    """Serves each schema file in its derived form while libxml2 follows the imports."""

    def __init__(self, home: Path, version: str, direction: Direction) -> None:
        super().__init__()
        self._home = home
        self._stylesheet = etree.XSLT(etree.parse(str(home / "derive.xsl")))
        self._version = etree.XSLT.strparam(version)
        self._direction = etree.XSLT.strparam(direction.value)

    def text(self, name: str) -> bytes:
        """One schema file as derived."""
        source = etree.parse(str(self._home / name))
        derived = self._stylesheet(source, version=self._version, direction=self._direction)
        return etree.tostring(derived, xml_declaration=True, encoding="utf-8")

    def resolve(self, system_url: str, public_id: str, context: Any) -> Any:  # type: ignore[override]  # noqa: ARG002  the stubs forget the context
        """The derived text of the file that an import names."""
        return self.resolve_string(self.text(system_url.rsplit("/", 1)[-1]), context, base_url=system_url)


@functools.cache
def ews_schema(version: str, direction: Direction) -> etree.XMLSchema:
    """The XSD of one RequestServerVersion and direction, rooted at the SOAP envelope."""
    home = folder() / "ews"
    derived = _Derived(home, version, direction)
    parser = etree.XMLParser(no_network=True)
    parser.resolvers.add(derived)
    root = etree.fromstring(derived.text("envelope.xsd"), parser, base_url=(home / "envelope.xsd").as_uri())
    return etree.XMLSchema(etree.ElementTree(root))


@functools.cache
def autodiscover_schema(name: str) -> etree.XMLSchema:
    """One of Autodiscover's XSDs: soap, pox-request, pox-response."""
    return etree.XMLSchema(etree.parse(str(folder() / "autodiscover" / f"{name}.xsd")))


_VALIDATING: Final = threading.Lock()  # a schema keeps the errors of its last validation


def violation(schema: etree.XMLSchema, element: etree._Element) -> Any:
    """The first thing that is wrong with a document: an error with message, line and column; None if there is none."""
    with _VALIDATING:
        if schema.validate(element):
            return None
        log: Any = schema.error_log
        return log[0]
