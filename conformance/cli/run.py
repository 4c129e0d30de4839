"""``meetproof run``: the suite against a server, ours if none is named, with a report at the end."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Annotated

import typer

ORIGIN = "https://meetproof.example"
"""What recordings of the embedded server call it."""

_CASSETTES = "cassettes"
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
    workers: Annotated[int, typer.Option("-n", help="How many cases at once; 0 is one, in one process.", min=0)] = 0,
    keyword: Annotated[str, typer.Option("-k", help="Only cases whose ids match, as in pytest -k.")] = "",
    fault: Annotated[
        list[str] | None,
        typer.Option(help="Give the reference server this fault, to see the suite find it; repeatable."),
    ] = None,
    proxy: Annotated[bool, typer.Option("--proxy/--no-proxy", help="Record through the proxy.")] = True,
) -> None:
    """Play the conformance suite and write report.json, junit.xml, index.html and, through the proxy, cassettes.

    Exit code 0: conformant. 1: a requirement failed. 2: it could not be told. 64: the command line is wrong.
    """
    _check(target, replay, profile or [])
    if fault and (target is not None or replay is not None):
        raise typer.BadParameter("only the reference server can be given faults", param_hint="--fault")
    _make_room(report, replay)
    options = [f"--meetproof-report={report}"]
    options += [f"--meetproof-profile={name}" for name in profile or []]
    options += ["-k", keyword] if keyword else []
    options += ["-p", "xdist.plugin", "-n", str(workers)] if workers else []
    if replay is not None:
        raise typer.Exit(_play([*options, f"--meetproof-replay={replay}"], report))
    with _servers(target, report, fault or [], proxy=proxy) as file:
        raise typer.Exit(_play([*options, f"--meetproof-target={file}"], report))


def _check(target: Path | None, replay: Path | None, profiles: Sequence[str]) -> None:
    """BadParameter for what the command line asks in vain."""
    from conformance.profiles import UnknownProfile, find_profile, standard_profiles
    from conformance.targets import TargetInvalid, read_target

    if target is not None and replay is not None:
        raise typer.BadParameter("give a target or recordings, not both", param_hint="--replay")
    if replay is not None and not any(replay.glob("*.yaml")):
        raise typer.BadParameter(f"there are no recordings (*.yaml) in {replay}", param_hint="--replay")
    try:
        for name in profiles:
            find_profile(name, standard_profiles())
        if target is not None:
            read_target(target)
    except UnknownProfile as problem:
        raise typer.BadParameter(str(problem), param_hint="--profile") from None
    except TargetInvalid as problem:
        raise typer.BadParameter(str(problem), param_hint="--target") from None


def _make_room(report: Path, replay: Path | None) -> None:
    """The report's folder without what an earlier run left in it; recordings about to be played are kept."""
    if report.exists() and not report.is_dir():
        raise typer.BadParameter(f"{report} is a file; a folder is expected", param_hint="--report")
    cassettes = report / _CASSETTES
    stale = [report / name for name in ("report.json", "junit.xml", "index.html", "target.toml")]
    if replay is None or replay.resolve() != cassettes.resolve():
        stale += cassettes.glob("*.yaml")
    try:
        report.mkdir(parents=True, exist_ok=True)
        for path in stale:
            path.unlink(missing_ok=True)
    except OSError as problem:
        raise typer.BadParameter(f"the folder cannot be used: {problem}", param_hint="--report") from None


@contextmanager
def _servers(target: Path | None, report: Path, faults: Sequence[str], *, proxy: bool) -> Iterator[Path]:
    """The target file to play by: the one given, or that of a farm and a proxy, which run while the block does."""
    if target is not None:
        yield target
        return
    from conformance.targets import Delivery, Proxy, Target, TargetKind, write_target
    from conformance.targets.farm import FarmRefused, ServerExtraMissing, running_farm
    from conformance.targets.features import FEATURES
    from conformance.targets.process import NotReady, companion

    with ExitStack() as stack:
        try:
            farm = stack.enter_context(running_farm())
            farm.stop(farm.start(faults=faults))
            before = None
            if proxy:
                before = stack.enter_context(companion(_proxy_command(report / _CASSETTES), "recording proxy"))
        except FarmRefused as problem:
            raise typer.BadParameter(str(problem), param_hint="--fault") from None
        except (NotReady, ServerExtraMissing) as problem:
            typer.echo(f"meetproof run: {problem}", err=True)
            raise typer.Exit(_UNDECIDED) from None
        file = report / "target.toml"
        described = Target(
            name="Meetproof reference server",
            kind=TargetKind.EMBEDDED,
            control=farm.control,
            faults=frozenset(faults),
            delivery=Delivery.SYNCHRONOUS,
            features=frozenset(FEATURES),
            proxy=Proxy(before["proxy"], ORIGIN) if before else None,
        )
        write_target(described, file)
        yield file


def _proxy_command(folder: Path) -> list[str]:
    if not _has("mitmproxy"):
        typer.echo(
            "meetproof run: recording needs mitmproxy: pip install 'meetproof[proxy]', or use --no-proxy", err=True
        )
        raise typer.Exit(_UNDECIDED)
    options = ["--port", "0", "--out", str(folder), "--origin", ORIGIN, "--deterministic", "--ready-json"]
    return [sys.executable, "-P", "-m", "conformance.proxy", *options]


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
        return 64
    if status in {_PYTEST_INTERRUPTED, _PYTEST_INTERNAL} or not written.is_file():
        typer.echo(f"meetproof run: pytest ended with exit code {status} before the suite was played whole", err=True)
        return _UNDECIDED
    typer.echo(f"The report is in {report / 'index.html'}")
    return int(json.loads(written.read_text(encoding="utf-8"))["exit_code"])


def _has(module: str) -> bool:
    from importlib.util import find_spec

    return find_spec(module) is not None
