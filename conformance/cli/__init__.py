"""The ``meetproof`` command. Every command is a module of this package; what it does is imported when it runs."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Annotated

import typer

from conformance import __version__

EXIT_USAGE = 64
"""What a mistake of the user's on the command line ends with (sysexits.h, EX_USAGE)."""

# click's own class, of whichever copy of click this typer uses: it has no public name in typer.
_UsageError: type[Exception] = typer.BadParameter.__mro__[1]


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and exit."""
    sys.exit(run_command(sys.argv[1:] if arguments is None else arguments))


def run_command(arguments: Sequence[str]) -> int:
    """Run the command line; its exit code."""
    command = typer.main.get_command(_application())
    try:
        code = command.main(list(arguments) or ["--help"], prog_name="meetproof", standalone_mode=False)
    except _UsageError as problem:
        problem.show()  # type: ignore[attr-defined]  # click's class, see above
        return EXIT_USAGE
    except typer.Abort:
        return 130
    return code if isinstance(code, int) else 0


def _application() -> typer.Typer:
    from conformance.cli.cassette import commands as cassette_commands
    from conformance.cli.check import check
    from conformance.cli.compare import compare
    from conformance.cli.diff import diff
    from conformance.cli.drift import drift
    from conformance.cli.gate import gate
    from conformance.cli.noise import noise
    from conformance.cli.probe import probe
    from conformance.cli.record import record
    from conformance.cli.replay import replay
    from conformance.cli.report import report
    from conformance.cli.requirements import commands as requirement_commands
    from conformance.cli.run import run
    from conformance.cli.serve import CONTEXT, serve
    from conformance.cli.shadow import shadow

    application = typer.Typer(
        help="Prove that a server's meetings behave as EWS and Microsoft Graph say they do.",
        add_completion=False,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        no_args_is_help=True,
    )
    application.callback()(_options)
    for command in (run, probe, report, compare, gate, record, replay, shadow, diff, noise, drift, check):
        application.command()(command)
    application.command(context_settings=CONTEXT)(serve)
    application.add_typer(cassette_commands(), name="cassette")
    application.add_typer(requirement_commands(), name="requirements")
    return application


def _tell_version(asked: bool) -> None:
    if asked:
        typer.echo(f"meetproof {__version__}")
        raise typer.Exit


def _options(
    version: Annotated[
        bool, typer.Option("--version", help="Print the version.", is_eager=True, callback=_tell_version)
    ] = False,
) -> None:
    """The options of the command as a whole."""
