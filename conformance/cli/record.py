"""``meetproof record``: put the recording proxy in front of a server."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from conformance.cli import EXIT_USAGE


def record(
    out: Annotated[Path, typer.Option(help="Folder for the cassettes.")],
    upstream: Annotated[
        str,
        typer.Option(help="The server's origin, such as https://mail.example.com; of mode upstream the next proxy's."),
    ] = "",
    mode: Annotated[
        str,
        typer.Option(help="reverse: in front of a server; regular, upstream, transparent: a proxy of clients."),
    ] = "reverse",
    listen: Annotated[str, typer.Option(help="[HOST:]PORT to listen on; port 0 is any free one.")] = "127.0.0.1:0",
    origin: Annotated[str, typer.Option(help="Origin to write in place of the server's own.")] = "",
    deterministic: Annotated[bool, typer.Option("--deterministic", help="Leave out times and connections.")] = False,
    split: Annotated[str, typer.Option(help="One cassette per: run, host.")] = "run",
    upstream_ca: Annotated[str, typer.Option(help="PEM file to check the server's certificate against.")] = "",
    insecure: Annotated[bool, typer.Option("--insecure", help="Do not check the server's certificate.")] = False,
    certificate: Annotated[
        str, typer.Option(help="PEM file with key and certificate for clients that speak TLS.")
    ] = "",
    client_certificate: Annotated[
        str, typer.Option(help="PEM file with key and certificate to show to a server that asks for one.")
    ] = "",
    only: Annotated[
        list[str] | None,
        typer.Option(help="Record only this: host=PATTERN, mailbox=PATTERN, operation=PATTERN; may be repeated."),
    ] = None,
    rotate_size: Annotated[str, typer.Option(help="Begin another cassette at this size, such as 100MB.")] = "",
    rotate_time: Annotated[str, typer.Option(help="Begin another cassette after this time, such as 30m or 1d.")] = "",
    spool: Annotated[
        str, typer.Option(help="Pass larger bodies on while they come, and keep them beside the cassettes.")
    ] = "16MB",
    policy: Annotated[
        str,
        typer.Option(
            help="What is made unrecognizable: secrets; also people; also everything that they write. The key of "
            "pseudonyms is in MEETPROOF_KEY; without it they are other ones in each run."
        ),
    ] = "secrets",
    on_full: Annotated[str, typer.Option(help="Once the disk is full the traffic is to: pass, stop.")] = "pass",
    ready_json: Annotated[bool, typer.Option("--ready-json", help='Print {"proxy": url} when listening.')] = False,
) -> None:
    """Record the traffic between clients and a server, secrets redacted, until stopped with Ctrl-C."""
    from conformance.proxy.listening import parse_listen

    try:
        host, port = parse_listen(listen)
    except ValueError as problem:
        raise typer.BadParameter(str(problem), param_hint="--listen") from None
    try:
        from conformance.proxy.runner import ProxyFailed, ProxyOptions, announce, run
    except ModuleNotFoundError as missing:
        typer.echo(f"meetproof record needs {missing.name}: pip install 'meetproof[proxy]'", err=True)
        raise typer.Exit(EXIT_USAGE) from None
    if mode == "reverse" and not upstream:
        raise typer.BadParameter(
            "expected the server's origin, such as https://mail.example.com", param_hint="--upstream"
        )
    wanted = ProxyOptions(
        str(out),
        upstream,
        host,
        port,
        origin,
        deterministic,
        split,
        ca=upstream_ca,
        insecure=insecure,
        only=only or (),
        rotate_size=rotate_size,
        rotate_time=rotate_time,
        spool=spool,
        policy=policy,
        mode=mode,
        on_full=on_full,
        apart=True,
        certificate=certificate,
        client_certificate=client_certificate,
    )
    try:
        run(wanted, lambda url: announce(url, wanted, ready_json=ready_json))
    except ProxyFailed as problem:
        typer.echo(f"meetproof record: {problem}", err=True)
        raise typer.Exit(problem.status) from None
