"""Where the shared schemas are, and the XSD of one EWS version and direction, compiled once."""

from __future__ import annotations

import functools
from enum import StrEnum
from pathlib import Path
from typing import Any

from lxml import etree


class Direction(StrEnum):
    """Which of the four schemas a version has: an XSD cannot make one element depend on another."""

    REQUEST = "request"
    ANSWER = "answer"
    FAULT = "fault"
    PUSH = "push"  # what a server tells a listener of its own accord, and the listener's reply


class NoSuchVersion(LookupError):
    """A RequestServerVersion that the schemas do not describe."""


def folder() -> Path:
    """The folder of shared schemas: at the top of a checkout, beside the packages in an installed wheel."""
    top = Path(__file__).parents[2]
    checkout = top / "schemas"
    return checkout if checkout.is_dir() else top / "meetproof_schemas"


@functools.lru_cache(maxsize=1)
def versions() -> tuple[str, ...]:
    """The versions the EWS schemas describe, oldest first, as ``derive.xsl`` lists them."""
    stylesheet = etree.parse(str(folder() / "ews" / "derive.xsl"))
    names = {"xsl": "http://www.w3.org/1999/XSL/Transform"}
    order = stylesheet.xpath("string(/xsl:stylesheet/xsl:param[@name='order']/@select)", namespaces=names)
    return tuple(str(order).strip("'").split())


class _Derivation(etree.Resolver):
    """Hands libxml2 every schema file as ``derive.xsl`` makes it for one version and direction."""

    def __init__(self, version: str, direction: Direction, is_open: bool) -> None:
        super().__init__()
        self._home = folder() / "ews"
        self._derive = etree.XSLT(etree.parse(str(self._home / "derive.xsl")))
        self._version = etree.XSLT.strparam(version)
        self._direction = etree.XSLT.strparam(direction.value)
        self._open = etree.XSLT.strparam("yes" if is_open else "")

    def derived(self, name: str) -> bytes:
        source = etree.parse(str(self._home / name))
        return bytes(
            etree.tostring(self._derive(source, version=self._version, direction=self._direction, open=self._open))
        )

    def resolve(self, url: str, public_id: str, context: Any) -> Any:  # type: ignore[override]  # noqa: ARG002  lxml's own signature, which the stubs lack
        return self.resolve_string(self.derived(url.rsplit("/", 1)[-1]), context, base_url=url)


@functools.lru_cache(maxsize=64)
def ews_schema(version: str, direction: Direction, is_open: bool = False) -> etree.XMLSchema:
    """The XSD of one RequestServerVersion and direction, its root the SOAP envelope.

    The open variant makes nothing mandatory that the published schemas do not.

    Raises:
        NoSuchVersion: for a version outside ``versions()``.
    """
    if version not in versions():
        raise NoSuchVersion(f"no schema for the version {version!r}; known are {', '.join(versions())}")
    derivation = _Derivation(version, direction, is_open)
    parser = etree.XMLParser(no_network=True)
    parser.resolvers.add(derivation)
    home = (folder() / "ews" / "envelope.xsd").as_uri()
    return etree.XMLSchema(
        etree.ElementTree(etree.fromstring(derivation.derived("envelope.xsd"), parser, base_url=home))
    )
