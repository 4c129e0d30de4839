"""``meetproof serve``: start the reference server, which is a program of its own."""

from __future__ import annotations

import os
import subprocess
import sys

import typer

from conformance.cli import EXIT_USAGE

CONTEXT = {"allow_extra_args": True, "ignore_unknown_options": True, "help_option_names": []}


def serve(context: typer.Context) -> None:
    """Start the reference server; every option goes to it: meetproof serve --help lists them."""
    from conformance.targets.farm import missing_packages

    if missing := missing_packages():
        typer.echo(f"meetproof serve needs {', '.join(missing)}: pip install 'meetproof[server]'", err=True)
        raise typer.Exit(EXIT_USAGE)
    command = [sys.executable, "-m", "reference_impl", "serve", *context.args]
    if os.name == "posix":
        sys.stdout.flush()
        # The server takes this process over: signals, standard output and the exit code are its own.
        os.execv(sys.executable, command)  # noqa: S606  our own interpreter and module, no shell
    raise typer.Exit(subprocess.call(command))  # noqa: S603  our own interpreter and module, no shell
