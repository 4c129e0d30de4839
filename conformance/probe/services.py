"""EWS and Graph themselves: whether they are there, how people sign in, which versions they take."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from conformance.actor.ews_client import EwsAnswer, EwsClient, envelope
from conformance.actor.ews_folders import get_folder
from conformance.actor.ews_requests import folder_id
from conformance.catalogue import EWS_VERSIONS
from conformance.client.auth import AuthenticationFailed, Bearer, fetch_token, password_grant
from conformance.client.protocol import TransportFailed
from conformance.model.exchange import Request
from conformance.probe.asking import Asker, Unreachable, is_private, origin, schemes_of
from conformance.probe.finding import Discovery, Found

INBOX = get_folder(folder_id("inbox"))
_NOBODYS = "Exchange2099"
_XML = (("Content-Type", "text/xml; charset=utf-8"),)
_MICROSOFT = {"outlook.office365.com": "https://graph.microsoft.com/v1.0"}


@dataclass(frozen=True, slots=True)
class Build:
    """What ServerVersionInfo says: the build as numbers, and the newest schema."""

    numbers: tuple[int, int, int, int] = (0, 0, 0, 0)
    schema: str = ""

    def __str__(self) -> str:
        return ".".join(map(str, self.numbers))


def ews_client(asker: Asker, url: str, version: str) -> EwsClient:
    """The raw EWS caller of an asker."""
    return EwsClient(asker.ask, url, version)


def look_at_ews(asker: Asker, url: str, found: Discovery) -> Build:
    """Note how one signs in and which versions are taken; Unreachable where no EWS answers."""
    schemes = schemes_of(asker.bare(Request("POST", url, _XML, envelope(INBOX, None))))
    answer = ews_client(asker, url, "Exchange2010").call(INBOX)
    if answer.root is None:
        raise Unreachable(f"{url}: HTTP {answer.status}, no SOAP envelope")
    way = asker.way(url)
    offered = ", ".join(schemes) or "no scheme at all"
    found.ews_auth = Found(way or "basic", f"the first that let {asker.account.login} in; offered are {offered}")
    taken = [version for version in EWS_VERSIONS if _takes(asker, url, version)]
    build = build_of(answer)
    newest = taken[-1] if taken else "Exchange2010"
    any_at_all = ", and even one that does not exist" if _takes(asker, url, _NOBODYS) else ""
    told = f"build {build}, schema {build.schema}" if build.schema else "no ServerVersionInfo"
    found.version = Found(
        newest, f"the newest taken in RequestServerVersion, of {', '.join(taken) or 'none'}{any_at_all}; {told}"
    )
    return build


def look_at_graph(asker: Asker, roots: list[str], found: Discovery, token_url: str) -> None:
    """Note where Graph answers and whence its tokens come."""
    for root in roots:
        try:
            exchange = asker.bare(Request("GET", f"{root}/me", (("Accept", "application/json"),)))
        except Unreachable as problem:
            found.notes.append(f"Graph: {problem}")
            continue
        if exchange.response.status == 401 and "bearer" in schemes_of(exchange):
            found.graph = Found(root, f"GET {root}/me without a token answers 401 and asks for one")
            found.token_url = _token_endpoint(
                asker, root, exchange.response.header("WWW-Authenticate") or "", token_url
            )
            if found.token_url is None:
                found.notes.append(f"Graph: no token endpoint was found for {root}; give it by --token-url")
            return
        found.notes.append(f"Graph: GET {root}/me answers {exchange.response.status} and asks for no token")


def graph_roots(url: str) -> list[str]:
    """Where Graph may be, beside an address of the same service."""
    known = _MICROSOFT.get(urlsplit(url).netloc.casefold())
    return [known] if known else [f"{origin(url)}/v1.0"]


def bearer_of(asker: Asker, found: Discovery) -> Bearer | None:
    """A token by the account's password; None where the endpoint gives none, which is noted."""
    if found.token_url is None:
        return None
    account, url = asker.account, found.token_url.value
    if not is_private(url):
        found.notes.append(f"Graph: no password is sent to {url} over a line that is not encrypted")
        return None
    try:
        return Bearer(
            fetch_token(asker.transport, password_grant(url, account.login, account.password, "", found.client_id))
        )
    except (AuthenticationFailed, TransportFailed) as problem:
        found.notes.append(f"Graph: {problem}")
        return None


def build_of(answer: EwsAnswer) -> Build:
    """The ServerVersionInfo of an answer."""
    info = answer.root.one("s:Header/t:ServerVersionInfo") if answer.root else None
    if info is None:
        return Build()
    names = ("MajorVersion", "MinorVersion", "MajorBuildNumber", "MinorBuildNumber")
    numbers = [int(text) if (text := info.text(f"@{name}") or "").isdecimal() else 0 for name in names]
    return Build((numbers[0], numbers[1], numbers[2], numbers[3]), info.text("@Version") or "")


def _takes(asker: Asker, url: str, version: str) -> bool:
    try:
        return ews_client(asker, url, version).call(INBOX).code == "NoError"
    except Unreachable:
        return False


def _token_endpoint(asker: Asker, root: str, challenge: str, given: str) -> Found[str] | None:
    if given:
        return Found(given, "given by --token-url")
    authorities = [f"{origin(root)}/common"]
    if named := re.search(r'authorization_uri="(https?://[^"]+?)(?:/oauth2(?:/v2\.0)?/authorize)?"', challenge):
        authorities.append(named[1])
    for authority in authorities:
        place = f"{authority}/v2.0/.well-known/openid-configuration"
        try:
            told = json.loads(asker.bare(Request("GET", place)).response.body)
        except (Unreachable, ValueError):
            continue
        url = told.get("token_endpoint") if isinstance(told, dict) else None
        if isinstance(url, str) and url.startswith(("http://", "https://")):
            return Found(url, f"the token_endpoint that {place} names")
    return None
