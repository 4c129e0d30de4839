"""``meetproof cassette``: look into cassettes, take them apart, put them together, bring them in and out."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from enum import StrEnum
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer

from conformance.model.words import counted

if TYPE_CHECKING:
    from conformance.model.exchange import Exchange
    from conformance.tape.cassette import CassetteWriter
    from conformance.tape.stream import CassetteStream

Files = Annotated[list[Path], typer.Argument(help="Cassettes, or folders of them.", metavar="CASSETTE...")]
Out = Annotated[Path, typer.Option(help="The cassette to write.")]
Masked = Annotated[
    str,
    typer.Option(
        "--policy", help="What is made unrecognizable, by the key in MEETPROOF_KEY: secrets, people, everything."
    ),
]
Force = Annotated[bool, typer.Option("--force", help="Replace files that are there already.")]

_DAMAGED = 1
_FAILED = 2
_MOST_TOLD = 12  # values of one trait that `stats` names


class Trait(StrEnum):
    """What `split` can tell exchanges apart by."""

    ACTOR = "actor"
    CONNECTION = "connection"
    HOST = "host"
    OPERATION = "operation"
    STATUS = "status"
    WORKER = "worker"


def commands() -> typer.Typer:
    """The group of commands."""
    group = typer.Typer(
        help="Look into cassettes, take them apart, put them together, bring them in and out.",
        rich_markup_mode=None,
        no_args_is_help=True,
    )
    named: Mapping[str, Callable[..., None]] = {
        "show": show,
        "stats": stats,
        "split": split,
        "merge": merge,
        "fmt": fmt,
        "import": bring_in,
        "export": bring_out,
    }
    for name, command in named.items():
        group.command(name)(command)
    return group


def show(
    cassette: Annotated[Path, typer.Argument(help="The cassette.", metavar="CASSETTE")],
    numbers: Annotated[
        list[int] | None, typer.Argument(help="Exchanges to show whole, numbered from 1.", metavar="[NUMBER]...")
    ] = None,
) -> None:
    """List a cassette's exchanges, a line each, or show some of them whole, without their secrets."""
    from conformance.tape.actors import actor_of
    from conformance.tape.shelving import started
    from conformance.wire.operation import operation

    wanted = set(numbers or ())
    stream = _opened(cassette)
    if not wanted:
        typer.echo(f"{cassette}: {_head_in_words(stream.head)}")
    for number, exchange in enumerate(_read(stream), start=1):
        if wanted:
            if number in wanted:
                typer.echo(_whole(number, _without_secrets(exchange)))
                wanted.discard(number)
            continue
        request, response = exchange.request, exchange.response
        time, actor = started(exchange)[11:19], actor_of(exchange)
        sizes = f"{len(request.body)}/{len(response.body)} B"
        line = f"{number:>5}  {time:8}  {response.status}  {operation(request):<44}  {sizes:>16}  {actor}"
        typer.echo(line.rstrip())
    if wanted:
        raise typer.BadParameter(f"no exchange {min(wanted)} in {cassette}", param_hint="NUMBER")
    _tell_damage([stream])


def stats(files: Files) -> None:
    """Sum up what cassettes hold, all together: exchanges, bytes, times, who asked for what, and the answers."""
    from conformance.tape.provenance import Provenance
    from conformance.tape.shelving import Totals

    totals, provenance, streams = Totals(), Provenance(), [_opened(path) for path in _files(files)]
    for stream in streams:
        for exchange in _read(stream):
            totals.count(exchange)
            provenance.see(exchange)
    size = sum(stream.path.stat().st_size for stream in streams)
    typer.echo(f"cassettes   {len(streams)}, {size:,} bytes on disk")
    typer.echo(f"exchanges   {totals.exchanges:,}: {totals.sent:,} bytes sent, {totals.received:,} received")
    for name, told in (("servers", provenance.builds), ("schemas", provenance.schemas)):
        if told:
            typer.echo(f"{name:<11} {', '.join(told)}")
    if totals.first:
        typer.echo(f"times       {totals.first} to {totals.last}")
    for name, often in totals.by.items():
        if often:
            typer.echo(f"{name:<11} {_listed(often)}")
    _tell_damage(streams)


def split(
    cassette: Annotated[Path, typer.Argument(help="The cassette.", metavar="CASSETTE")],
    by: Annotated[Trait, typer.Option(help="What tells exchanges apart.")],
    out: Annotated[Path, typer.Option(help="Folder for the parts.")],
    force: Force = False,
) -> None:
    """Write one cassette for each actor, connection, host, operation, status or worker, the order kept."""
    from conformance.tape.shelving import TRAITS

    stream, trait, parts = _opened(cassette), TRAITS[by], _Parts(out, force=force)
    with parts, _told():
        for exchange in _read(stream):
            value = trait(exchange)
            parts.append(value or f"no-{by}", {**stream.head, "part": {str(by): value}}, exchange)
    for path, count in parts.written:
        typer.echo(f"{path}: {counted(count, 'exchange')}")
    _tell_damage([stream])


