"""The farm of reference servers, seen from outside: a control address that gives a fresh server for the asking."""

from __future__ import annotations

import json
import sys
import urllib.error
import urllib.request
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from importlib.util import find_spec
from typing import Any

from conformance.targets.process import companion
from conformance.targets.target import Account, Endpoint

# What the reference server needs beyond the plugin's own requirements: the `server` extra.
_EXTRA = ("joserfc", "spnego", "sqlalchemy", "uvicorn")
_PASSWORD = "meetproof"  # noqa: S105  the published password of every mailbox of the reference population
_ROLES = {"room": "room", "equipment": "room", "list": "list"}
_NAMED = {"organizer": "organizer", "attendee": "attendee", "roomlist": "roomlist"}


class ServerExtraMissing(RuntimeError):
    """The packages that the reference server needs are not installed."""


class FarmRefused(RuntimeError):
    """The farm did not do what was asked; the message holds its words."""


@dataclass(frozen=True, slots=True)
class FarmServer:
    """One server of the farm: its addresses, its accounts and, over TLS, the certificate behind it in PEM.

    ``authority`` is whom its tokens come from, as clients of the identity platform name it.
    """

    id: str
    ews: Endpoint
    graph: Endpoint
    accounts: tuple[Account, ...]
    ca: str = ""
    authority: str = ""

    @property
    def token_url(self) -> str:
        """The OAuth 2.0 token endpoint."""
        return self.graph.token_url


class Farm:
    """A running farm, by its control address."""

    def __init__(self, control: str) -> None:
        self.control = control.rstrip("/")
        # No environment proxy stands between this machine and itself.
        self._opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))

    def start(
        self,
        *,
        seed: str | None = None,
        clock: str | None = None,
        faults: Iterable[str] = (),
        profile: str = "onpremises",
        mailboxes: Any = None,
        applications: Any = None,
        auth: Iterable[str] | None = None,
        tls: bool | Iterable[str] = False,
        delivery_delay: float = 0,
        settings: Mapping[str, object] | None = None,
    ) -> FarmServer:
        """A fresh server with its own port, mailboxes, ids, clock and faults."""
        asked = {"seed": seed, "clock": clock, "faults": sorted(faults), "profile": profile, "mailboxes": mailboxes}
        asked |= {"auth": None if auth is None else list(auth), "tls": tls if isinstance(tls, bool) else list(tls)}
        asked |= {"applications": applications, "delivery_delay": delivery_delay, "settings": dict(settings or {})}
        told = self._ask("POST", "/servers", asked)
        return FarmServer(
            id=told["id"],
            ews=Endpoint("ews", told["ews"], "basic"),
            graph=Endpoint("graph", told["graph"], "oauth", told["token"]),
            accounts=tuple(_account(row) for row in told["mailboxes"]),
            ca=told.get("ca", ""),
            authority=told["authority"],
        )

    def stop(self, server: FarmServer) -> None:
        """End a server; its mailboxes are gone."""
        self._ask("DELETE", f"/servers/{server.id}")

    @contextmanager
    def server(self, **options: Any) -> Iterator[FarmServer]:
        """A server for the length of a block; the options are those of ``start``."""
        started = self.start(**options)
        try:
            yield started
        finally:
            self.stop(started)

    def set_clock(self, server: FarmServer, moment: datetime) -> datetime:
        """Set a server's clock; its new time."""
        told = self._ask("POST", f"/servers/{server.id}/clock", {"set": moment.isoformat()})
        return datetime.fromisoformat(told["now"])

    def advance_clock(self, server: FarmServer, seconds: float) -> datetime:
        """Move a server's clock forward; its new time."""
        told = self._ask("POST", f"/servers/{server.id}/clock", {"advance": seconds})
        return datetime.fromisoformat(told["now"])

    def set_faults(self, server: FarmServer, names: Iterable[str]) -> None:
        """The named faults a server has from now on, in place of those it had."""
        self._ask("POST", f"/servers/{server.id}/faults", sorted(names))

    def hold_deliveries(self, server: FarmServer) -> int:
        """Let what is sent on a server wait from now on; how many messages wait."""
        return int(self._deliver(server, "hold")["waiting"])

    def step_deliveries(self, server: FarmServer, count: int) -> int:
        """Deliver so many of the messages that wait; how many were."""
        return int(self._deliver(server, count)["stepped"])

    def release_deliveries(self, server: FarmServer) -> None:
        """Deliver all that waits, and no longer let it wait."""
        self._deliver(server, "release")

    def _deliver(self, server: FarmServer, deliveries: str | int) -> Any:
        return self._ask("POST", f"/servers/{server.id}/deliveries", {"deliveries": deliveries})

    def _ask(self, method: str, path: str, body: Any = None) -> Any:
        request = urllib.request.Request(  # noqa: S310  the control address is http on this machine
            self.control + path,
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Content-Type": "application/json"},
        )
        try:
            with self._opener.open(request, timeout=30) as answer:
                text = answer.read()
        except urllib.error.HTTPError as refusal:
            with refusal:
                words = refusal.read().decode("utf-8", "replace")
            raise FarmRefused(
                f"{method} {self.control}{path}: the farm answered {refusal.code}: {_said(words)}"
            ) from None
        except OSError as problem:
            raise FarmRefused(f"{method} {self.control}{path}: the farm does not answer: {problem}") from None
        return json.loads(text) if text else None


@contextmanager
def running_farm() -> Iterator[Farm]:
    """A farm in a process of its own, for the length of a block; ServerExtraMissing when it cannot run here."""
    check_server_extra()
    # -P: what lies in the folder one happens to be in is not imported.
    command = [sys.executable, "-P", "-m", "reference_impl", "farm", "--port", "0", "--ready-json"]
    with companion(command, "farm") as ready:
        yield Farm(ready["control"])


def missing_packages() -> list[str]:
    """What the reference server needs and is not installed."""
    return [name for name in ("reference_impl", *_EXTRA) if find_spec(name) is None]


def check_server_extra() -> None:
    """ServerExtraMissing unless the packages of the ``server`` extra are installed."""
    if missing := missing_packages():
        raise ServerExtraMissing(
            f"The reference server cannot run: {', '.join(missing)} not installed. "
            f"Install it with: pip install 'meetproof[server]'"
        )


def _account(row: Mapping[str, Any]) -> Account:
    address, kind = str(row["address"]), str(row["kind"])
    person = address.partition("@")[0].rstrip("0123456789").casefold()
    role = _NAMED.get(person) or _ROLES.get(kind, "outsider")
    return Account(address, str(row["name"]), role, secret=_PASSWORD)


def _said(words: str) -> str:
    try:
        return str(json.loads(words)["error"])
    except (ValueError, KeyError, TypeError):
        return words[:300] or "nothing"
