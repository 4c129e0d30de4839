"""Running the recording proxy: mitmproxy with nothing but what recording needs, in this process."""

from __future__ import annotations

import asyncio
import json
import logging
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from mitmproxy import ctx, exceptions, master, options, version
from mitmproxy.addons import core, disable_h2c, next_layer, proxyserver, tlsconfig, upstream_auth
from mitmproxy.options import CONF_DIR

from conformance.model.exchange import Exchange
from conformance.proxy.listening import on_stop_signal, url_of, why_not
from conformance.proxy.options import OPTIONS, PREFIX
from conformance.proxy.origins import parse_origin
from conformance.proxy.recorder import NOWHERE, Recorder
from conformance.proxy.settings import SPOOL, settings

EXIT_USAGE = 64
EXIT_FAILED = 2

AGED = 11  # it pins h11 0.14, h2 4.1 and others of their year; 12 needs Python 3.12
AGED_WORDS = "mitmproxy {} keeps HTTP libraries of its time: record production traffic with Python 3.12 or newer"

MODES: Mapping[str, str] = {
    "reverse": "in front of one server, which clients take it for",
    "regular": "a proxy that clients are told to use",
    "upstream": "the same, which goes on to another proxy",
    "transparent": "a proxy to which the network leads clients",
}
"""What a recording proxy can be, as mitmproxy has them."""


@dataclass(frozen=True, slots=True)
class ProxyOptions:
    """What a recording proxy is to do; texts as the user gave them.

    ``mode`` is one of ``MODES``. In front of a server (``reverse``) and without an ``upstream`` every request names its
    own (``meetproof-upstream``, loopback only); with one, they may where ``routed`` is on. ``ca`` is a PEM file that
    the upstream's certificate is checked against instead of the usual authorities. ``certificate`` is one with key
    and certificate for clients that speak TLS, ``client_certificate`` one to show to the upstream.
    """

    out: str
    upstream: str = ""
    host: str = "127.0.0.1"
    port: int = 0
    origin: str = ""
    deterministic: bool = False
    split: str = "run"
    routed: bool = False
    ca: str = ""
    insecure: bool = False
    only: Sequence[str] = ()
    rotate_size: str = ""
    rotate_time: str = ""
    spool: str = SPOOL
    policy: str = "secrets"
    mode: str = "reverse"
    on_full: str = "pass"
    apart: bool = False
    certificate: str = ""
    client_certificate: str = ""

    @property
    def recording(self) -> dict[str, Any]:
        """What is the recorder's to know, by the names of its options."""
        chosen = {name: getattr(self, name) for name in OPTIONS.keys() & {one.name for one in fields(self)}}
        return chosen | {"routed": self.mode == "reverse" and (self.routed or not self.upstream)}


class ProxyFailed(Exception):
    """The proxy cannot run; ``status`` is the exit code that says whose fault it is."""

    def __init__(self, words: str, status: int = EXIT_FAILED) -> None:
        super().__init__(words)
        self.status = status


def run(wanted: ProxyOptions, ready: Callable[[str], None], take: Callable[[Exchange], None] | None = None) -> None:
    """Record until SIGTERM or SIGINT, then close the cassettes; ``ready`` is told the proxy's URL once it listens.

    With ``take`` the exchanges are given to it instead of being written down.

    Raises ``ProxyFailed`` for options that make no sense and for a port or folder that cannot be had.
    """
    mode = _mode(wanted)
    _log_to_stderr()
    # Looked at here for a plain message; mitmproxy would only log it.
    _see_that_port_is_free(wanted.host, wanted.port)
    asyncio.run(_serve(wanted, mode, ready, take))


async def _serve(
    wanted: ProxyOptions, mode: str, ready: Callable[[str], None], take: Callable[[Exchange], None] | None
) -> None:
    proxy = master.Master(options.Options())
    listening = proxyserver.Proxyserver()
    is_reverse = wanted.mode == "reverse"
    recorder = Recorder(keeps_host=is_reverse, take=take)
    announcer = _Announcer(listening, ready)
    is_secure = not is_reverse or wanted.upstream.startswith("https:") or bool(wanted.certificate)
    addons = [core.Core(), listening, next_layer.NextLayer(), disable_h2c.DisableH2C(), recorder, announcer]
    if is_secure:
        addons.append(tlsconfig.TlsConfig())
    if wanted.mode == "upstream":
        addons.append(upstream_auth.UpstreamAuth())
    proxy.addons.add(*addons)
    try:
        proxy.options.update(
            mode=[mode],
            listen_host=wanted.host,
            listen_port=wanted.port,
            # Clients of TLS get the version of HTTP that their server speaks, so that must be known before.
            connection_strategy="eager" if wanted.certificate and wanted.upstream.startswith("https:") else "lazy",
            keep_host_header=is_reverse,
            **({"confdir": CONF_DIR} if is_secure else {}),  # named, so that its authority is there from the start
            certs=[wanted.certificate] if wanted.certificate else [],
            client_certs=wanted.client_certificate or None,
            ssl_insecure=wanted.insecure,
            ssl_verify_upstream_trusted_ca=wanted.ca or None,
            **{f"{PREFIX}{name}": value for name, value in wanted.recording.items()},
        )
    except exceptions.OptionsError as problem:
        raise ProxyFailed(_by_option(problem)) from None
    loop = asyncio.get_running_loop()
    on_stop_signal(loop, proxy.shutdown)
    await proxy.run()
    # Python 3.11's streams report the end of each open connection as an error when their tasks are cancelled.
    loop.set_exception_handler(lambda _, __: None)
    if announcer.problem:
        raise ProxyFailed(announcer.problem)


