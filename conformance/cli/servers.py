"""What ``meetproof run`` starts around a suite: the farm of reference servers, and the recording proxy."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import typer

if TYPE_CHECKING:
    from conformance.targets import Target

ORIGIN = "https://meetproof.example"
"""What recordings of the embedded server call it."""

REFERENCE = "reference"
"""What commands call the reference server where they take a target file."""

_CANNOT_START = 2


@contextmanager
def embedded_target(file: Path, cassettes: Path | None, faults: Sequence[str], workers: int = 1) -> Iterator[Path]:
    """A farm for each worker, and a proxy that records into ``cassettes`` where that is given; ``file`` describes them.

    More farms than processors would only wait for one another.
    """
    from concurrent.futures import ThreadPoolExecutor

    from conformance.targets import Proxy, write_target
    from conformance.targets.farm import FarmRefused, ServerExtraMissing, running_farm
    from conformance.targets.process import NotReady

    count = max(1, min(workers, os.cpu_count() or 1))
    with ExitStack() as stack:
        try:
            with ThreadPoolExecutor(count) as pool:
                farms = list(pool.map(lambda _: stack.enter_context(running_farm()), range(count)))
            farms[0].stop(farms[0].start(faults=faults))
        except FarmRefused as problem:
            raise typer.BadParameter(str(problem), param_hint="--fault") from None
        except (NotReady, ServerExtraMissing) as problem:
            raise _cannot(str(problem)) from None
        proxy = None
        if cassettes is not None:
            options = ["--origin", ORIGIN, "--deterministic"]
            proxy = Proxy(stack.enter_context(_recording_proxy(cassettes, options)), ORIGIN)
        described = reference_target(*(farm.control for farm in farms))
        write_target(replace(described, faults=frozenset(faults), proxy=proxy), file)
        yield file


def reference_target(*controls: str) -> Target:
    """The reference server, of which the farms at these addresses give a fresh one for the asking."""
    from conformance.targets import Delivery, Target, TargetKind
    from conformance.targets.features import FEATURES

    return Target(
        name="Meetproof reference server",
        kind=TargetKind.EMBEDDED,
        controls=controls,
        delivery=Delivery.SYNCHRONOUS,
        features=frozenset(FEATURES),
    )


def target_asked_for(name: str, hint: str, *protocols: str) -> Target:
    """The target of a file, its secrets obtained; a usage error where it lacks a protocol or cannot be read."""
    from conformance.targets import MissingPassword, TargetInvalid, asking, obtain_secrets, read_target

    try:
        target = read_target(Path(name))
        obtain_secrets(target, asking())
    except (TargetInvalid, MissingPassword) as problem:
        raise typer.BadParameter(str(problem), param_hint=hint) from None
    for protocol in protocols:
        if target.endpoint(protocol) is None:
            raise typer.BadParameter(f"{name} has no [{protocol}] endpoint", param_hint=hint)
    return target


@contextmanager
def running_reference(command: str, *, needed: bool) -> Iterator[Target | None]:
    """The reference server for the length of a block, where a command needs it."""
    from conformance.targets.farm import ServerExtraMissing, running_farm
    from conformance.targets.process import NotReady

    if not needed:
        yield None
        return
    with ExitStack() as stack:
        try:
            farm = stack.enter_context(running_farm())
        except (NotReady, ServerExtraMissing) as problem:
            typer.echo(f"meetproof {command}: {problem}", err=True)
            raise typer.Exit(_CANNOT_START) from None
        yield reference_target(farm.control)


@contextmanager
def live_target(file: Path, cassettes: Path | None, notify_url: str = "") -> Iterator[Path]:
    """A target file as given; where ``cassettes`` is, with a recording proxy before a server that has none yet.

    One proxy stands before one origin: a target whose endpoints lie on several is played without a recording.
    ``notify_url`` is where the server reaches the suite's listener, whatever the file says.
    """
    from conformance.targets import Notify, Proxy, TargetKind, read_target, write_target

    target = read_target(file)
    if notify_url:
        reached = notify_url.rstrip("/")
        notify = Notify(reached) if target.notify is None else replace(target.notify, url=reached)
        target = replace(target, notify=notify)
        with tempfile.TemporaryDirectory() as folder:
            written = Path(folder) / "target.toml"
            write_target(target, written)
            with live_target(written, cassettes) as played:
                yield played
        return
    if cassettes is None or target.proxy is not None or target.kind is TargetKind.EMBEDDED:
        yield file
        return
    origins = _origins(target)
    if len(origins) > 1:
        typer.echo(
            f"meetproof run: nothing is recorded, the target is on several origins: {', '.join(origins)}", err=True
        )
        yield file
        return
    options = ["--upstream", origins[0], *(["--upstream-ca", target.tls_ca] if target.tls_ca else [])]
    with tempfile.TemporaryDirectory() as folder, _recording_proxy(cassettes, options) as url:
        written = Path(folder) / "target.toml"
        write_target(replace(target, proxy=Proxy(url)), written)
        yield written


@contextmanager
def _recording_proxy(cassettes: Path, options: Sequence[str]) -> Iterator[str]:
    from conformance.targets.process import NotReady, companion

    if find_spec("mitmproxy") is None:
        raise _cannot("recording needs mitmproxy: pip install 'meetproof[proxy]', or use --no-proxy")
    command = [sys.executable, "-P", "-m", "conformance.proxy", "--port", "0", "--out", str(cassettes), "--ready-json"]
    with ExitStack() as stack:
        try:
            ready = stack.enter_context(companion([*command, *options], "recording proxy"))
        except NotReady as problem:
            raise _cannot(str(problem)) from None
        yield ready["proxy"]


def _origins(target: Target) -> list[str]:
    """Where the services are; tokens may come from elsewhere, and are then fetched past the proxy."""
    places = (urlsplit(endpoint.url) for endpoint in target.endpoints)
    return sorted({f"{parts.scheme}://{parts.netloc}" for parts in places})


def _cannot(words: str) -> typer.Exit:
    typer.echo(f"meetproof run: {words}", err=True)
    return typer.Exit(_CANNOT_START)
