"""Autodiscover, asked in its three forms: plain XML ([MS-OXDSCLI]), SOAP ([MS-OXWSADISC]), and JSON."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from urllib.parse import quote

from conformance.actor.xml import Markup, element
from conformance.model.exchange import Request
from conformance.probe.asking import Asker, Unreachable
from conformance.probe.finding import Found
from conformance.wire.ews import NotXml, parse

_OUTLOOK = "http://schemas.microsoft.com/exchange/autodiscover/outlook"
_SOAP = "http://schemas.xmlsoap.org/soap/envelope/"
_DISCOVERY = "http://schemas.microsoft.com/exchange/2010/Autodiscover"
_ADDRESSING = "http://www.w3.org/2005/08/addressing"
_XML = (("Content-Type", "text/xml; charset=utf-8"),)


def find_ews(asker: Asker, roots: tuple[str, ...], notes: list[str]) -> Found[str] | None:
    """The EWS endpoint that Autodiscover names first, all forms asked at every root; what failed is noted."""
    first: Found[str] | None = None
    for root in roots:
        for name, ask in _FORMS.items():
            try:
                url = next(ask(asker, root), "")
            except Unreachable as problem:
                notes.append(f"Autodiscover ({name}): {problem}")
                continue
            if not url:
                notes.append(f"Autodiscover ({name}) at {root}: it names no EWS endpoint for {asker.account.address}")
            elif first is None:
                first = Found(url, f"Autodiscover ({name}) at {root} names it for {asker.account.address}")
            elif url != first.value:
                notes.append(f"Autodiscover ({name}) at {root} names another EWS endpoint: {url}")
        if first is not None:
            break
    return first


def _pox(asker: Asker, root: str) -> Iterator[str]:
    wanted = element("AcceptableResponseSchema", f"{_OUTLOOK}/responseschema/2006a")
    asked = element("Request", element("EMailAddress", asker.account.address), wanted)
    body = element("Autodiscover", asked, xmlns=f"{_OUTLOOK}/requestschema/2006")
    url = f"{root}/autodiscover/autodiscover.xml"
    yield from _texts(asker, Request("POST", url, _XML, body.encode()), "EwsUrl", "ASUrl")


def _soap(asker: Asker, root: str) -> Iterator[str]:
    url = f"{root}/autodiscover/autodiscover.svc"
    names = Markup("".join(element("a:Setting", name) for name in ("ExternalEwsUrl", "InternalEwsUrl")))
    users = element("a:Users", element("a:User", element("a:Mailbox", asker.account.address)))
    asked = element(
        "a:GetUserSettingsRequestMessage", element("a:Request", users, element("a:RequestedSettings", names))
    )
    head = Markup(
        element("a:RequestedServerVersion", "Exchange2010")
        + element("w:Action", f"{_DISCOVERY}/Autodiscover/GetUserSettings")
        + element("w:To", url)
    )
    spaces = {"xmlns:s": _SOAP, "xmlns:a": _DISCOVERY, "xmlns:w": _ADDRESSING}
    body = element("s:Envelope", element("s:Header", head), element("s:Body", asked), **spaces)
    yield from _texts(asker, Request("POST", url, _XML, body.encode()), "Value")


def _json(asker: Asker, root: str) -> Iterator[str]:
    address = quote(asker.account.address, safe="@")
    url = f"{root}/autodiscover/autodiscover.json?Email={address}&Protocol=Ews&RedirectCount=1"
    exchange = asker.ask(Request("GET", url, (("Accept", "application/json"),)))
    try:
        told = json.loads(exchange.response.body)
    except ValueError:
        raise Unreachable(f"{url}: HTTP {exchange.response.status}, no JSON") from None
    found = told.get("Url") if isinstance(told, dict) else None
    if isinstance(found, str) and found.startswith(("http://", "https://")):
        yield found


_ELSEWHERE = ("RedirectAddr", "RedirectUrl", "RedirectTarget")
_FORMS: dict[str, Callable[[Asker, str], Iterator[str]]] = {"plain XML": _pox, "SOAP": _soap, "JSON": _json}


def _texts(asker: Asker, request: Request, *names: str) -> Iterator[str]:
    """The addresses in elements of these names, in any namespace."""
    response = asker.ask(request).response
    try:
        root = parse(response.body)
    except NotXml:
        raise Unreachable(f"{request.url}: HTTP {response.status}, no XML") from None
    elsewhere = next((found.text for tag in _ELSEWHERE for found in root.iter(f"{{*}}{tag}") if found.text), "")
    if elsewhere:
        raise Unreachable(f"{request.url}: it redirects to {elsewhere.strip()}: probe that")
    for name in names:
        for found in root.iter(f"{{*}}{name}"):
            text = (found.text or "").strip()
            if text.startswith(("http://", "https://")):
                yield text
