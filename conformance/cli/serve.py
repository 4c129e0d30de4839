"""``meetproof serve``: start the reference server, which is a program of its own."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys

import typer

# What the server imports and a bare installation lacks (the extra `server`).
_NEEDED = ("sqlalchemy", "uvicorn", "joserfc")

CONTEXT = {"allow_extra_args": True, "ignore_unknown_options": True, "help_option_names": []}


def serve(context: typer.Context) -> None:
    """Start the reference server; every option goes to it: meetproof serve --help lists them."""
    missing = [name for name in _NEEDED if importlib.util.find_spec(name) is None]
    if missing:
        typer.echo(f"meetproof serve needs {', '.join(missing)}: pip install 'meetproof[server]'", err=True)
        raise typer.Exit(64)
    command = [sys.executable, "-m", "reference_impl", "serve", *context.args]
    if os.name == "posix":
        sys.stdout.flush()
        # The server takes this process over: signals, standard output and the exit code are its own.
        os.execv(sys.executable, command)  # noqa: S606  our own interpreter and module, no shell
    raise typer.Exit(subprocess.call(command))  # noqa: S603  our own interpreter and module, no shell
