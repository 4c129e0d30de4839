"""Cassettes checked one by one, here or by workers: what is found comes in the order of the cassettes either way."""

from __future__ import annotations

import multiprocessing
import os
import re
import signal
import threading
from collections import Counter, deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import BrokenExecutor, Executor, Future, ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from conformance.passive import Finding

_ADDRESS: Final = re.compile(r"[a-z]+://\S+:\d+")
_PATIENCE: Final = 5.0  # seconds in which a scheduler must answer
_AHEAD: Final = 2  # cassettes for each worker that are checked before their turn has come to be told
_SMALL: Final = 2**20  # bytes of cassettes that are checked sooner than a worker has begun


Breach = Callable[[int, str, "Finding"], None]
"""Is told of a breach by the number of its exchange, the operation, and what was found."""


@dataclass
class Told:
    """What the check of one cassette has to say beside its breaches."""

    exchanges: int = 0
    spoken: int = 0  # of EWS or Graph
    held: Counter[str] = field(default_factory=Counter)
    problem: str = ""  # why it could not be told of, or not to its end


Breaches = list[tuple[int, str, "Finding"]]


def check_cassette(path: Path, breach: Breach, *, is_open: bool) -> Told:
    """Hold a cassette's exchanges to the passive checks, one in memory at a time."""
    from conformance.model.verdict import Verdict
    from conformance.passive import Seen, Watch
    from conformance.tape.actors import speaker_of
    from conformance.tape.cassette import CassetteError
    from conformance.tape.stream import CassetteStream
    from conformance.wire.operation import Protocol

    told, watch = Told(), Watch()
    try:
        stream = CassetteStream(path)
        for number, exchange in enumerate(stream, start=1):
            seen = Seen(exchange, number, speaker_of(exchange), is_open=is_open)
            told.exchanges += 1
            told.spoken += seen.protocol in {Protocol.EWS, Protocol.GRAPH}
            for finding in watch.see(seen):
                if finding.verdict is Verdict.PASS:
                    told.held[finding.requirement] += 1
                else:
                    breach(number, seen.operation, finding)
        told.problem = stream.damage
    except CassetteError as problem:
        told.problem = str(problem)
    return told


def by_worker(path: Path, *, is_open: bool) -> tuple[Told, Breaches]:
    """The same with the breaches as a list, which can be sent."""
    found: Breaches = []
    told = check_cassette(path, lambda *breach: found.append(breach), is_open=is_open)
    return told, found


def outcomes(
    paths: Sequence[Path], executor: Executor, workers: int, *, is_open: bool
) -> Iterator[tuple[Path, Told, Breaches]]:
    """What workers find in cassettes, in the order of these; no more are under way than a few for each worker."""
    work = partial(by_worker, is_open=is_open)
    under_way: deque[tuple[Path, Future[tuple[Told, Breaches]]]] = deque()
    for path in paths:
        under_way.append((path, _submitted(executor, work, path)))
        if len(under_way) >= workers * _AHEAD:
            yield _outcome(*under_way.popleft())
    while under_way:
        yield _outcome(*under_way.popleft())


def _submitted(executor: Executor, work: Callable[[Path], tuple[Told, Breaches]], path: Path) -> Future[Any]:
    try:
        return executor.submit(work, path)
    except BrokenExecutor as problem:  # a worker has died, and with it all of a pool
        lost: Future[Any] = Future()
        lost.set_exception(problem)
        return lost


def _outcome(path: Path, future: Future[tuple[Told, Breaches]]) -> tuple[Path, Told, Breaches]:
    try:
        return path, *future.result()
    except Exception as problem:  # noqa: BLE001  what a cluster raises that loses its workers is not known here
        words = str(problem) or type(problem).__name__
        return path, Told(problem=f"{path}: the worker that checked it ended: {words}"), []


def workers_for(paths: Sequence[Path], wanted: int) -> int:
    """How many worker processes to have: as many as ``wanted``, or else as processors, where there is enough to do."""
    if wanted:
        return min(wanted, len(paths))
    if len(paths) == 1 or sum(path.stat().st_size for path in paths) < _SMALL:
        return 1
    return min(len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1, len(paths))


def processes(workers: int) -> Executor:
    """Worker processes of this machine."""
    # Forked ones have read schemas and catalogue already; a process with threads must not fork.
    method = "fork" if threading.active_count() == 1 and "fork" in multiprocessing.get_all_start_methods() else "spawn"
    # Ctrl-C ends them at once and without a word, for the whole group hears it.
    context, quietly = multiprocessing.get_context(method), (signal.SIGINT, signal.SIG_DFL)
    return ProcessPoolExecutor(workers, context, initializer=signal.signal, initargs=quietly)


@contextmanager
def cluster(address: str) -> Iterator[tuple[Executor, int]]:
    """The executor of a Dask cluster by its scheduler's address, and how many tasks it does at once.

    Raises:
        ModuleNotFoundError: without the package ``distributed``.
        ValueError: when it is no address.
        OSError: when no scheduler is there.
    """
    from distributed import Client

    if not _ADDRESS.fullmatch(address):  # with which a client is begun that never ends
        raise ValueError("expected an address such as tcp://host:8786")

    with Client(address, timeout=_PATIENCE, set_as_default=False) as client:
        yield client.get_executor(pure=False), max(1, sum(client.nthreads().values()))