def merge(files: Files, out: Out, policy: Masked = "secrets", force: Force = False) -> None:
    """Write one cassette of several, its exchanges in the order of their times, or of the files where none has any."""
    from conformance.tape.shelving import merged

    streams = [_opened(path) for path in _files(files)]
    shared = {name: value for name, value in streams[0].head.items() if all(_has(one, name, value) for one in streams)}
    head = {**shared, "merged": [stream.path.name for stream in streams]}
    _write(out, head, merged([_read(stream) for stream in streams]), policy, force=force)
    _tell_damage(streams)


def fmt(
    files: Files,
    check: Annotated[bool, typer.Option("--check", help="Change nothing; exit code 1 if anything would be.")] = False,
) -> None:
    """Bring cassettes of vcrpy, or laid out by hand, into the recorder's layout, one exchange a line, redacted."""
    from conformance.tape.cassette import CassetteWriter

    changed = 0
    for path in _files(files):
        stream = _opened(path)
        written = _beside(path)
        try:
            with _told(), CassetteWriter(written, stream.head, existing="replace") as writer:
                for exchange in _read(stream):
                    writer.append(exchange)
            if written.read_bytes() == path.read_bytes():
                continue
            changed += 1
            typer.echo(f"{path}: {'would be laid out anew' if check else 'laid out anew'}")
            if not check:
                written.replace(path)
        finally:
            written.unlink(missing_ok=True)
        _tell_damage([stream], exits=False)
    if check and changed:
        raise typer.Exit(1)


def bring_in(
    files: Annotated[list[Path], typer.Argument(help="HAR files, or flow files of mitmproxy.", metavar="FILE...")],
    out: Out,
    policy: Masked = "secrets",
    force: Force = False,
) -> None:
    """Make a cassette of traffic that was recorded elsewhere: HAR 1.2, or what ``mitmdump -w`` wrote."""
    for path in files:
        if not path.is_file():
            raise typer.BadParameter(f"no such file: {path}", param_hint="FILE")
    imported = [_foreign(path) for path in files]
    head = imported[0][0] if len(imported) == 1 else {}
    names = {"imported": [path.name for path in files]}
    _write(out, head or names, chain.from_iterable(exchanges for _, exchanges in imported), policy, force=force)


def bring_out(
    cassette: Annotated[Path, typer.Argument(help="The cassette.", metavar="CASSETTE")],
    har: Annotated[Path, typer.Option(help="The HAR file to write; - is standard output.")],
    force: Force = False,
) -> None:
    """Write a cassette as HAR 1.2, which browsers' tools and other proxies read, secrets redacted."""
    from conformance import __version__
    from conformance.tape.actors import with_actor
    from conformance.tape.har import document_of
    from conformance.tape.redact import redact

    stream = _opened(cassette)
    told = (redact(with_actor(each)) for each in _read(stream))
    text = document_of(told, ("meetproof", __version__), stream.head)
    if str(har) == "-":
        typer.echo(text, nl=False)
    else:
        try:
            with har.open("wb" if force else "xb") as file:
                file.write(text)
        except FileExistsError:
            raise typer.BadParameter(f"{har} exists; --force replaces it", param_hint="--har") from None
        except OSError as problem:
            _fail(f"{har}: cannot be written: {problem.strerror}")
    _tell_damage([stream])


def _foreign(path: Path) -> tuple[Mapping[str, Any], Iterable[Exchange]]:
    """The head, if it was a cassette's once, and the exchanges of a file whose kind its first bytes tell."""
    from conformance.tape.har import NotHar, read_har

    with path.open("rb") as file:
        start = file.read(64).removeprefix(b"\xef\xbb\xbf").lstrip()
    if start.startswith(b"{"):
        try:
            return read_har(path.read_bytes())
        except NotHar as problem:
            _fail(f"{path}: not a HAR file: {problem}")
    try:
        from conformance.proxy.flows import exchanges_in
    except ModuleNotFoundError as missing:
        _fail(f"flow files need {missing.name}: pip install 'meetproof[proxy]'")
    return {}, _flows(exchanges_in(path))


def _flows(exchanges: Iterator[Exchange]) -> Iterator[Exchange]:
    from conformance.proxy.flows import NotFlows

    try:
        yield from exchanges
    except NotFlows as problem:
        _fail(f"{problem}; expected that, or HAR 1.2")


def _files(paths: list[Path]) -> list[Path]:
    from conformance.cli.replay import cassette_files

    return cassette_files(paths)


def _opened(path: Path) -> CassetteStream:
    from conformance.tape.stream import CassetteStream

    if not path.is_file():
        raise typer.BadParameter(f"no such file: {path}", param_hint="CASSETTE")
    with _told():
        return CassetteStream(path)


def _read(stream: CassetteStream) -> Iterator[Exchange]:
    with _told():
        yield from stream


@contextmanager
def _told() -> Iterator[None]:
    """Tell of a cassette that cannot be read or written, and end the command."""
    from conformance.tape.cassette import CassetteError

    try:
        yield
    except CassetteError as problem:
        _fail(str(problem))


