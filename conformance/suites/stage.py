"""The ground a case plays on: a live server, a fresh one of the farm, or a recording."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, fields, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from conformance.access import connect
from conformance.client.playback import TapeTransport
from conformance.client.protocol import Transport
from conformance.client.proxied import ProxiedCase, proxied_case
from conformance.client.sockets import blocked
from conformance.isolation import LeftBehind, TracedTransport, Traces, clear, lease_mailboxes, lease_weeks, words_of
from conformance.suites.case import Case
from conformance.suites.listening import ALIAS, Ear, LiveEar, TapeEar, open_ear
from conformance.suites.variables import draw, draw_live
from conformance.tape.cassette import CassetteError, read_cassette
from conformance.targets import Account, Delivery, Endpoint, Target, TargetKind
from conformance.targets.embedded import options_for
from conformance.targets.farm import Farm
from conformance.targets.features import FEATURES, MAILBOX_WIDE

EMBEDDED_START = "2026-01-05T08:00:00Z"
"""The time at which every embedded server's clock begins."""


class NotApplicable(Exception):
    """The target does not offer what the case needs; the message says what."""


class NotRecorded(Exception):
    """There is no recording of the case to play."""


class EvidenceLost(Exception):
    """The proxy could not keep what a case did."""


def _none() -> int:
    return 0


def _nothing(_: Account) -> None:
    pass


def _cleared(_token: str, _traces: Traces) -> None:
    pass


@dataclass(frozen=True, slots=True)
class Stage:
    """What a case finds: the way to the server, the target as it stands for this case, the variables drawn.

    ``replayed`` is true where recorded answers are played: nothing is waited for then, and ``unplayed`` counts those
    not asked for yet. ``meet`` is told of everybody who signs in. ``unrecorded`` are origins whose exchanges go past
    the proxy. ``ear`` hears what the server sends of its own accord, where the case needs that.
    """

    transport: Transport
    target: Target
    variables: Mapping[str, str]
    recorded: str = ""
    replayed: bool = False
    unplayed: Callable[[], int] = _none
    meet: Callable[[Account], None] = _nothing
    unrecorded: frozenset[str] = frozenset()
    ear: Ear | None = None


def stem_of(case: Case, pairing: str) -> str:
    """The name of a case's cassette, without its ending."""
    return f"{case.id}--{pairing}"


@contextmanager
def set_stage(
    target: Target, case: Case, pairing: str, left: Callable[[str, Traces], None] = _cleared
) -> Iterator[Stage]:
    """Bring a case before its target; NotApplicable when it lacks a feature or a protocol of the case.

    ``left`` is told the token and the traces of a case before a server that others use too: what has been sent may
    still arrive after all that was there has been taken away.
    """
    if target.kind is TargetKind.EMBEDDED:
        with _embedded(target, case, pairing) as stage:
            yield stage
        return
    for feature in sorted(case.needs - target.features):
        raise NotApplicable(f"The target {target.name} does not declare the feature {feature!r}.")
    for protocol in sorted(set(pairing.split("-"))):
        if target.endpoint(protocol) is None:
            raise NotApplicable(f"The target {target.name} has no [{protocol}] endpoint.")
    with (
        _shared(target, case, left) as (transport, variables),
        _recorded(transport, target, case, pairing, variables) as stage,
    ):
        yield replace(stage, meet=transport.traces.meet)


@contextmanager
def _shared(
    target: Target, case: Case, left: Callable[[str, Traces], None]
) -> Iterator[tuple[TracedTransport, Mapping[str, str]]]:
    """Lease what a case needs of a server that others use too, and take away afterwards what it has made."""
    is_alone = "quiet-mailboxes" in target.features or bool(case.needs & MAILBOX_WIDE)
    now = datetime.now(UTC)
    with (
        lease_mailboxes(target, is_alone=is_alone),
        lease_weeks(target, now.date(), case.weeks) as weeks,
        connect(target) as transport,
    ):
        traces, variables = Traces(), draw_live(now, weeks)
        try:
            yield TracedTransport(transport, target, traces), variables
        finally:
            clear_away(target, [variables["token"]], traces)
            left(variables["token"], traces)


