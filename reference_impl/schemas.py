"""Where the shared schemas are, and the XSDs of requests, compiled once."""

from __future__ import annotations

import copy
import functools
import threading
from enum import StrEnum
from pathlib import Path
from typing import Any, Final

from lxml import etree

_XS: Final = "{http://www.w3.org/2001/XMLSchema}"
_XML: Final = "http://www.w3.org/XML/1998/namespace"


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

    def __init__(self, home: Path, version: str, direction: str) -> None:
        super().__init__()
        self._home = home
        self._stylesheet = etree.XSLT(etree.parse(str(home / "derive.xsl")))
        self._version = etree.XSLT.strparam(version)
        self._direction = etree.XSLT.strparam(direction)

    def tree(self, name: str) -> etree._Element:
        """One schema file as derived."""
        source = etree.parse(str(self._home / name))
        derived: etree._ElementTree = self._stylesheet(source, version=self._version, direction=self._direction)
        return derived.getroot()

    def text(self, name: str) -> bytes:
        """The text of one schema file as derived."""
        return etree.tostring(self.tree(name), xml_declaration=True, encoding="utf-8")

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
def standalone_xsd(name: str, version: str) -> bytes:
    """types.xsd or messages.xsd as clients expect them: both directions of a version, with all that the file includes.

    What request and answer describe in two ways is the request's. Groups are put where they are referred to, for not
    every client knows them. ``xml:lang`` passes as an attribute of its namespace, so that no third file is needed.
    """
    derived = _Derived(folder() / "ews", version, "both")
    root = derived.tree(name)
    parts: dict[tuple[str, str], etree._Element] = {}
    _collect(derived, root, parts)
    for child in list(root):
        root.remove(child)
    root.extend(parts.values())
    _put_groups_in_place(root)
    for attribute in root.findall(f".//{_XS}attribute[@ref='xml:lang']"):
        wildcard = etree.Element(f"{_XS}anyAttribute", namespace=_XML, processContents="skip")
        kind = attribute.getparent()
        assert kind is not None, "an attribute is declared in a type"
        kind.replace(attribute, wildcard)
    etree.cleanup_namespaces(root, keep_ns_prefixes=["m", "t"])
    etree.indent(root)
    return etree.tostring(root, xml_declaration=True, encoding="utf-8")


def _collect(derived: _Derived, root: etree._Element, parts: dict[tuple[str, str], etree._Element]) -> None:
    """The imports of other files, and the definitions of a file and of those that it includes, each once."""
    for child in root:
        if child.tag == f"{_XS}include":
            location = child.get("schemaLocation", "")
            if (child.tag, location) not in parts:
                _collect(derived, derived.tree(location), parts)
        elif child.get("namespace") != _XML:
            parts.setdefault((str(child.tag), child.get("name") or child.get("namespace") or ""), child)


def _put_groups_in_place(root: etree._Element) -> None:
    """Replace each reference to a group of this file by what the group holds."""
    groups = {group.get("name"): group for group in root.findall(f"{_XS}group")}
    while references := root.findall(f".//{_XS}group[@ref]"):
        for reference in references:
            inside = copy.deepcopy(groups[reference.get("ref", "").partition(":")[2]][0])
            inside.attrib.update({name: value for name, value in reference.attrib.items() if name != "ref"})
            kind = reference.getparent()
            assert kind is not None, "a group is referred to in a type"
            kind.replace(reference, inside)
    for group in groups.values():
        root.remove(group)


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
