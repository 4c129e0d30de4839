"""``meetproof replay``: serve recordings to a client as if they were the server."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from conformance.model.exchange import Exchange


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
    from conformance.proxy.listening import parse_listen
    from conformance.proxy.player import CannotListen, play
    from conformance.proxy.replaying import Replay

    try:
        host, port = parse_listen(listen)
    except ValueError as problem:
        raise typer.BadParameter(str(problem), param_hint="--listen") from None
    played = Replay(_read(cassette_files(cassettes)), masking_asked_for(policy), _complain)

    def ready(url: str) -> None:
        told = json.dumps({"replay": url, "exchanges": len(played)})
        typer.echo(told if ready_json else f"playing {len(played)} exchanges at {url}; stop with Ctrl-C")

    try:
        play(played.answer, host, port, ready)
    except CannotListen as problem:
        _complain(str(problem))
        raise typer.Exit(2) from None
    left = [] if partial else list(played.unplayed_in_words("--partial does not mind"))
    for line in left:
        _complain(line)
    if played.misses or played.extra or left:
        raise typer.Exit(1)


def _prove(files: list[Path]) -> int:
    """Tell what each recording would not notice; the exit code: 2 where one has nothing to notice."""
    from conformance.client.proving import prove

    blind, empty = 0, 0
    for path in files:
        proof = prove(_read([path]))
        free = f"; free values (secrets, a client's own ids, stamps of its clock): {proof.free}" if proof.free else ""
        if not proof.tried:
            typer.echo(f"{path}: nothing is proved: it holds no requests")
            empty += 1
            continue
        unnoticed = len(proof.blind)
        told = f"{unnoticed} are not noticed" if unnoticed else "all are noticed"
        typer.echo(f"{path}: {proof.tried} alterations of its requests: {told}{free}")
        for one in proof.blind:
            typer.echo(f"    exchange {one.exchange}, {one.operation}: {one.path}: {one.value} -> {one.other}")
        blind += unnoticed
    return 1 if blind else 2 if empty else 0


def _read(files: list[Path]) -> list[Exchange]:
    from conformance.proxy.replaying import recorded_in
    from conformance.tape.cassette import CassetteError

    try:
        exchanges, damage = recorded_in(files)
    except CassetteError as problem:
        _complain(str(problem))
        raise typer.Exit(2) from None
    for words in damage:
        _complain(words)
    return exchanges


def _complain(words: str) -> None:
    typer.echo(f"meetproof replay: {words}", err=True)


def cassette_files(paths: list[Path]) -> list[Path]:
    """The cassettes named, those of a folder in the order of their names; a usage error for what is not there."""
    from conformance.tape.cassette import CassetteError, cassettes_of

    try:
        return cassettes_of(paths)
    except CassetteError as problem:
        raise typer.BadParameter(str(problem)) from None
