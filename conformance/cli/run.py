"""``meetproof run``: the suite against a server, ours if none is named, with a report at the end."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from conformance.cli import EXIT_USAGE
from conformance.cli.servers import embedded_target, live_target

_CASSETTES = "cassettes"
_TARGET = "target.toml"
_UNDECIDED = 2
# pytest's exit codes that are nobody's verdict: interrupted, internal error, usage error.
_PYTEST_INTERRUPTED, _PYTEST_INTERNAL, _PYTEST_USAGE = 2, 3, 4


def run(
    target: Annotated[
        Path | None, typer.Option(help="The server under test, in TOML; without it the reference server.")
    ] = None,
    report: Annotated[Path, typer.Option(help="Folder for the report.")] = Path("meetproof-report"),
    replay: Annotated[Path | None, typer.Option(help="Play the recordings of this folder; no server.")] = None,
    profile: Annotated[list[str] | None, typer.Option(help="Only the cases of this profile; repeatable.")] = None,
    workers: Annotated[
        int | None,
        typer.Option(
            "-n",
            help="Worker processes; by default 2, but none with -k or before a server of your own.",
            min=0,
        ),
    ] = None,
    keyword: Annotated[str, typer.Option("-k", help="Only cases whose ids match, as in pytest -k.")] = "",
    fault: Annotated[
        list[str] | None,
        typer.Option(help="Give the reference server this fault, to see the suite find it; repeatable."),
    ] = None,
    shuffle: Annotated[
        str | None, typer.Option(help="Play the cases in the order that this seed makes: no case may need another.")
    ] = None,
    expectations: Annotated[
        Path | None,
        typer.Option(
            help="The known failures of the server, in TOML; by default NAME.expectations.toml by its NAME.toml."
        ),
    ] = None,
    update_expectations: Annotated[
        bool, typer.Option("--update-expectations", help="Write the known failures anew; comments are kept.")
    ] = False,
    strict: Annotated[
        bool, typer.Option("--strict", help="What SHOULD be counts as what MUST be: warnings fail the run.")
    ] = False,
    proxy: Annotated[bool, typer.Option("--proxy/--no-proxy", help="Record through the proxy.")] = True,
    notify_url: Annotated[
        str, typer.Option(help="Where a server of your own reaches the suite's listener (127.0.0.1:8091 here).")
    ] = "",
) -> None:
    """Play the conformance suite and write its report: report.json, pages, junit.xml, summary.md; and cassettes.

    What a server SHOULD do and does not is a warning. Known failures still run; one that passes, fails in another
    way or is no longer there fails the run. Exit code 0: conformant, but for warnings and what is known. 1: a
    requirement failed. 2: it could not be told. 64: the command line is wrong.
    """
    _check(target, replay, profile or [])
    if fault and (target is not None or replay is not None):
        raise typer.BadParameter("only the reference server can be given faults", param_hint="--fault")
    if notify_url and not notify_url.startswith(("http://", "https://")):
        raise typer.BadParameter("an http:// or https:// address is expected", param_hint="--notify-url")
    if notify_url and target is None:
        raise typer.BadParameter("only a server of your own is told an address", param_hint="--notify-url")
    known = _known(target, expectations, updates=update_expectations)
    _make_room(report, [path for path in (target, replay, known) if path is not None])
    options = [f"--meetproof-report={report}"]
    options += [f"--meetproof-expectations={known}"] if known else []
    options += ["--meetproof-update-expectations"] if update_expectations else []
    options += ["--meetproof-strict"] if strict else []
    options += [f"--meetproof-profile={name}" for name in profile or []]
    options += ["-k", keyword] if keyword else []
    options += [f"--meetproof-shuffle={shuffle}"] if shuffle is not None else []
    count = _default_workers(target, keyword) if workers is None else workers
    options += ["-p", "xdist.plugin", "-n", str(count)] if count else []
    if replay is not None:
        raise typer.Exit(_play([*options, f"--meetproof-replay={replay}"], report))
    cassettes = report / _CASSETTES if proxy else None
    if target is None:
        servers = embedded_target(report / _TARGET, cassettes, fault or [], count)
    else:
        servers = live_target(target, cassettes, notify_url)
    with servers as file:
        raise typer.Exit(_play([*options, f"--meetproof-target={file}"], report))


def _check(target: Path | None, replay: Path | None, profiles: Sequence[str]) -> None:
    """BadParameter for what the command line asks in vain."""
    from conformance.profiles import UnknownProfile, find_profile, standard_profiles
    from conformance.targets import MissingPassword, TargetInvalid, asking, obtain_secrets, read_target

    if target is not None and replay is not None:
        raise typer.BadParameter("give a target or recordings, not both", param_hint="--replay")
    if replay is not None and not any(replay.glob("*.yaml")):
        raise typer.BadParameter(f"there are no recordings (*.yaml) in {replay}", param_hint="--replay")
    try:
        for name in profiles:
            find_profile(name, standard_profiles())
        if target is not None:
            obtain_secrets(read_target(target), asking())
    except UnknownProfile as problem:
        raise typer.BadParameter(str(problem), param_hint="--profile") from None
    except (TargetInvalid, MissingPassword) as problem:
        raise typer.BadParameter(str(problem), param_hint="--target") from None


def _known(target: Path | None, expectations: Path | None, *, updates: bool) -> Path | None:
    """The expectation file: the one that is named, else the one beside the target file, if there is one."""
    from conformance.known import ExpectationsInvalid, read_expectations

    beside = target.with_suffix(".expectations.toml") if target is not None else None
    file = expectations or (beside if beside is not None and (updates or beside.is_file()) else None)
    if file is None and updates:
        raise typer.BadParameter("say which file with --expectations", param_hint="--update-expectations")
    if file is not None and not (updates and not file.exists()):
        try:
            read_expectations(file)
        except ExpectationsInvalid as problem:
            raise typer.BadParameter(str(problem), param_hint="--expectations") from None
    return file


def _default_workers(target: Path | None, keyword: str) -> int:
    """Two for the whole suite, where each case has a server or a recording of its own, and there are processors."""
    return 2 if target is None and not keyword and (os.cpu_count() or 1) > 1 else 0


def _make_room(report: Path, used: Sequence[Path]) -> None:
    """The report's folder without what an earlier run left in it, save what this run is about to use."""
    if report.exists() and not report.is_dir():
        raise typer.BadParameter(f"{report} is a file; a folder is expected", param_hint="--report")
    kept = {path.resolve() for path in used}
    cassettes = report / _CASSETTES
    stale = [
        report / name for name in ("report.json", "junit.xml", "index.html", "summary.md", "coverage.html", _TARGET)
    ]
    stale += [] if cassettes.resolve() in kept else cassettes.glob("*.yaml")
    try:
        report.mkdir(parents=True, exist_ok=True)
        for path in stale:
            if path.resolve() not in kept:
                path.unlink(missing_ok=True)
    except OSError as problem:
        raise typer.BadParameter(f"the folder cannot be used: {problem}", param_hint="--report") from None


def _play(options: Sequence[str], report: Path) -> int:
    """Run pytest over the suite in a process of its own; the exit code that its report calls for."""
    suites = Path(__file__).parents[1] / "suites"
    command = [sys.executable, "-P", "-m", "pytest", "-p", "conformance.plugin", "--pyargs", "conformance.suites"]
    command += ["-c", str(suites / "pytest.ini"), "--rootdir", str(suites), "-q", "--no-header", "-rN", *options]
    # Only what is named here takes part, whatever plugins and options are about.
    surroundings = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    status = subprocess.call(command, env=surroundings | {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"})  # noqa: S603  pytest
    written = report / "report.json"
    if status == _PYTEST_USAGE:
        return EXIT_USAGE
    if status in {_PYTEST_INTERRUPTED, _PYTEST_INTERNAL} or not written.is_file():
        typer.echo(f"meetproof run: pytest ended with exit code {status} before the suite was played whole", err=True)
        return _UNDECIDED
    typer.echo(f"The report is in {report / 'index.html'}")
    return int(json.loads(written.read_text(encoding="utf-8"))["exit_code"])
