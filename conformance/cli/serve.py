"""``meetproof serve``: start the reference server, which is a program of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence

import typer

from conformance.cli import EXIT_USAGE

CONTEXT = {"allow_extra_args": True, "ignore_unknown_options": True, "help_option_names": []}


RECORDED = "conformance.proxy.asgi:recorded"
RECORD_HELP = """
also of meetproof serve:
  --record FOLDER[,policy=NAME][,split=host][,rotate_size=SIZE][,rotate_time=TIME]
                        have the server write down what it is asked and answers, as meetproof record does, with no
                        proxy between
"""


def serve(context: typer.Context) -> None:
    """Start the reference server; every option goes to it: meetproof serve --help lists them."""
    from conformance.targets.farm import missing_packages

    if missing := missing_packages():
        typer.echo(f"meetproof serve needs {', '.join(missing)}: pip install 'meetproof[server]'", err=True)
        raise typer.Exit(EXIT_USAGE)
    arguments = served(context.args)
    command = [sys.executable, "-m", "reference_impl", "serve", *arguments]
    if os.name == "posix" and not {"-h", "--help"} & set(arguments):
        sys.stdout.flush()
        # The server takes this process over: signals, standard output and the exit code are its own.
        os.execv(sys.executable, command)  # noqa: S606  our own interpreter and module, no shell
    status = subprocess.call(command)  # noqa: S603  our own interpreter and module, no shell
    if {"-h", "--help"} & set(arguments):
        typer.echo(RECORD_HELP, nl=False)
    raise typer.Exit(status)


def served(arguments: Sequence[str]) -> list[str]:
    """The reference server's arguments: ``--record FOLDER`` is middleware of ours to it."""
    told: list[str] = []
    given = iter(arguments)
    for argument in given:
        name, equals, value = argument.partition("=")
        if name != "--record":
            told.append(argument)
            continue
        folder = value if equals else next(given, "")
        if not folder or folder.startswith("-"):
            raise typer.BadParameter("expected the folder to record into", param_hint="--record")
        told += ["--middleware", f"{RECORDED}={folder}"]
    return told