class _Parts:
    """Cassettes in one folder that appear there together, whole, when nothing went wrong."""

    def __init__(self, folder: Path, *, force: bool) -> None:
        from conformance.tape.leaks import Secrets

        self._folder, self._force, self._secrets = folder, force, Secrets()
        self._writers: dict[str, tuple[Path, CassetteWriter]] = {}
        self._counted: Counter[str] = Counter()
        self._taken: set[str] = set()
        self.written: list[tuple[Path, int]] = []

    def append(self, name: str, head: Mapping[str, Any], exchange: Exchange) -> None:
        """Write an exchange to the cassette of this name."""
        if name not in self._writers:
            self._writers[name] = self._begun(name, head)
        self._writers[name][1].append(exchange)
        self._counted[name] += 1

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: type[BaseException] | None, problem: BaseException | None, trace: object) -> None:
        for name, (path, writer) in self._writers.items():
            writer.close()
            if problem is None:
                writer.path.replace(path)
                self.written.append((path, self._counted[name]))
            else:
                writer.path.unlink()

    def _begun(self, name: str, head: Mapping[str, Any]) -> tuple[Path, CassetteWriter]:
        from conformance.tape.cassette import CassetteWriter
        from conformance.tape.shelving import file_stem

        stem = file_stem(name)
        path, number = self._folder / f"{stem}.yaml", 1
        while path.name.casefold() in self._taken:
            number += 1
            path = self._folder / f"{stem}-{number}.yaml"
        self._taken.add(path.name.casefold())
        if path.exists() and not self._force:
            raise typer.BadParameter(f"{path} exists; --force replaces it", param_hint="--out")
        return path, CassetteWriter(_beside(path), head, secrets=self._secrets, existing="replace")


def _write(out: Path, head: Mapping[str, Any], exchanges: Iterable[Exchange], policy: str, *, force: bool) -> None:
    """Write a cassette whole or not at all, redacted, and tell how many exchanges it has."""
    from conformance.cli.masked import masking_asked_for
    from conformance.tape.cassette import CassetteWriter
    from conformance.tape.policies import Policy

    masking = masking_asked_for(policy)
    if masking.policy is not Policy.SECRETS:
        head = {**head, "policy": policy}

    if out.exists() and not force:
        raise typer.BadParameter(f"{out} exists; --force replaces it", param_hint="--out")
    written, number = _beside(out), 0
    try:
        with _told(), CassetteWriter(written, head, masking=masking, existing="replace") as writer:
            for exchange in exchanges:
                writer.append(exchange)
                number += 1
        written.replace(out)
    finally:
        written.unlink(missing_ok=True)
    typer.echo(f"{out}: {counted(number, 'exchange')}")


def _beside(path: Path) -> Path:
    """Where a cassette is written until it is whole."""
    return path.with_name(f".{path.name}.{os.getpid()}")


def _has(stream: CassetteStream, name: str, value: Any) -> bool:
    return name in stream.head and bool(stream.head[name] == value)


def _without_secrets(exchange: Exchange) -> Exchange:
    from conformance.diff.bare import without_secrets
    from conformance.diff.outcome import Recording

    bare, _ = without_secrets(Recording((exchange,)), Recording(()))
    return bare.exchanges[0]


def _whole(number: int, exchange: Exchange) -> str:
    from conformance.tape.retelling import retold
    from conformance.wire.pretty import pretty

    request, response = exchange.request, exchange.response
    start = f"{request.method} {request.url} {request.http_version}"
    status = f"{response.http_version} {response.status} {response.reason}".rstrip()
    parts = [
        f"exchange {number}: {retold(exchange).line}"
        + "".join(f"\n  {name}: {value}" for name, value in exchange.meta.items())
    ]
    for line, message in ((start, request), (status, response)):
        head = "\n".join([line, *(f"{name}: {value}" for name, value in message.headers)])
        parts.append(f"{head}\n\n{pretty(message.body)}" if message.body else head)
    return "\n\n".join(parts) + "\n"


def _head_in_words(head: Mapping[str, Any]) -> str:
    told = {name: value for name, value in head.items() if not isinstance(value, dict | list)}
    return ", ".join(f"{name} {value}" for name, value in told.items()) or "no head"


def _listed(often: Counter[str]) -> str:
    most = often.most_common(_MOST_TOLD)
    more = len(often) - len(most)
    return ", ".join(f"{value} {count:,}" for value, count in most) + (f", and {more} more" if more else "")


def _tell_damage(streams: Iterable[CassetteStream], *, exits: bool = True) -> None:
    damages = [stream.damage for stream in streams if stream.damage]
    for damage in damages:
        typer.echo(f"meetproof cassette: {damage}", err=True)
    if damages and exits:
        raise typer.Exit(_DAMAGED)


def _fail(words: str) -> NoReturn:
    typer.echo(f"meetproof cassette: {words}", err=True)
    raise typer.Exit(_FAILED)
