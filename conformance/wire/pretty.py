"""Bodies laid out for people."""

from __future__ import annotations

import json

from lxml import etree


def pretty(body: bytes) -> str:
    """A body as text: XML and JSON indented, anything else as it stands."""
    start = body.lstrip()[:1]
    try:
        if start == b"<":
            parser = etree.XMLParser(resolve_entities=False, no_network=True, remove_blank_text=True)
            return str(etree.tostring(etree.fromstring(body, parser), pretty_print=True, encoding="unicode")).rstrip()
        if start in {b"{", b"["}:
            return json.dumps(json.loads(body), indent=2, ensure_ascii=False)
    except (etree.XMLSyntaxError, ValueError):
        pass
    return body.decode("utf-8", "backslashreplace")
