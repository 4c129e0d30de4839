"""Recordings against live servers: their requests are made again, and what is answered is compared."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from conformance.access import connect, sign_in
from conformance.client.protocol import Transport
from conformance.diff.outcome import Compared, Recording
from conformance.diff.people import Unplayable, cast, known_accounts, recorded_people
from conformance.diff.playing import Played, Player, fresh
from conformance.diff.recordings import compare_recordings
from conformance.isolation import InUse, TracedTransport, Traces, clear, lease_mailboxes, words_of
from conformance.tape.actors import actor_of
from conformance.targets import Account, Endpoint, Target, TargetKind
from conformance.targets.farm import Farm, FarmRefused, FarmServer

Sides = tuple[Target | None, Target | None]
"""The live sides; None is the recording itself."""
Tell = Callable[[str], None]
"""Is told what stays on a server, in words."""


def compare_live(
    recordings: Iterable[tuple[str, Recording]], sides: Sides, given: Mapping[str, str], tell: Tell
) -> Iterator[Compared]:
    """Each recording on one or two live servers, laid side by side.

    ``given`` names accounts for recorded people. An embedded target is a fresh server for each recording, at its time.
    """
    for name, recording in recordings:
        if recording.damage and not recording.exchanges:
            yield Compared(name, problem=recording.damage)
            continue
        try:
            yield _compared(name, recording, sides, given, tell)
        except (Unplayable, InUse, FarmRefused) as problem:
            yield Compared(name, problem=str(problem))


def _compared(name: str, recording: Recording, sides: Sides, given: Mapping[str, str], tell: Tell) -> Compared:
    played = [None if target is None else _played(name, recording, target, given, tell) for target in sides]
    count = min(len(one.live.exchanges) for one in played if one is not None)
    recorded = next(one.recorded for one in played if one is not None)
    left, right = (_first(recorded if one is None else one.live, count) for one in played)
    found = compare_recordings(name, left, right)
    problems = [one.problem for one in played if one is not None and one.problem]
    passed_over = max(one.passed_over for one in played if one is not None)
    problem = "; ".join(dict.fromkeys([*problems, *([found.problem] if count and found.problem else [])]))
    if not count and not problem:
        problem = "none of its requests can be made again: it has logins alone, or neither EWS nor Graph"
    return replace(found, problem=problem, passed_over=passed_over)


def _first(recording: Recording, count: int) -> Recording:
    return replace(recording, exchanges=recording.exchanges[:count])


def _played(name: str, recording: Recording, target: Target, given: Mapping[str, str], tell: Tell) -> Played:
    with _before(name, recording, target, given, tell) as (alive, transport, drawn, traces):

        def opened(account: Account, endpoint: Endpoint) -> Transport:
            traces.meet(account)
            return sign_in(transport, account, endpoint)

        return Player(alive, cast(recording, alive, given), opened, time.sleep).play(recording, drawn)


@contextmanager
def _before(
    name: str, recording: Recording, target: Target, given: Mapping[str, str], tell: Tell
) -> Iterator[tuple[Target, Transport, Mapping[str, Any], Traces]]:
    """The server as it stands for one recording, the way to it, the variables to play with, and what it will touch."""
    if target.kind is TargetKind.EMBEDDED:
        with _embedded(name, recording, target, is_cast=bool(given)) as server:
            alive = replace(target, ews=server.ews, graph=server.graph, accounts=server.accounts)
            with connect(alive) as transport:
                yield alive, transport, dict(recording.head.get("variables") or {}), Traces()
        return
    drawn = fresh(recording, datetime.now(UTC))
    with lease_mailboxes(target), connect(target) as transport:
        traces = Traces()
        try:
            yield target, TracedTransport(transport, target, traces), drawn, traces
        finally:
            _clear(target, drawn, traces, tell)


def _clear(target: Target, drawn: Mapping[str, Any], traces: Traces, tell: Tell) -> None:
    """Take away what a play made, as far as its mark tells."""
    if "token" not in drawn:
        tell(f"what the requests made on {target.name} stays there: the recording has no mark to find it by")
        return
    if traces.is_answered:
        words = words_of(str(drawn["token"]))
        for left in clear(target, words, traces.accounts.values(), has_folders=traces.makes_folders):
            tell(f"something may stay on {target.name}: {left}")


@contextmanager
def _embedded(name: str, recording: Recording, target: Target, *, is_cast: bool) -> Iterator[FarmServer]:
    """A fresh server at the time of the recording; with the mailboxes of the recording where it has others."""
    farm = Farm(target.control)
    fixed = {"seed": name, "clock": _begun(recording), "faults": target.faults}
    with farm.server(**fixed) as server:
        known = {account.address.casefold() for account in server.accounts}
        asking = {actor_of(exchange).casefold() for exchange in recording.exchanges} - {""}
        if is_cast or asking <= known:
            yield server
            return
    with farm.server(**fixed, mailboxes=_mailboxes(recording)) as server:
        yield server


def _mailboxes(recording: Recording) -> Sequence[Mapping[str, str]]:
    """Mailboxes for everybody with an address, as a file of mailboxes has them."""
    told = {str(one.get("address", "")).casefold(): one for one in known_accounts(recording.head)}
    found = []
    for address in recorded_people(recording):
        if "@" in address:
            account = told.get(address, {})
            kind = "room" if account.get("role") == "room" else "user"
            found.append(
                {"address": address, "name": str(account.get("name") or address.partition("@")[0]), "kind": kind}
            )
    return found


def _begun(recording: Recording) -> str | None:
    """When a recording began: by its variables, else by the first answer's Date."""
    variables = recording.head.get("variables") or {}
    if "now" in variables:
        return str(variables["now"])
    for exchange in recording.exchanges:
        try:
            told = parsedate_to_datetime(exchange.response.header("Date") or "")
        except ValueError:
            continue
        return told.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return None