def clear_away(target: Target, tokens: Sequence[str], traces: Traces) -> None:
    """Take away what bears some tokens, warning of what stays; of a server that never answered there is nothing."""
    if not traces.is_answered:
        return
    words = [word for token in tokens for word in words_of(token)]
    for left in clear(target, words, traces.accounts.values(), has_folders=traces.makes_folders):
        warnings.warn(f"Something of {tokens[0]} may be left behind. {left}", LeftBehind, stacklevel=1)


@contextmanager
def replay_stage(folder: Path, case: Case, pairing: str) -> Iterator[Stage]:
    """Bring a case before its recording, sockets blocked; NotRecorded when the folder has none of it."""
    path = folder / f"{stem_of(case, pairing)}.yaml"
    if not path.is_file():
        raise NotRecorded(f"{folder} has no recording of the case: {path.name} is missing.")
    try:
        cassette = read_cassette(path)
    except CassetteError as problem:
        raise NotRecorded(str(problem)) from None
    target, variables = target_of_head(cassette.head, path), variables_of_head(cassette.head, path)
    tape = TapeTransport(cassette)
    ear = ear_of_head(cassette.head, tape)
    with blocked():
        yield Stage(tape, target, variables, str(path), replayed=True, unplayed=lambda: len(tape.unplayed()), ear=ear)


@contextmanager
def _embedded(target: Target, case: Case, pairing: str) -> Iterator[Stage]:
    stem = stem_of(case, pairing)
    fixed = {"seed": stem, "clock": EMBEDDED_START, "faults": target.faults}
    with Farm(target.control).server(**options_for(case.needs), **fixed) as server:
        alive = replace(target, ews=server.ews, graph=server.graph, accounts=server.accounts)
        variables = draw(datetime.fromisoformat(EMBEDDED_START), stem)
        with connect(alive) as transport, _recorded(transport, alive, case, pairing, variables) as stage:
            yield stage


@contextmanager
def _recorded(
    transport: Transport, target: Target, case: Case, pairing: str, variables: Mapping[str, str]
) -> Iterator[Stage]:
    """The way to the server through its proxy, if it has one; EvidenceLost when the recording is not whole."""
    with _ear(target, case) as (ear, alias):
        if target.proxy is None:
            yield Stage(transport, target, variables, ear=ear)
            return
        with _through_proxy(transport, target, case, pairing, variables, ear, alias) as stage:
            yield stage


@contextmanager
def _ear(target: Target, case: Case) -> Iterator[tuple[LiveEar | None, str]]:
    """What hears the server's notifications, where the case needs it, and what recordings call its address."""
    if "notifications" not in case.needs:
        yield None, ""
        return
    with open_ear(target) as opened:
        if opened is None:
            raise NotApplicable(
                f"The target {target.name} says nowhere how its server reaches the suite: give it [notify]."
            )
        listener, url = opened
        yield LiveEar(listener, url), ALIAS if target.kind is TargetKind.EMBEDDED else url


@contextmanager
def _through_proxy(
    transport: Transport,
    target: Target,
    case: Case,
    pairing: str,
    variables: Mapping[str, str],
    ear: LiveEar | None,
    alias: str,
) -> Iterator[Stage]:
    assert target.proxy is not None, "asked for before"
    stem = stem_of(case, pairing)
    endpoint = target.ews or target.graph
    assert endpoint is not None, "a target has at least one endpoint"
    # A proxy before an embedded server serves many upstreams; before a live one it has its own.
    upstream = _origin(endpoint.url) if target.kind is TargetKind.EMBEDDED else None
    unrecorded = _unrecorded(target)
    head = head_of(target, case, pairing, variables)
    aliases = {}
    if ear is not None:
        head["listener"] = alias
        aliases = {_origin(ear.listener.origin): _origin(alias)}
    opened: ProxiedCase
    with proxied_case(transport, target.proxy.url, stem, head, upstream, unrecorded, aliases) as opened:
        if ear is not None:
            ear.hand_in = opened.transport.hand_in
        through = _through(target, target.proxy.url)
        yield Stage(opened.transport, through, variables, f"cassettes/{stem}.yaml", unrecorded=unrecorded, ear=ear)
    if opened.recording is not None and opened.recording.refused:
        raise EvidenceLost("The proxy left exchanges out of the recording: " + "; ".join(opened.recording.refused))


