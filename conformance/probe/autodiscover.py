"""Autodiscover, asked in its three forms: plain XML ([MS-OXDSCLI]), SOAP ([MS-OXWSADISC]), and JSON.

Where the usual places ([MS-OXDISCO] 3.1.5) name nothing, a redirection over plain HTTP and the SRV records of the
domain are tried. Neither is proven to come from the domain: a host elsewhere is asked only after a person agreed.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from urllib.parse import quote, urljoin, urlsplit

from conformance.actor.xml import Markup, element
from conformance.model.exchange import Request
from conformance.probe.asking import MOVED, Asker, Unreachable, is_private, origin
from conformance.probe.finding import Found
from conformance.probe.records import Target, autodiscover_targets
from conformance.wire.ews import NotXml, parse

_OUTLOOK = "http://schemas.microsoft.com/exchange/autodiscover/outlook"
_SOAP = "http://schemas.xmlsoap.org/soap/envelope/"
_DISCOVERY = "http://schemas.microsoft.com/exchange/2010/Autodiscover"
_ADDRESSING = "http://www.w3.org/2005/08/addressing"
_XML = (("Content-Type", "text/xml; charset=utf-8"),)
_POX_PATH = "/autodiscover/autodiscover.xml"
_HOPS = 10  # redirections of Autodiscover that are followed ([MS-OXDISCO] 3.1.5)


@dataclass(frozen=True, slots=True)
class Guides:
    """Who is asked beside the servers: the domain name system, and a person whether a host may be given a password."""

    targets: Callable[[str], tuple[Target, ...]] = autodiscover_targets
    agrees: Callable[[str], bool] = lambda _: False


class _SentOn(Exception):
    """Autodiscover sends on: to a URL, or to be asked about another address."""

    def __init__(self, url: str = "", address: str = "") -> None:
        super().__init__(url or address)
        self.url, self.address = url, address


def find_ews(asker: Asker, roots: tuple[str, ...], notes: list[str]) -> Found[str] | None:
    """The EWS endpoint that Autodiscover names first, all forms asked at every root; what failed is noted."""
    first: Found[str] | None = None
    for root in roots:
        for name in _FORMS:
            try:
                url = _asked(asker, root, name, notes)
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


def usual_roots(domain: str) -> tuple[str, ...]:
    """Where a domain's Autodiscover usually is."""
    return f"https://autodiscover.{domain}", f"https://{domain}"


def other_roots(asker: Asker, domain: str, guides: Guides, notes: list[str]) -> Iterator[str]:
    """Where else it may be: where a plain request is redirected to, then where the SRV records point to.

    No credentials are sent to find out. What leads to a line that is not encrypted, or to a host outside of the domain
    that nobody agreed to, is noted and left alone.
    """
    for root, how in _led_to(asker, domain, guides):
        host = urlsplit(root).hostname or ""
        if not is_private(root):
            notes.append(f"Autodiscover: {how} leads to {root}, a line that is not encrypted; it is not followed")
        elif host == domain or host.endswith(f".{domain}") or guides.agrees(f"{how} leads to {root}"):
            yield root
        else:
            notes.append(f"Autodiscover: {how} leads to {root}, outside of {domain}; probe it with --url {root}")


def _led_to(asker: Asker, domain: str, guides: Guides) -> Iterator[tuple[str, str]]:
    url = f"http://autodiscover.{domain}{_POX_PATH}"
    try:
        response = asker.bare(Request("GET", url)).response
    except Unreachable:
        pass
    else:
        place = response.header("Location")
        if response.status in MOVED and place:
            yield origin(urljoin(url, place)), f"the redirection of {url}"
    for target in guides.targets(domain):
        port = "" if target.port == 443 else f":{target.port}"
        yield f"https://{target.host}{port}", f"the SRV record of {domain}"


def _asked(asker: Asker, root: str, form: str, notes: list[str]) -> str:
    """The endpoint that one form names; empty if none. Redirections of Autodiscover's own are followed."""
    ask, path = _FORMS[form]
    url, address = f"{root}{path}", asker.account.address
    for _ in range(_HOPS):
        try:
            return next(ask(asker, url, address), "")
        except _SentOn as sent:
            notes.append(f"Autodiscover ({form}) at {url} sends on to {sent.url or sent.address}")
            if sent.url:
                url = sent.url
            else:
                address = sent.address
                url = f"{usual_roots(address.rpartition('@')[2])[0]}{path}"
            if not is_private(url):
                raise Unreachable(f"{url}: it is sent on to over a line that is not encrypted") from None
    raise Unreachable(f"{root}{path}: more than {_HOPS} redirections")


def _pox(asker: Asker, url: str, address: str) -> Iterator[str]:
    wanted = element("AcceptableResponseSchema", f"{_OUTLOOK}/responseschema/2006a")
    asked = element("Request", element("EMailAddress", address), wanted)
    body = element("Autodiscover", asked, xmlns=f"{_OUTLOOK}/requestschema/2006")
    yield from _texts(asker, Request("POST", url, _XML, body.encode()), "EwsUrl", "ASUrl")


def _soap(asker: Asker, url: str, address: str) -> Iterator[str]:
    names = Markup("".join(element("a:Setting", name) for name in ("ExternalEwsUrl", "InternalEwsUrl")))
    users = element("a:Users", element("a:User", element("a:Mailbox", address)))
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


def _json(asker: Asker, url: str, address: str) -> Iterator[str]:
    asked = f"{url}?Email={quote(address, safe='@')}&Protocol=Ews&RedirectCount=1"
    exchange = asker.ask(Request("GET", asked, (("Accept", "application/json"),)))
    try:
        told = json.loads(exchange.response.body)
    except ValueError:
        raise Unreachable(f"{asked}: HTTP {exchange.response.status}, no JSON") from None
    found = told.get("Url") if isinstance(told, dict) else None
    if isinstance(found, str) and found.startswith(("http://", "https://")):
        yield found


_FORMS: dict[str, tuple[Callable[[Asker, str, str], Iterator[str]], str]] = {
    "plain XML": (_pox, _POX_PATH),
    "SOAP": (_soap, "/autodiscover/autodiscover.svc"),
    "JSON": (_json, "/autodiscover/autodiscover.json"),
}
_REDIRECTS = ("RedirectAddr", "RedirectUrl", "RedirectTarget")


def _texts(asker: Asker, request: Request, *names: str) -> Iterator[str]:
    """The addresses in elements of these names, in any namespace."""
    response = asker.ask(request).response
    try:
        root = parse(response.body)
    except NotXml:
        raise Unreachable(f"{request.url}: HTTP {response.status}, no XML") from None
    elsewhere = next((found.text for tag in _REDIRECTS for found in root.iter(f"{{*}}{tag}") if found.text), "").strip()
    if elsewhere:
        raise _SentOn(url=elsewhere) if "://" in elsewhere else _SentOn(address=elsewhere)
    for name in names:
        for found in root.iter(f"{{*}}{name}"):
            text = (found.text or "").strip()
            if text.startswith(("http://", "https://")):
                yield text