class _Announcer:
    """Tells where the proxy listens once it does, or ends it."""

    def __init__(self, listening: proxyserver.Proxyserver, ready: Callable[[str], None]) -> None:
        self._listening = listening
        self._ready = ready
        self.problem = ""

    def running(self) -> None:
        addresses = self._listening.listen_addrs()
        if addresses:
            host, port, *_ = addresses[0]
            self._ready(url_of(host, port))
        else:
            failures = [str(server.last_exception) for server in self._listening.servers if server.last_exception]
            self.problem = "; ".join(failures) or "the proxy does not listen"
            ctx.master.shutdown()


def _mode(wanted: ProxyOptions) -> str:
    try:
        settings(**wanted.recording)
    except ValueError as problem:
        raise ProxyFailed(_by_option(problem), EXIT_USAGE) from None
    files = {
        "upstream-ca": wanted.ca,
        "certificate": wanted.certificate,
        "client-certificate": wanted.client_certificate,
    }
    for option, file in files.items():
        if file and not Path(file).is_file():
            raise ProxyFailed(f"--{option}: no such file: {file}", EXIT_USAGE)
    if wanted.mode not in MODES:
        raise ProxyFailed(f"--mode: expected one of {', '.join(MODES)}, got {wanted.mode!r}", EXIT_USAGE)
    if wanted.mode in {"regular", "transparent"}:
        if wanted.upstream:
            raise ProxyFailed(f"--upstream: a {wanted.mode} proxy has none: its clients name the servers", EXIT_USAGE)
        return wanted.mode
    if wanted.mode == "upstream" and not wanted.upstream:
        raise ProxyFailed("--upstream: expected the proxy to go on to, such as http://proxy.example:3128", EXIT_USAGE)
    if not wanted.upstream:
        return f"reverse:http://{NOWHERE[0]}:{NOWHERE[1]}"
    try:
        upstream = parse_origin(wanted.upstream)
    except ValueError as problem:
        raise ProxyFailed(f"--upstream: {problem}", EXIT_USAGE) from None
    return f"{wanted.mode}:{upstream.scheme}://{upstream.host}:{upstream.port}"


def _by_option(problem: Exception) -> str:
    """What is wrong with an option of the addon, by the name that the command line has for it."""
    option, colon, words = str(problem).partition(": ")
    name = option.removeprefix(PREFIX)
    return f"--{name.replace('_', '-')}: {words}" if colon and name != option else str(problem)


def _see_that_port_is_free(host: str, port: int) -> None:
    if not 0 <= port <= 65535:
        raise ProxyFailed(f"expected a port from 0 to 65535, got {port}", EXIT_USAGE)
    if words := why_not(host, port):
        raise ProxyFailed(words)


def _log_to_stderr() -> None:
    """What the recorder has to say, and mitmproxy's warnings, as single lines."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(logging.Formatter("meetproof: %(message)s"))
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(logging.WARNING)


def announce(url: str, wanted: ProxyOptions, *, ready_json: bool) -> None:
    """Say on standard output that the proxy listens: one JSON line for programs, words for people."""
    to = wanted.upstream or ("the upstream that each request names" if wanted.mode == "reverse" else "every server")
    words = f"recording {url} -> {to} into {wanted.out}; stop with Ctrl-C"
    if wanted.mode != "reverse":
        words += f"\nclients trust {Path(CONF_DIR).expanduser() / 'mitmproxy-ca-cert.pem'}"
    if not ready_json and int(version.VERSION.partition(".")[0]) <= AGED:
        sys.stderr.write(f"{AGED_WORDS.format(version.VERSION)}\n")
    sys.stdout.write((json.dumps({"proxy": url}) if ready_json else words) + "\n")
    sys.stdout.flush()