def _through(target: Target, proxy: str) -> Target:
    """The target as its clients see it by way of the proxy, which is where the links of its answers lead."""
    unrecorded = _unrecorded(target)

    def moved(url: str) -> str:
        return url if _origin(url) in unrecorded else _moved(url, _origin(proxy))

    ews, graph = (
        endpoint and replace(endpoint, url=moved(endpoint.url), token_url=moved(endpoint.token_url))
        for endpoint in (target.ews, target.graph)
    )
    return replace(target, ews=ews, graph=graph)


def _unrecorded(target: Target) -> frozenset[str]:
    """The origins of token endpoints that lie elsewhere than the service, and so not behind its proxy."""
    tokens = {_origin(endpoint.token_url) for endpoint in target.endpoints if endpoint.token_url}
    return frozenset(tokens - {_origin(endpoint.url) for endpoint in target.endpoints})


def head_of(target: Target, case: Case, pairing: str, variables: Mapping[str, str]) -> dict[str, Any]:
    """What a cassette says of its case: enough to play it without the target file.

    ``unrecorded`` tells of token endpoints on other origins, whose exchanges are not in the cassette; ``features`` of
    what a live server has, where an embedded one has everything.
    """
    origin = target.proxy.origin if target.proxy is not None else ""
    unrecorded = _unrecorded(target)
    told: dict[str, Any] = {} if target.kind is TargetKind.EMBEDDED else {"features": sorted(target.features)}
    if unrecorded:
        told["unrecorded"] = [f"{place}: tokens were fetched there directly" for place in sorted(unrecorded)]
    endpoints = {
        endpoint.protocol: {
            "url": _moved(endpoint.url, origin),
            "auth": endpoint.auth,
            "token_url": "" if _origin(endpoint.token_url) in unrecorded else _moved(endpoint.token_url, origin),
            **_unlike(endpoint, Endpoint, "grant", "client_id", "client_secret_env", "scope"),
        }
        for endpoint in target.endpoints
    }
    return {
        "case": case.id,
        "pairing": pairing,
        "origin": origin,
        "variables": dict(variables),
        "target": {
            "name": target.name,
            "version": target.version,
            "delivery": target.delivery.value,
            "endpoints": endpoints,
            "accounts": [
                {"address": account.address, "name": account.name, "role": account.role}
                | _unlike(account, Account, "user", "ews_token_env", "graph_token_env")
                for account in target.accounts
            ],
            **told,
        },
    }


def target_of_head(head: Mapping[str, Any], path: Path) -> Target:
    """The target as a cassette's head describes it; the secrets are made up, for they are never compared."""
    try:
        told = head["target"]
        endpoints = {name: _endpoint(name, fields) for name, fields in told["endpoints"].items()}
        return Target(
            name=told["name"],
            kind=TargetKind.LIVE,
            accounts=tuple(Account(**account, secret="replayed") for account in told["accounts"]),  # noqa: S106  not a password
            ews=endpoints.get("ews"),
            graph=endpoints.get("graph"),
            version=told["version"],
            delivery=Delivery(told["delivery"]),
            features=frozenset(told.get("features", FEATURES)),
        )
    except (KeyError, TypeError, ValueError) as problem:
        raise NotRecorded(f"{path}: the head of the cassette does not describe a case: {problem!r}.") from problem


def _endpoint(protocol: str, told: Mapping[str, Any]) -> Endpoint:
    return Endpoint(protocol, **told, secret="replayed" if told.get("client_secret_env") else "")


def _unlike(value: object, kind: type, *names: str) -> dict[str, Any]:
    """The fields of these names that are not as they are by default, by which older recordings go on being read."""
    usual = {one.name: one.default for one in fields(kind)}
    return {name: getattr(value, name) for name in names if getattr(value, name) != usual[name]}


def ear_of_head(head: Mapping[str, Any], tape: TapeTransport) -> Ear | None:
    """What hears on a tape what the server sent of its own accord, where the recorded case heard anything."""
    heard_at = head.get("listener")
    return TapeEar(tape, heard_at) if isinstance(heard_at, str) else None


def variables_of_head(head: Mapping[str, Any], path: Path) -> Mapping[str, str]:
    """What the recorded case drew."""
    variables = head.get("variables")
    if not isinstance(variables, Mapping) or not {"token", "date", "now"} <= variables.keys():
        raise NotRecorded(f"{path}: the head of the cassette does not describe a case: no variables were drawn.")
    return variables


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def _moved(url: str, origin: str) -> str:
    return origin + url.removeprefix(_origin(url)) if origin and url else url
