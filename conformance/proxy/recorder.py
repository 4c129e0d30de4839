"""The recorder: a mitmproxy addon that writes each exchange to a cassette and keeps the client on the proxy."""

from __future__ import annotations

import itertools
import json
import logging
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache, partial
from typing import Any
from weakref import WeakKeyDictionary

from mitmproxy import connection, ctx, exceptions, http
from mitmproxy.addonmanager import Loader
from mitmproxy.proxy import mode_specs, server_hooks

from conformance.model.exchange import Exchange, Headers, Request, header
from conformance.proxy import capture
from conformance.proxy.apart import Apart
from conformance.proxy.bodies import is_textual
from conformance.proxy.captured import Passed, Route
from conformance.proxy.comments import Comments
from conformance.proxy.options import OPTIONS, PREFIX
from conformance.proxy.origins import Origin, Rewriting, is_loopback, parse_origin
from conformance.proxy.passing import Passing
from conformance.proxy.routing import (
    OWN_PATHS,
    BadRequest,
    CloseCase,
    HandExchange,
    Marks,
    OpenCase,
    command,
    marked_upstream,
    split_marks,
)
from conformance.proxy.settings import Settings, prepare, settings
from conformance.proxy.shelf import CaseIsOpen, CaseUnknown
from conformance.proxy.writing import Writing
from conformance.tape.redact import redacted_request
from conformance.wire.operation import operation

NOWHERE = ("meetproof.invalid", 80)  # the upstream of a proxy that has none (RFC 2606)

_GOING_ON = b"GetStreamingEvents"  # its answer ends with the subscription, after minutes (MS-OXWSNTIF, 3.1.4.2)

log = logging.getLogger("meetproof.record")


@dataclass(slots=True)
class _Pending:
    """What is known of a request while its answer is awaited."""

    marks: Marks
    headers: Headers
    route: Route
    refusal: BadRequest | None = None
    target: str = ""
    body: bytes | None = None
    is_taken: bool = False
    notes: dict[str, Any] = field(default_factory=dict)
    sent: _Body | None = None
    received: _Body | None = None
    told: Headers = ()  # the answer's headers as they came, where its body is passed on while it comes


class _Body:
    """A body that is passed on while it comes, whose pieces are told under a number once it is large."""

    def __init__(
        self,
        limit: int,
        number: int,
        begin: Callable[[], None],
        piece: Callable[[int, bytes], None],
        finish: Callable[[bytes], bytes] | None,
    ) -> None:
        self.number = number
        self.passing = Passing(limit, self._keep, finish)
        self._begin: Callable[[], None] | None = begin
        self._piece = piece

    def _keep(self, piece: bytes) -> None:
        begin, self._begin = self._begin, None
        if begin is not None:
            begin()
        self._piece(self.number, piece)

    @property
    def passed(self) -> Passed | None:
        """What the record is told of it, where it holds no such body."""
        return Passed(self.number, self.passing.size) if self.passing.body is None else None


