"""``python -m reference_impl serve|farm|openapi``: one server, a farm of them for test suites, or what Graph offers."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import gc
import signal
import sys
from collections.abc import Callable, Coroutine, Sequence
from datetime import datetime
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any, Final, NoReturn

import orjson

from reference_impl.app import Application
from reference_impl.auth.schemes import CHALLENGES
from reference_impl.directory.population import read_population, read_tenant
from reference_impl.domain.applications import Tenant
from reference_impl.farm import Farm
from reference_impl.faults import FAULTS
from reference_impl.graph.address import VERSIONS
from reference_impl.graph.metadata.openapi import openapi_of
from reference_impl.graph.routes import ROUTES
from reference_impl.server import IN_MEMORY, PROFILES, Options, Served, application, bind, describe, listen
from reference_impl.service import directory
from reference_impl.service.settings import Setting, listed_settings
from reference_impl.tls import Tls, made_certificate, own_certificate

USAGE: Final = 64  # sysexits.h EX_USAGE
ANY_HOST: Final = ("0.0.0.0", "::")  # noqa: S104  listening on them is the user's own choice


class Parser(argparse.ArgumentParser):
    """Ends with the usage exit code and one line."""

    def error(self, message: str) -> NoReturn:
        """Print what was wrong and where help is."""
        self.exit(USAGE, f"{self.prog}: {message}. See '{self.prog} --help'.\n")


def main(arguments: Sequence[str] | None = None) -> int:
    """Parse the command line and serve until interrupted."""
    parser = _parser()
    options = parser.parse_args(arguments)
    try:
        return int(options.run(options))
    except (ValueError, OSError, OverflowError) as error:
        sys.stderr.write(f"{parser.prog}: {error}\n")
        return USAGE


def _parser() -> Parser:
    parser = Parser(prog="meetproof", description="The reference server for EWS and Microsoft Graph meetings.")
    commands = parser.add_subparsers(metavar="serve|farm|openapi", parser_class=Parser)
    parser.set_defaults(run=lambda _options: parser.error("say serve, farm or openapi"))

    serve = commands.add_parser("serve", help="one server")
    _listening(serve)
    serve.add_argument("--seed", help="make ids and times reproducible (in memory only)")
    serve.add_argument("--clock", type=datetime.fromisoformat, help="start a stepped clock at this ISO 8601 time")
    serve.add_argument("--fault", action="append", default=[], metavar="NAME", help="deviate in this way; repeatable")
    serve.add_argument("--list-faults", action="store_true", help="print the named faults and stop")
    serve.add_argument(
        "--mailboxes",
        type=Path,
        metavar="FILE.toml",
        help="the mailboxes and applications, instead of the default ones; a database keeps mailboxes it has besides",
    )
    serve.add_argument(
        "--database",
        default=IN_MEMORY,
        metavar="URL",
        help="where mailboxes are kept: sqlite:///FILE or postgresql://USER:PASSWORD@HOST/NAME; in memory by default",
    )
    serve.add_argument(
        "--auth",
        type=lambda names: names.split(","),
        metavar="NAMES",
        help=f"the authentication schemes offered, of {','.join(CHALLENGES)}; by default all that work here",
    )
    serve.add_argument("--keytab", type=Path, metavar="FILE", help="the keys of the Kerberos service, for negotiate")
    serve.add_argument("--profile", choices=sorted(PROFILES), default="onpremises", help="limits and switches")
    serve.add_argument(
        "--notify",
        action="append",
        default=[],
        metavar="HOST",
        help="push events to listeners on this host too: a name, an address or a network; repeatable",
    )
    serve.add_argument(
        "--delivery-delay",
        type=float,
        default=0.0,
        metavar="SECONDS",
        help="deliver what is sent this much later, by the server's clock; at once by default",
    )
    serve.add_argument(
        "--set",
        action="append",
        default=[],
        type=_setting,
        metavar="NAME=VALUE",
        help="give a limit or switch another value than the profile does; repeatable",
    )
    serve.add_argument(
        "--middleware",
        action="append",
        default=[],
        type=_middleware,
        metavar="MODULE:NAME=ARGUMENT",
        help="answer through this: NAME of an importable module is called with the ASGI application and the argument, "
        "and gives the application that is served; repeatable, the last one outermost",
    )
    serve.add_argument("--list-settings", action="store_true", help="print the limits and switches and stop")
    tls = serve.add_argument_group("TLS")
    tls.add_argument("--tls", action="store_true", help="speak HTTPS with a certificate made at each start")
    tls.add_argument(
        "--tls-host", action="append", default=[], metavar="NAME", help="it is for this name too; repeatable"
    )
    tls.add_argument("--tls-ca", type=Path, metavar="FILE", help="write there the authority that clients have to trust")
    tls.add_argument("--certificate", type=Path, metavar="FILE", help="speak HTTPS with this certificate, in PEM")
    tls.add_argument("--key", type=Path, metavar="FILE", help="the certificate's key, where that file has none")
    serve.set_defaults(run=_serve)

    farm = commands.add_parser("farm", help="a control port that starts servers on request")
    _listening(farm)
    farm.set_defaults(run=_farm)

    described = commands.add_parser("openapi", help="print the description of Graph's operations in OpenAPI 3.1")
    described.add_argument("--version", choices=sorted(VERSIONS), default="v1.0", help="of this version of Graph")
    described.set_defaults(run=_openapi)
    return parser


def _listening(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: %(default)s)")
    parser.add_argument("--port", type=int, default=0, help="port to listen on; 0 takes a free one (default)")
    parser.add_argument("--ready-json", action="store_true", help="print one JSON line when it answers")


def _serve(options: argparse.Namespace) -> int:
    if options.list_faults:
        _say("\n".join(f"{fault.name}: {fault.sentence}" for fault in FAULTS))
        return 0
    if options.list_settings:
        _say("\n".join(_told(setting) for setting in listed_settings(PROFILES[options.profile]())))
        return 0
    app = application(
        Options(
            seed=options.seed,
            clock=_aware(options.clock),
            faults=frozenset(options.fault),
            profile=options.profile,
            notify=options.notify,
            delivery_delay=options.delivery_delay,
            settings=dict(options.set),
            mailboxes=read_population(options.mailboxes) if options.mailboxes else None,
            tenant=read_tenant(options.mailboxes) if options.mailboxes else Tenant(),
            database=options.database,
            auth=options.auth,
            keytab=options.keytab,
        )
    )
    tls = _tls(options)
    if tls is not None and options.tls_ca is not None:
        options.tls_ca.write_text(tls.ca, encoding="ascii")
    served: Served = app
    for wrap, argument in options.middleware:
        served = wrap(served, argument)
    return _run(_until_stopped(served, options, partial(_announce_server, app), tls))


def _setting(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals:
        raise argparse.ArgumentTypeError(f"expected NAME=VALUE, got {text!r}")
    return name.strip(), value.strip()


def _middleware(text: str) -> tuple[Callable[[Served, str], Served], str]:
    place, _, argument = text.partition("=")
    module, colon, name = place.partition(":")
    if not colon:
        raise argparse.ArgumentTypeError(f"expected MODULE:NAME=ARGUMENT, got {text!r}")
    try:
        return getattr(import_module(module), name), argument
    except (ImportError, AttributeError) as problem:
        raise argparse.ArgumentTypeError(f"cannot use {place}: {problem}") from None


def _told(setting: Setting) -> str:
    return f"{setting.name}={setting.default}: {setting.meaning} ({setting.values})"


def _tls(options: argparse.Namespace) -> Tls | None:
    if options.certificate is not None:
        if options.tls or options.tls_host or options.tls_ca:
            raise ValueError("--certificate brings a certificate of yours; --tls, --tls-host and --tls-ca make another")
        return own_certificate(options.certificate, options.key)
    if options.key is not None:
        raise ValueError("--key goes with --certificate")
    if options.tls:
        return made_certificate([*options.tls_host, *([] if options.host in ANY_HOST else [options.host])])
    if options.tls_host or options.tls_ca:
        raise ValueError("--tls-host and --tls-ca go with --tls")
    return None


def _farm(options: argparse.Namespace) -> int:
    return _run(_until_stopped(Farm(options.host), options, _announce_farm))


def _openapi(options: argparse.Namespace) -> int:
    _say(orjson.dumps(openapi_of(ROUTES, options.version), option=orjson.OPT_INDENT_2).decode())
    return 0


def _run(main: Coroutine[Any, Any, int]) -> int:
    try:
        import uvloop
    except ImportError:  # not made for Windows
        return asyncio.run(main)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(main)


def _aware(moment: datetime | None) -> datetime | None:
    if moment is not None and moment.tzinfo is None:
        raise ValueError(f"the clock {moment.isoformat()} needs a zone: write {moment.isoformat()}Z for UTC")
    return moment


async def _until_stopped(
    app: Served,
    options: argparse.Namespace,
    announce: Callable[[str, argparse.Namespace], None],
    tls: Tls | None = None,
) -> int:
    stopped = asyncio.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        with contextlib.suppress(NotImplementedError):
            asyncio.get_running_loop().add_signal_handler(name, stopped.set)
    listening = await listen(app, bind(options.host, options.port), tls)
    announce(listening.origin, options)
    gc.freeze()
    await stopped.wait()
    listening.stop()
    await listening.task
    return 0


def _announce_server(app: Application, origin: str, options: argparse.Namespace) -> None:
    facts = describe(origin, directory.people(app.world), app.world.tenant)
    if options.tls_ca is not None:
        facts["ca"] = str(options.tls_ca)
    if options.ready_json:
        _say(orjson.dumps(facts).decode())
        return
    lines = [f"EWS    {facts['ews']}", f"Graph  {facts['graph']}", f"Token  {facts['token']}"]
    lines += [f"Login  {facts['authority']}"]
    lines += [f"CA     {facts['ca']}", ""] if "ca" in facts else [""]
    width = max(len(mailbox["address"]) for mailbox in facts["mailboxes"])
    lines += [
        f"{mailbox['address']:<{width}}  {mailbox['kind']:<9}  {mailbox['name']}" for mailbox in facts["mailboxes"]
    ]
    _say("\n".join([*lines, "", "Stop with Ctrl-C."]))


def _announce_farm(origin: str, options: argparse.Namespace) -> None:
    told = orjson.dumps({"control": origin}).decode()
    _say(told if options.ready_json else f"The farm listens at {origin}. Stop with Ctrl-C.")


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
