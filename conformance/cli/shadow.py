"""``meetproof shadow``: what another server would have answered to the traffic of one."""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from conformance.cli import EXIT_USAGE
from conformance.cli.ruled import rules_asked_for, stale

if TYPE_CHECKING:
    import ssl

    from conformance.proxy.shelf import Rotation

Parsed = TypeVar("Parsed")


def shadow(
    primary: Annotated[str, typer.Option(help="The origin of the server that answers the clients.")],
    candidate: Annotated[str, typer.Option(help="The origin of the server that is to be asked the same.")],
    out: Annotated[Path, typer.Option(help="Folder for both recordings and divergences.jsonl.")],
    listen: Annotated[str, typer.Option(help="[HOST:]PORT to listen on; port 0 is any free one.")] = "127.0.0.1:0",
    writes: Annotated[
        bool, typer.Option("--writes", help="Mirror also what changes something: the candidate sends mail, too.")
    ] = False,
    same_ids: Annotated[
        bool,
        typer.Option("--same-ids", help="Pass on ids that the candidate has not told: it has a copy of the store."),
    ] = False,
    candidate_user: Annotated[
        str,
        typer.Option(
            help="Sign in to the candidate as this user, by the password in MEETPROOF_CANDIDATE_PASSWORD. By default "
            "as the clients do, or by passwords in MEETPROOF_CANDIDATE_PASSWORD_ANN_EXAMPLE_ORG, or the token in "
            "MEETPROOF_CANDIDATE_TOKEN."
        ),
    ] = "",
    primary_ca: Annotated[str, typer.Option(help="PEM file to check the primary's certificate against.")] = "",
    candidate_ca: Annotated[str, typer.Option(help="PEM file to check the candidate's certificate against.")] = "",
    insecure: Annotated[bool, typer.Option("--insecure", help="Check no certificates.")] = False,
    only: Annotated[
        list[str] | None,
        typer.Option(help="Mirror only this: host=PATTERN, mailbox=PATTERN, operation=PATTERN; may be repeated."),
    ] = None,
    policy: Annotated[
        str, typer.Option(help="What is made unrecognizable, as of meetproof record: secrets, people, everything.")
    ] = "secrets",
    waiting: Annotated[int, typer.Option(min=1, help="So many exchanges may wait for the candidate.")] = 1000,
    every: Annotated[float, typer.Option(min=1, help="Tell how things stand after so many seconds.")] = 300,
    timeout: Annotated[float, typer.Option(min=0.1, help="Wait so many seconds for the candidate.")] = 30,
    rotate_size: Annotated[str, typer.Option(help="Begin other cassettes at this size, such as 100MB.")] = "",
    rotate_time: Annotated[str, typer.Option(help="Begin other cassettes after this time, such as 30m or 1d.")] = "",
    rules_file: Annotated[
        Path | None, typer.Option("--rules", help="Pass over what falls under this file's accepted rules.")
    ] = None,
    ready_json: Annotated[bool, typer.Option("--ready-json", help='Print {"proxy": url} when listening.')] = False,
) -> None:
    """Answer clients by one server and ask another the same behind its back, until stopped with Ctrl-C.

    No client waits for the candidate. Ids that the primary gave are replaced by the candidate's for the same things.
    Exit code 0: nothing diverged. 1: something did. 2: it could not be told. 64: the command line is wrong.
    """
    from conformance.cli.masked import masking_asked_for
    from conformance.client.live import LiveTransport
    from conformance.proxy.listening import parse_listen
    from conformance.proxy.origins import parse_origin
    from conformance.proxy.shadow.credentials import Credentials
    from conformance.proxy.shadow.shadow import Shadow, Wanted

    host, port = _parsed(parse_listen, listen, "--listen")
    _parsed(parse_origin, primary, "--primary")
    there = _parsed(parse_origin, candidate, "--candidate")
    _trusted(primary_ca, "--primary-ca", insecure=insecure)
    trusted = _trusted(candidate_ca, "--candidate-ca", insecure=insecure)
    masking = masking_asked_for(policy)
    rules = rules_asked_for(rules_file)
    rotation = _rotation(rotate_size, rotate_time)
    credentials = Credentials(candidate_user, os.environ)
    if words := credentials.lacking():
        raise typer.BadParameter(words, param_hint="--candidate-user")
    try:
        from conformance.proxy.runner import ProxyFailed, ProxyOptions, run
    except ModuleNotFoundError as missing:
        typer.echo(f"meetproof shadow needs {missing.name}: pip install 'meetproof[proxy]'", err=True)
        raise typer.Exit(EXIT_USAGE) from None
    wanted = ProxyOptions(
        str(out), primary, host, port, ca=primary_ca, insecure=insecure, only=only or (), policy=policy
    )

    def ready(url: str) -> None:
        words = f"{url} -> {primary}, mirrored to {candidate}, recorded into {out}; stop with Ctrl-C"
        _tell(json.dumps({"proxy": url}) if ready_json else words)

    with ExitStack() as stack:
        transport = stack.enter_context(LiveTransport(timeout=timeout, verify=trusted, trust="--candidate-ca"))
        mirrored = Wanted(there, out, writes, same_ids, credentials, waiting, every, rotation)
        shadowing = Shadow(mirrored, transport, _tell, time.time, masking, rules.accepted)
        shadowing.start()
        stack.callback(shadowing.stop)
        try:
            run(wanted, ready, shadowing.take)
        except ProxyFailed as problem:
            typer.echo(f"meetproof shadow: {problem}", err=True)
            raise typer.Exit(problem.status) from None
    for line in (*shadowing.tally.lines(), *shadowing.tally.kinds(), *stale(rules)):
        _tell(line)
    raise typer.Exit(shadowing.tally.exit_code)


def _parsed(parse: Callable[[str], Parsed], text: str, hint: str) -> Parsed:
    try:
        return parse(text)
    except ValueError as problem:
        raise typer.BadParameter(str(problem), param_hint=hint) from None


def _rotation(size: str, seconds: str) -> Rotation:
    from conformance.proxy.settings import settings
    from conformance.proxy.shelf import Rotation

    try:
        wanted = settings(out=".", rotate_size=size, rotate_time=seconds)
    except ValueError as problem:
        raise typer.BadParameter(str(problem).partition(": ")[2], param_hint="--rotate-size, --rotate-time") from None
    return Rotation(wanted.rotate_size, wanted.rotate_time)


def _trusted(authority: str, hint: str, *, insecure: bool) -> ssl.SSLContext | bool:
    """What a server's certificate is checked against; a usage error for a file without authorities."""
    import ssl

    if insecure or not authority:
        return not insecure
    try:
        return ssl.create_default_context(cafile=authority)
    except OSError as problem:
        raise typer.BadParameter(f"{authority}: {problem.strerror}", param_hint=hint) from None


def _tell(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()
