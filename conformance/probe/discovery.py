"""From an address to a server: Autodiscover, then EWS and Graph, then their features."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlsplit

from conformance.actor.ews_client import EwsClient
from conformance.actor.graph_client import GraphClient
from conformance.client.auth import AuthenticatedTransport
from conformance.client.protocol import Transport, TransportFailed
from conformance.probe.asking import Asker, Unreachable, asker, origin
from conformance.probe.autodiscover import Guides, find_ews, other_roots, usual_roots
from conformance.probe.features import Reached, find_rooms, look_for_features
from conformance.probe.finding import Discovery, Found
from conformance.probe.services import Build, bearer_of, ews_client, graph_roots, look_at_ews, look_at_graph
from conformance.targets import Account

_EWS_PATH = "/EWS/Exchange.asmx"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is known beforehand: the people, the first of whom asks, and where to look instead of by Autodiscover."""

    accounts: tuple[Account, ...]
    url: str = ""
    token_url: str = ""
    client_id: str = ""
    tls_ca: str = ""


def discover(
    transport: Transport, wanted: Wanted, tell: Callable[[str], None] = lambda _: None, guides: Guides | None = None
) -> Discovery:
    """Find what there is; ``tell`` hears what is being done. MissingPassword where the first person has none."""
    found = Discovery(wanted.accounts, wanted.tls_ca, client_id=wanted.client_id)
    asking = asker(transport, wanted.accounts[0])
    tell("looking for EWS")
    build = _find_ews(asking, wanted, found, guides or Guides())
    tell("looking for Graph")
    look_at_graph(asking, _graph_roots(wanted, found), found, wanted.token_url)
    tell("looking for features")
    reached = Reached(_ews(asking, found), _graph(asking, found), wanted.accounts, build)
    if reached.ews is not None or reached.graph is not None:
        found.features.update(look_for_features(reached))
        found.rooms = _rooms(reached, found)
    return found


def _find_ews(asking: Asker, wanted: Wanted, found: Discovery, guides: Guides) -> Build:
    if _is_graph(wanted.url):
        return Build()
    if urlsplit(wanted.url).path.lower().endswith(".asmx"):
        candidates = [Found(wanted.url, "given by --url")]
    else:
        domain = wanted.accounts[0].address.rpartition("@")[2].casefold()
        roots = (origin(wanted.url),) if wanted.url else usual_roots(domain)
        named = find_ews(asking, roots, found.notes)
        for root in () if named or wanted.url else other_roots(asking, domain, guides, found.notes):
            roots = (*roots, root)
            named = find_ews(asking, (root,), found.notes)
            if named:
                break
        usual = [Found(f"{root}{_EWS_PATH}", "where EWS usually is, for Autodiscover named none") for root in roots]
        candidates = [named] if named else usual
    for candidate in candidates:
        try:
            build = look_at_ews(asking, candidate.value, found)
        except Unreachable as problem:
            found.notes.append(f"EWS: {problem}")
            found.ews_auth = found.version = None
            continue
        found.ews = candidate
        return build
    return Build()


def _is_graph(url: str) -> bool:
    """Whether a URL is a versioned root of Graph."""
    return urlsplit(url).path.rstrip("/").endswith(("/v1.0", "/beta"))


def _graph_roots(wanted: Wanted, found: Discovery) -> list[str]:
    if _is_graph(wanted.url):
        return [wanted.url.rstrip("/")]
    near = found.ews.value if found.ews else wanted.url
    return graph_roots(near) if near else []


def _ews(asking: Asker, found: Discovery) -> EwsClient | None:
    if found.ews is None or found.version is None:
        return None
    return ews_client(asking, found.ews.value, found.version.value)


def _graph(asking: Asker, found: Discovery) -> GraphClient | None:
    bearer = bearer_of(asking, found) if found.graph else None
    if bearer is None or found.graph is None:
        return None
    signed = AuthenticatedTransport(asking.transport, bearer, asking.account.login)
    return GraphClient(signed.send, found.graph.value)


def _rooms(reached: Reached, found: Discovery) -> Found[tuple[str, ...]] | None:
    try:
        return find_rooms(reached)
    except (Unreachable, TransportFailed) as problem:
        found.notes.append(f"Rooms: {problem}")
        return None