class Recorder:
    """Records every exchange; the traffic passes on whatever becomes of the record.

    ``keeps_host`` says that in reverse mode the request still has the client's Host when it gets here (mitmproxy's
    option ``keep_host_header``); otherwise the client is taken to have used the address that it connected to. With
    ``take`` the exchanges of no case are given to it, and not written here.
    """

    def __init__(self, *, keeps_host: bool = False, take: Callable[[Exchange], None] | None = None) -> None:
        self._keeps_host = keeps_host
        self._taken_by = take
        self._settings: Settings | None = None
        self._writing: Writing | Apart | None = None
        self._pending: WeakKeyDictionary[http.HTTPFlow, _Pending] = WeakKeyDictionary()
        self._connections: dict[str, int] = {}
        self._connected = 0
        self._bodies = itertools.count()
        self._comments: Comments | None = None
        self._full = ""  # why nothing more can be written
        self._is_refused = False  # the latest options could not be used
        self._aliases: dict[str, tuple[Rewriting, ...]] = {}

    def load(self, loader: Loader) -> None:
        """Declare the options."""
        for name, (kind, default, words) in OPTIONS.items():
            loader.add_option(f"{PREFIX}{name}", kind, default, words)

    def configure(self, updated: set[str]) -> None:
        """Take the options; a change of them closes what is open and begins anew."""
        if not any(name.startswith(PREFIX) for name in updated):
            return
        if self._is_refused:  # mitmproxy puts back what the options were, under which all is as it was
            self._is_refused = False
            return
        self._is_refused = True
        try:
            wanted = settings(**{name: getattr(ctx.options, f"{PREFIX}{name}") for name in OPTIONS})
            prepare(wanted.out)
        except ValueError as problem:
            raise exceptions.OptionsError(str(problem)) from None
        except OSError as problem:
            raise exceptions.OptionsError(f"meetproof_out: cannot write to the folder: {problem}") from None
        self._is_refused = False
        self.done()
        self._full = ""
        seen = wanted.comments == "yes" or (wanted.comments == "auto" and ctx.master.addons.get("view") is not None)
        self._comments = Comments() if seen else None
        self._settings = wanted
        # Where a full disk is to stop the traffic, no answer passes before its exchange is written.
        may_lag = not seen and self._taken_by is None and wanted.on_full == "pass"
        is_apart = wanted.apart and may_lag and os.name == "posix"  # a socket is handed to the process
        self._writing = Apart(wanted, self._hear) if is_apart else Writing(wanted, self._hear, self._taken_by)

    def done(self) -> None:
        """Close the cassettes."""
        if self._writing is not None:
            for closed in self._writing.close():
                log.info("recorded %d exchanges in %s", closed.exchanges, closed.path)
            self._writing = None

    def client_connected(self, client: connection.Client) -> None:
        """Number the connection."""
        self._connected += 1
        self._connections[client.id] = self._connected

    def client_disconnected(self, client: connection.Client) -> None:
        """Forget the connection."""
        self._connections.pop(client.id, None)

    def server_connect(self, data: server_hooks.ServerConnectionHookData) -> None:
        """Name the upstream in TLS by its own name: mitmproxy leaves it open when the client's Host is kept."""
        if self._keeps_host and _is_reverse(data.client) and data.server.address and data.server.sni is None:
            data.server.sni = data.server.address[0]

    def requestheaders(self, flow: http.HTTPFlow) -> None:
        """Take off the marks before anything can be sent on, and find where the request goes."""
        marks, headers = split_marks(capture.headers_from(flow.request.headers))
        if not _is_local(flow.client_conn):
            marks = Marks()
        refusal = self._stopped(flow) or self._follow(flow, marks)
        route = self._route(flow, headers)
        if aliases := self._aliases.get(marks.case or ""):
            route = replace(route, aliases=aliases)
        pending = _Pending(marks, headers, route, refusal)
        self._pending[flow] = pending
        if len(headers) != len(flow.request.headers.fields):
            flow.request.headers = capture.headers_into(headers)
        if (
            refusal is None
            and self._is_large(header(headers, "Content-Length"))
            and not flow.request.path.startswith(OWN_PATHS)
        ):
            self._take_request(flow, pending, None)
            pending.sent = self._passing(pending, headers)
            flow.request.stream = pending.sent.passing

    def request(self, flow: http.HTTPFlow) -> None:
        """Answer what is meant for the proxy; keep the request for the record and make it the upstream's."""
        pending = self._pending.get(flow)
        if pending is None:
            return
        if flow.request.path.startswith(OWN_PATHS):
            del self._pending[flow]
            flow.response = self._own_answer(flow)
        elif pending.refusal is not None:
            del self._pending[flow]
            flow.response = _answer(pending.refusal.status, {"error": str(pending.refusal)})
        elif pending.sent is None:
            self._take_request(flow, pending, flow.request.raw_content)

    def responseheaders(self, flow: http.HTTPFlow) -> None:
        """Let an answer pass while it comes that is large, or of unknown length, or goes on until somebody leaves.

        So does one that the suite will hand in itself, of which nothing is kept here.
        """
        pending = self._pending.get(flow)
        if pending is None or not pending.is_taken or flow.response is None:
            return
        headers = capture.headers_from(flow.response.headers)
        if pending.marks.is_handed:
            capture.forward_headers(flow.response, pending.route)
            flow.response.stream = True
            return
        goes_on, length = self._goes_on(pending), header(headers, "Content-Length")
        if not goes_on and length is not None and not self._is_large(length):
            return
        pending.told = headers
        large = goes_on or length is not None
        finish = None if large else partial(capture.forward_body, headers, route=pending.route)
        pending.received = self._passing(pending, headers, finish)
        capture.forward_headers(flow.response, pending.route)
        flow.response.stream = pending.received.passing

    def response(self, flow: http.HTTPFlow) -> None:
        """Write the exchange down, then make the answer the client's."""
        pending = self._pending.pop(flow, None)
        if pending is None or not pending.is_taken or flow.response is None or pending.marks.is_handed:
            return
        headers = pending.told if pending.received is not None else capture.headers_from(flow.response.headers)
        self._record(flow, pending, headers)
        if pending.received is None:
            capture.forward_response(flow.response, headers, pending.route)

    def error(self, flow: http.HTTPFlow) -> None:
        """Say that no answer came, or write down as much as came of one."""
        pending = self._pending.pop(flow, None)
        if pending is None or flow.error is None or pending.marks.is_handed:
            return
        if pending.received is None:
            if pending.sent is not None and self._writing is not None:
                self._writing.drop(pending.sent.number)
            asked = redacted_request(Request(flow.request.method, flow.request.path))
            words = f"no answer from {pending.route.upstream} to {asked.method} {asked.url}: {flow.error.msg}"
            self._refuse(pending.marks.case, words)
            return
        pending.notes["response_cut"] = flow.error.msg
        self._record(flow, pending, pending.told)

    def _take_request(self, flow: http.HTTPFlow, pending: _Pending, body: bytes | None) -> None:
        """Keep a request for the record, and make it the upstream's."""
        pending.target, pending.body, pending.is_taken = flow.request.path, body, True
        capture.forward_request(flow.request, pending.headers, pending.route)

    def _goes_on(self, pending: _Pending) -> bool:
        """Whether an answer ends with a subscription."""
        body = pending.body or b""
        return (
            _GOING_ON in body
            and operation(Request("POST", pending.target, pending.headers, body)) == _GOING_ON.decode()
        )

    def _is_large(self, length: str | None) -> bool:
        return self._settings is not None and (length or "").isdecimal() and int(length or "") > self._settings.spool

    def _passing(self, pending: _Pending, headers: Headers, finish: Callable[[bytes], bytes] | None = None) -> _Body:
        """What passes a body on that comes with such headers."""
        assert self._settings is not None
        assert self._writing is not None
        number = next(self._bodies)
        request = Request("", f"{pending.route.recorded}{pending.target}", pending.headers, pending.body or b"")
        begin = partial(self._writing.begin, number, request, headers, is_text=is_textual(headers))
        return _Body(self._settings.spool, number, begin, self._writing.piece, finish)

    def _stopped(self, flow: http.HTTPFlow) -> BadRequest | None:
        """What is told to clients while nothing can be recorded, if that stops the traffic."""
        stops = self._settings is not None and self._settings.on_full == "stop" and bool(self._full)
        if not stops or flow.request.path.startswith(OWN_PATHS):
            return None
        return BadRequest(507, f"recording stopped, and with it the traffic: {self._full}")

    def _follow(self, flow: http.HTTPFlow, marks: Marks) -> BadRequest | None:
        """Send a routed request to the upstream it names; what stands against it otherwise."""
        if self._settings is None or not self._settings.routed or flow.request.path.startswith(OWN_PATHS):
            return None
        if marks.upstream is None:
            if getattr(flow.client_conn.proxy_mode, "address", None) == NOWHERE:
                return BadRequest(
                    421, "this proxy has no upstream of its own: name one in the header meetproof-upstream"
                )
            return None
        try:
            upstream = marked_upstream(marks.upstream)
        except BadRequest as refusal:
            return refusal
        flow.request.scheme, flow.request.host, flow.request.port = upstream.scheme, upstream.address, upstream.port
        return None

    def _route(self, flow: http.HTTPFlow, headers: Headers) -> Route:
        host = flow.request.host
        upstream = Origin(flow.request.scheme, f"[{host}]" if ":" in host else host.lower(), flow.request.port)
        recorded = self._settings.origin if self._settings is not None and self._settings.origin else upstream
        client = self._client_origin(flow, headers) if _is_reverse(flow.client_conn) else None
        return _route(client, upstream, recorded)

    def _client_origin(self, flow: http.HTTPFlow, headers: Headers) -> Origin:
        """The proxy as the client calls it."""
        scheme = "https" if flow.client_conn.tls else "http"
        address, port, *_ = flow.client_conn.sockname
        if self._keeps_host:
            named = header(headers, "Host", "")
            try:
                return parse_origin(f"{scheme}://{named or flow.request.authority}")
            except ValueError:
                log.debug("no usable Host: %r", named)
        return Origin(scheme, f"[{address}]" if ":" in address else address, port)

    def _record(self, flow: http.HTTPFlow, pending: _Pending, headers: Headers) -> None:
        """Have an exchange written down whose answer came with such headers."""
        assert self._settings is not None
        assert self._writing is not None
        assert flow.response is not None
        sent, received = pending.sent, pending.received
        number = None
        if not self._settings.deterministic:
            number = self._connections.get(flow.client_conn.id, 0)
            pending.notes |= pending.marks.notes or {}
        seen = capture.captured(
            flow,
            (pending.target, pending.headers, pending.body if sent is None else sent.passing.body),
            (headers, flow.response.raw_content if received is None else received.passing.body),
            pending.route,
            pending.marks.case,
            pending.notes,
            number,
            (None if sent is None else sent.passed, None if received is None else received.passed),
        )
        exchange = self._writing.write(seen)
        if self._comments is not None and exchange is not None:
            flow.comment = self._comments.on(exchange)

    def _refuse(self, case: str | None, words: str) -> None:
        if self._writing is not None:
            self._writing.refuse(case, words)

    def _hear(self, words: str, *, full: str = "") -> None:
        """Say what could not be written; that the disk is full is remembered."""
        self._full = self._full or full
        if words:
            log.warning("%s", words)

    def _own_answer(self, flow: http.HTTPFlow) -> http.Response:
        request = flow.request
        if not _is_local(flow.client_conn):
            return _answer(403, {"error": "cases are opened and closed from this machine only"})
        try:
            kind = request.headers.get("content-type", "")
            asked = command(request.method, request.path, kind, request.raw_content or b"")
            if isinstance(asked, HandExchange):
                return self._take(asked, self._routed(flow, asked.stem))
            return self._follow_command(asked)
        except BadRequest as refusal:
            return _answer(refusal.status, {"error": str(refusal)})
        except Exception as problem:  # noqa: BLE001  whatever goes wrong, what is meant for the proxy is not sent on
            return _answer(500, {"error": str(problem)})

    def _routed(self, flow: http.HTTPFlow, stem: str) -> Route:
        """The route of what is handed in: to the upstream that the command names, else to the proxy's own."""
        assert self._settings is not None
        marks, headers = split_marks(capture.headers_from(flow.request.headers))
        route = replace(self._route(flow, headers), aliases=self._aliases.get(stem, ()))
        if marks.upstream is None:
            return route
        upstream = marked_upstream(marks.upstream)
        return replace(route, upstream=upstream, recorded=self._settings.origin or upstream)

    def _take(self, asked: HandExchange, route: Route) -> http.Response:
        """Write down what is handed in."""
        assert self._writing is not None
        if not self._writing.has_case(asked.stem):
            raise BadRequest(404, f"the case {asked.stem} is not open")
        self._writing.hand(asked.stem, asked.exchange, route)
        return _answer(200, {"case": asked.stem})

    def _follow_command(self, asked: OpenCase | CloseCase) -> http.Response:
        assert self._settings is not None
        assert self._writing is not None
        try:
            if isinstance(asked, CloseCase):
                self._aliases.pop(asked.stem, None)
                closed = self._writing.close_case(asked.stem)
                told = {"cassette": str(closed.path), "exchanges": closed.exchanges, "refused": closed.refused}
                return _answer(200, {"case": asked.stem, **told})
            head: dict[str, Any] = {"case": asked.stem}
            if self._settings.origin is not None:
                head["origin"] = str(self._settings.origin)
            path = self._writing.open_case(asked.stem, head | dict(asked.head))
            self._aliases[asked.stem] = tuple(
                Rewriting(parse_origin(origin), parse_origin(alias)) for origin, alias in asked.aliases.items()
            )
        except CaseUnknown as problem:
            raise BadRequest(404, str(problem)) from None
        except CaseIsOpen as problem:
            raise BadRequest(409, str(problem)) from None
        return _answer(201, {"case": asked.stem, "cassette": str(path)})


@lru_cache(maxsize=256)
def _route(client: Origin | None, upstream: Origin, recorded: Origin) -> Route:
    """A route, the same each time while it is in use."""
    return Route(client, upstream, recorded)


def _answer(status: int, content: Mapping[str, Any]) -> http.Response:
    return http.Response.make(status, json.dumps(content).encode() + b"\n", {"Content-Type": "application/json"})


def _is_reverse(client: connection.Client) -> bool:
    return isinstance(client.proxy_mode, mode_specs.ReverseMode)


def _is_local(client: connection.Client) -> bool:
    return is_loopback(client.peername[0])
