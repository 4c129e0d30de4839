"""Worlds from options, and uvicorn servers on loopback ports."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from math import inf
from pathlib import Path
from typing import Any, Final, Protocol

import uvicorn

from reference_impl.app import Application
from reference_impl.asgi import Receive, Scope, Send
from reference_impl.auth.schemes import choose_schemes
from reference_impl.directory.population import default_population
from reference_impl.domain.applications import Tenant
from reference_impl.domain.copying import replace
from reference_impl.domain.mailbox import Mailbox
from reference_impl.faults import check_names
from reference_impl.protocol import http_protocol
from reference_impl.service.callbacks import Callbacks
from reference_impl.service.settings import Settings, set_settings
from reference_impl.service.world import Clock, Ids, RandomIds, SeededIds, SteppedClock, SystemClock, World
from reference_impl.store.store import Store, open_store
from reference_impl.tls import Tls

IN_MEMORY: Final = "sqlite://"
SEEDED_START: Final = datetime(2026, 1, 5, 8, 0, tzinfo=UTC)
PROFILES: Final = {"onpremises": Settings, "online": Settings.online}


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """How a server is set up; ``seed`` makes its ids and, with ``clock``, its times reproducible.

    ``auth`` names the authentication schemes offered, all that work where it says nothing; ``keytab`` is for Kerberos.
    ``notify`` names the hosts beside this machine to which events may be pushed, as ``Callbacks`` has them. What is
    sent is delivered ``delivery_delay`` seconds later. ``settings`` are other values than the profile's, as
    ``set_settings`` takes them. ``tenant`` has the applications that may ask for tokens; without any, all may.
    """

    seed: str | None = None
    clock: datetime | None = None
    faults: frozenset[str] = frozenset()
    profile: str = "onpremises"
    mailboxes: Sequence[Mailbox] | None = None
    tenant: Tenant = field(default_factory=Tenant)
    database: str = IN_MEMORY
    auth: Sequence[str] | None = None
    keytab: Path | None = None
    notify: Sequence[str] = ()
    delivery_delay: float = 0.0
    settings: Mapping[str, object] = field(default_factory=dict)


def build_world(options: Options) -> World:
    """A populated world. Raises ValueError for unknown profiles, faults and settings, and bad hosts, in words."""
    if options.profile not in PROFILES:
        raise ValueError(f"unknown profile {options.profile!r}; known: {', '.join(PROFILES)}")
    check_names(options.faults)
    if not 0 <= options.delivery_delay < inf:
        raise ValueError(f"a delivery is delayed by seconds, of which there are no {options.delivery_delay:g}")
    settings = replace(
        set_settings(PROFILES[options.profile](), options.settings),
        notified=Callbacks(options.notify).named,
        delivery_delay=options.delivery_delay,
    )
    if options.seed is not None and options.database != IN_MEMORY:
        raise ValueError("a seed repeats its ids at every start: it goes with the database in memory only")
    stepped = options.seed is not None or options.clock is not None
    clock: Clock = SteppedClock(options.clock or SEEDED_START) if stepped else SystemClock()
    ids: Ids = RandomIds() if options.seed is None else SeededIds(options.seed)
    store = open_store(options.database)
    store.populate(_newcomers(options, store), ids, clock.now())
    return World(store=store, clock=clock, ids=ids, settings=settings, faults=options.faults, tenant=options.tenant)


def _newcomers(options: Options, store: Store) -> Sequence[Mailbox]:
    """Who is given a mailbox: those asked for, or the default ones where the database has nobody yet."""
    if options.mailboxes is not None:
        return options.mailboxes
    return () if store.directory.mailboxes else default_population()


class Server(uvicorn.Server):
    """A uvicorn server that leaves signals to its owner."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Do nothing: several servers live in one process."""
        yield


@dataclass(slots=True)
class Listening:
    """A server that answers."""

    server: Server
    task: asyncio.Task[None]
    origin: str

    def stop(self) -> None:
        """Let the server finish; connections that are open are cut."""
        self.server.should_exit = True
        self.server.force_exit = True


def bind(host: str, port: int) -> socket.socket:
    """A listening socket. Raises OSError where the port is taken."""
    sock = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    sock.bind((host, port))
    return sock


class Served(Protocol):
    """An ASGI application that is at work while ``running``, not only while it answers."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request (ASGI 3)."""
        ...

    def running(self) -> contextlib.AbstractAsyncContextManager[None]:
        """The time of its work."""
        ...


async def listen(app: Served, sock: socket.socket, tls: Tls | None = None) -> Listening:
    """Serve an ASGI application on a bound socket, over TLS if so; returns when it answers."""
    config = uvicorn.Config(
        app,
        http=http_protocol(),
        lifespan="off",
        log_level="warning",
        access_log=False,
        server_header=False,
        date_header=False,
        ws="none",
        timeout_keep_alive=75,
        timeout_graceful_shutdown=1,
    )
    config.load()
    config.ssl = tls.context if tls else None
    server = Server(config)
    task = asyncio.create_task(_serve(server, app, sock))
    while not server.started:
        if task.done():
            await task
            raise RuntimeError("the server stopped before it could answer")
        await asyncio.sleep(0.002)
    host, port = sock.getsockname()[:2]
    scheme = "https" if tls else "http"
    return Listening(server, task, f"{scheme}://{f'[{host}]' if ':' in host else host}:{port}")


async def _serve(server: Server, app: Served, sock: socket.socket) -> None:
    async with app.running():
        await server.serve(sockets=[sock])


def describe(origin: str, mailboxes: Sequence[Mailbox], tenant: Tenant) -> dict[str, Any]:
    """What a client needs to know of a server: its endpoints and its mailboxes."""
    return {
        "ews": f"{origin}/EWS/Exchange.asmx",
        "graph": f"{origin}/v1.0",
        "token": f"{origin}/oauth2/v2.0/token",
        "authority": f"{origin}/{tenant.id}",
        "mailboxes": [
            {"address": mailbox.address, "name": mailbox.person.name, "kind": mailbox.kind.value}
            for mailbox in mailboxes
        ],
    }


def application(options: Options) -> Application:
    """The public way to a server in this process. Raises ValueError for options that cannot be used."""
    schemes = choose_schemes(options.auth, options.keytab)
    return Application(build_world(options), schemes)
