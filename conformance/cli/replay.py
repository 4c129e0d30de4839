"""``meetproof replay``: serve recordings to a client as if they were the server."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated

import typer

from conformance.model.exchange import Exchange, Request, Response

_TOLD = 10  # recorded exchanges that are named when nobody asked for them


def replay(
    cassettes: Annotated[list[Path], typer.Argument(help="Cassettes, or folders of them.", metavar="CASSETTE")],
    listen: Annotated[str, typer.Option(help="[HOST:]PORT to listen on; port 0 is any free one.")] = "127.0.0.1:0",
    ready_json: Annotated[bool, typer.Option("--ready-json", help='Print {"replay": url} when listening.')] = False,
    partial: Annotated[bool, typer.Option("--partial", help="Do not mind exchanges that nobody asks for.")] = False,
    policy: Annotated[
        str,
        typer.Option(
            help="The policy that was recorded with, and the key in MEETPROOF_KEY: secrets, people, everything."
        ),
    ] = "secrets",
    proves: Annotated[
        bool, typer.Option("--prove", help="Alter every recorded request at every value, and see that it is noticed.")
    ] = False,
) -> None:
    """Answer requests with recorded answers, those to equal requests in recorded order, until stopped with Ctrl-C.

    A request that was not recorded gets a 404 that explains itself, and is never sent on. Exit code 1 if there was
    one, or if recorded exchanges were not asked for.
    """
    if proves:
        raise typer.Exit(_prove(cassette_files(cassettes)))
    from conformance.cli.masked import masking_asked_for
    from conformance.client.playback import KeyedPlayback, TapeMiss
    from conformance.proxy.listening import parse_listen
    from conformance.proxy.moving import origin_of
    from conformance.proxy.player import CannotListen, play, with_links

    try:
        host, port = parse_listen(listen)
    except ValueError as problem:
        raise typer.BadParameter(str(problem), param_hint="--listen") from None
    masking = masking_asked_for(policy)
    exchanges = _read(cassette_files(cassettes))
    playback = KeyedPlayback(exchanges)
    misses = 0

    def answer(request: Request) -> Response:
        nonlocal misses
        try:
            return playback.answer(masking.request(request)).response
        except TapeMiss as miss:
            misses += 1
            typer.echo(f"meetproof replay: {miss}", err=True)
            return Response(404, "Not Recorded", (("Content-Type", "text/plain; charset=utf-8"),), f"{miss}\n".encode())

    def ready(url: str) -> None:
        told = json.dumps({"replay": url, "exchanges": len(playback)})
        typer.echo(told if ready_json else f"playing {len(playback)} exchanges at {url}; stop with Ctrl-C")

    origin = origin_of(exchanges[0].request.url) if exchanges else None
    try:
        play(with_links(answer, origin), host, port, ready)
    except CannotListen as problem:
        typer.echo(f"meetproof replay: {problem}", err=True)
        raise typer.Exit(2) from None
    left = () if partial else playback.unplayed()
    for line in _not_asked_for(left, len(playback)):
        typer.echo(f"meetproof replay: {line}", err=True)
    if misses or left:
        raise typer.Exit(1)


def _not_asked_for(left: Sequence[Exchange], count: int) -> Iterator[str]:
    """What was recorded and not played, in lines."""
    from conformance.client.misses import name_of

    if left:
        yield f"{len(left)} of {count} recorded exchanges were not asked for (--partial does not mind):"
        yield from (f"    {name_of(exchange.request)}" for exchange in left[:_TOLD])
        if len(left) > _TOLD:
            yield f"    and {len(left) - _TOLD} more"


def _prove(files: list[Path]) -> int:
    """Tell what each recording would not notice; the exit code."""
    from conformance.client.proving import prove

    blind = 0
    for path in files:
        proof = prove(_read([path]))
        free = f"; free values (secrets, a client's own ids, stamps of its clock): {proof.free}" if proof.free else ""
        unnoticed = len(proof.blind)
        told = f"{unnoticed} are not noticed" if unnoticed else "all are noticed"
        typer.echo(f"{path}: {proof.tried} alterations of its requests: {told}{free}")
        for one in proof.blind:
            typer.echo(f"    exchange {one.exchange}, {one.operation}: {one.path}: {one.value} -> {one.other}")
        blind += unnoticed
    return 1 if blind else 0


def _read(files: list[Path]) -> list[Exchange]:
    from conformance.tape.cassette import CassetteError, read_cassette

    exchanges: list[Exchange] = []
    for path in files:
        try:
            cassette = read_cassette(path)
            exchanges += cassette.exchanges
        except CassetteError as problem:
            typer.echo(f"meetproof replay: {problem}", err=True)
            raise typer.Exit(2) from None
        if cassette.damage:
            typer.echo(f"meetproof replay: {cassette.damage}", err=True)
    return exchanges


def cassette_files(paths: list[Path]) -> list[Path]:
    """The cassettes named, those of a folder in the order of their names; a usage error for what is not there."""
    files: list[Path] = []
    for path in paths:
        if path.is_dir():
            found = sorted(path.rglob("*.yaml"))
            if not found:
                raise typer.BadParameter(f"no cassette (*.yaml) in the folder {path}")
            files += found
        elif path.is_file():
            files.append(path)
        else:
            raise typer.BadParameter(f"no such file or folder: {path}")
    return files
