"""A farm of servers in one process: each on its own port, with its own store, ids, clock and faults.

Test suites start one server per case here; a server starts in milliseconds.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import orjson

from reference_impl.app import Application
from reference_impl.asgi import Disconnected, Receive, Scope, Send, read_body, write_answer
from reference_impl.directory.population import population_of
from reference_impl.directory.tenants import tenant_of
from reference_impl.domain.copying import replace
from reference_impl.faults import check_names
from reference_impl.http import HttpAnswer
from reference_impl.server import Listening, Options, application, bind, describe, listen
from reference_impl.service import delivery, directory
from reference_impl.service.world import SteppedClock, World
from reference_impl.tls import Tls, made_certificate

JSON = (("Content-Type", "application/json"),)
_CONTROLS = "clock, faults or deliveries"


@dataclass(slots=True)
class Grown:
    """One server of the farm."""

    application: Application
    listening: Listening


class Farm:
    """The control application: POST /servers, DELETE /servers/ID, POST /servers/ID/ + clock, faults or deliveries."""

    def __init__(self, host: str = "127.0.0.1") -> None:
        self._host = host
        self._servers: dict[str, Grown] = {}
        self._count = 0

    @asynccontextmanager
    async def running(self) -> AsyncGenerator[None, None]:
        """At the end, every server that is still there stops."""
        try:
            yield
        finally:
            servers, self._servers = self._servers, {}
            for grown in servers.values():
                grown.listening.stop()
            await asyncio.gather(*(grown.listening.task for grown in servers.values()), return_exceptions=True)
            for grown in servers.values():
                grown.application.world.store.close()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one control request (ASGI 3)."""
        if scope["type"] != "http":
            return
        try:
            body = await read_body(receive)
        except Disconnected:
            return
        try:
            answer = await self._answer(scope["method"], scope["path"], orjson.loads(body) if body else {})
        except (ValueError, TypeError, KeyError) as error:
            answer = _json(400, {"error": f"The request cannot be used: {error}"})
        await write_answer(send, answer)

    async def _answer(self, method: str, path: str, body: Any) -> HttpAnswer:
        if (method, path) == ("POST", "/servers"):
            return await self._start(body)
        if match := re.fullmatch(r"/servers/(\w+)(?:/(\w+))?", path):
            grown = self._servers.get(match[1])
            if grown is None:
                return _json(404, {"error": f"There is no server {match[1]!r}."})
            if (method, match[2]) == ("DELETE", None):
                self._servers.pop(match[1]).listening.stop()
                store = grown.application.world.store
                grown.listening.task.add_done_callback(lambda _task: store.close())
                return HttpAnswer(204)
            setters: Mapping[str | None, Callable[[World, Any], World]] = {"clock": _clock_set, "faults": _faults_set}
            if method == "POST" and match[2] in setters:
                grown.application.use(setters[match[2]](grown.application.world, body))
                return _json(200, {"now": grown.application.world.clock.now().isoformat()})
            if (method, match[2]) == ("POST", "deliveries"):
                return _json(200, _deliver(grown.application.world, body))
        return _json(404, {"error": f"Known: POST /servers, DELETE /servers/ID, POST /servers/ID/ + {_CONTROLS}."})

    async def _start(self, body: Mapping[str, Any]) -> HttpAnswer:
        mailboxes = body.get("mailboxes")
        options = Options(
            seed=body.get("seed"),
            clock=datetime.fromisoformat(body["clock"]) if body.get("clock") else None,
            faults=frozenset(body.get("faults") or ()),
            profile=body.get("profile") or "onpremises",
            mailboxes=None if mailboxes is None else population_of(mailboxes, "mailboxes"),
            tenant=tenant_of(body.get("tenant") or {}, body.get("applications") or [], "applications"),
            auth=body.get("auth"),
            delivery_delay=float(body.get("delivery_delay") or 0),
            settings=body.get("settings") or {},
        )
        tls = _tls(body.get("tls"))
        grown = application(options)
        listening = await listen(grown, bind(self._host, 0), tls)
        self._count += 1
        name = str(self._count)
        self._servers[name] = Grown(grown, listening)
        people = directory.people(grown.world)
        told = {"id": name, **describe(listening.origin, people, grown.world.tenant)}
        return _json(201, told if tls is None else told | {"ca": tls.ca})


def _tls(asked: bool | list[str] | None) -> Tls | None:
    """A certificate made for loopback, and for the names asked for."""
    return made_certificate([] if asked is True else asked) if asked else None


def _clock_set(world: World, body: Mapping[str, Any]) -> World:
    """Move the clock to ``set`` (ISO 8601) or by ``advance`` (seconds)."""
    now = datetime.fromisoformat(body["set"]) if "set" in body else world.clock.now()
    moment = now + timedelta(seconds=float(body.get("advance", 0)))
    if isinstance(world.clock, SteppedClock):
        world.clock.set(moment)
    else:
        world = replace(world, clock=SteppedClock(moment))
    delivery.deliver_due(world)
    return world


def _faults_set(world: World, names: list[str]) -> World:
    check_names(names)
    return replace(world, faults=frozenset(names))


def _deliver(world: World, body: Mapping[str, Any]) -> Mapping[str, int]:
    """Hold deliveries from now on, ``step`` some that wait, or release them all; how many were stepped and wait."""
    asked = body.get("deliveries")
    stepped = 0
    if asked == "hold":
        delivery.hold(world)
    elif asked == "release":
        delivery.release(world)
    elif isinstance(asked, int) and asked >= 0:
        while stepped < asked and delivery.step(world):
            stepped += 1
    else:
        raise ValueError('deliveries are "hold", "release" or the number of steps')
    return {"stepped": stepped, "waiting": delivery.waiting(world)}


def _json(status: int, body: object) -> HttpAnswer:
    return HttpAnswer(status, JSON, orjson.dumps(body))
