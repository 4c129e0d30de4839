"""Playing and checking recordings: against vcrpy, against mitmdump's server replay, and by itself.

Run ``python -m tests.bench.bench_replay [match] [vcrpy] [serve] [check]``; ``--strict`` ends with 1 where something
promised is missed. Costs are processor time where one process does the work, and answers per second, in turn with
mitmdump's, where a client asks over a socket.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from mitmproxy import http
from mitmproxy.io import FlowWriter
from mitmproxy.test import tflow
from vcr import use_cassette
from vcr.request import Request as VcrRequest

from conformance.client.playback import KeyedPlayback
from conformance.model.exchange import Exchange
from conformance.passive import Seen, Watch
from conformance.proxy.replaying import Replay
from conformance.tape.actors import actor_of
from conformance.tape.cassette import read_cassette, write_cassette
from conformance.tape.policies import Masking, Policy
from tests.bench.bench_proxy import MITMDUMP, free_port, running
from tests.bench.bench_tape import find_item, say
from tests.bench.load import Ask, Load, Served, cpu_clock
from tests.recorded import REFERENCE

MOST_GROWTH = 1.5
FASTER_THAN_VCRPY = 100.0
FASTER_THAN_MITMDUMP = 5.0
CHECKED = 1500  # exchanges per second of processor time
UPSTREAM, ADDRESS = "http://127.0.0.1:1", "/EWS/Exchange.asmx"


def recorded(count: int, first: int = 0) -> list[Exchange]:
    """Exchanges whose requests all differ, by numbers from the first on, and whose answers are 3 meetings long."""
    one = find_item(3, "000000", 5)
    body = one.request.body
    return [
        replace(one, request=replace(one.request, body=body.replace(b"Shallow", b"Shallow%06d" % number)))
        for number in range(first, first + count)
    ]


def bench_match(sizes: tuple[int, int] = (10, 100_000), least: int = 2000) -> bool:
    """What an answer costs of a short and of a long recording."""
    costs = []
    for size in sizes:
        spent, asked = 0.0, 0
        while asked < least:
            exchanges = recorded(size, asked)  # others each time, so that nothing is remembered of them
            answer = Replay(exchanges, Masking(Policy.SECRETS), say).answer
            chosen = [each.request for each in exchanges[:: max(1, size // least)]]
            requests = [replace(each, body=bytes(bytearray(each.body))) for each in chosen]  # as they come: not ours
            began = time.process_time()
            for request in requests:
                answer(request)
            spent += time.process_time() - began
            asked += len(requests)
        costs.append(spent / asked)
    growth = costs[1] / costs[0]
    return told(
        f"match: {costs[0] * 1e6:.0f} us among {sizes[0]:,} exchanges, {costs[1] * 1e6:.0f} us among {sizes[1]:,}:"
        f" {growth:.2f} times",
        growth <= MOST_GROWTH,
        f"at most {MOST_GROWTH}",
    )


def bench_vcrpy(count: int = 1000) -> bool:
    """A with-block in which every exchange of a cassette is asked for, by ours and by vcrpy."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "one.yaml"
        write_cassette(path, {}, recorded(count))
        requests = [each.request for each in recorded(count)]

        def ours() -> None:
            with opened(path) as playback:
                for request in requests:
                    playback.answer(request)
                assert not playback.unplayed()

        def theirs() -> None:
            matching = ("method", "uri", "body")
            with use_cassette(str(path), record_mode="none", match_on=matching) as cassette:
                for one in requests:
                    cassette.play_response(VcrRequest(one.method, one.url, one.body, dict(one.headers)))
                assert cassette.all_played

        mine = min(_cost(ours) for _ in range(3))
        other = _cost(theirs)
    return told(
        f"with-block of {count:,}: {mine * 1000:.0f} ms, vcrpy {other * 1000:.0f} ms: {other / mine:.0f} times",
        other / mine >= FASTER_THAN_VCRPY,
        f"at least {FASTER_THAN_VCRPY:g}",
    )


@contextmanager
def opened(path: Path) -> Iterator[KeyedPlayback]:
    """A cassette to be played."""
    yield KeyedPlayback(read_cassette(path).exchanges)


def bench_serve(count: int = 4000, rounds: int = 3, connections: int = 8) -> bool:
    """Answers per second over sockets of ``meetproof replay`` and of ``mitmdump --server-replay``."""
    exchanges = recorded(count)
    with tempfile.TemporaryDirectory() as folder:
        path, flows = Path(folder) / "one.yaml", Path(folder) / "one.flow"
        write_cassette(path, {}, exchanges)
        with flows.open("wb") as file:
            writer = FlowWriter(file)
            for each in exchanges:
                writer.add(_flow(each))
        loads: tuple[list[Load], list[Load]] = ([], [])
        for _ in range(rounds):
            ports = free_port(), free_port()
            commands = (
                [sys.executable, "-m", "conformance.cli", "replay", path, "--partial", "--listen", ports[0]],
                [
                    *(MITMDUMP, "-q", "-p", ports[1], "--mode", f"reverse:{UPSTREAM}", "--server-replay", flows),
                    *("--set", "server_replay_ignore_host=true", "--set", "server_replay_ignore_port=true"),
                    *("--set", "connection_strategy=lazy", "--set", f"confdir={folder}/conf"),
                ],
            )
            for command, port, found in zip(commands, ports, loads, strict=True):
                with running([str(part) for part in command], port) as pid:
                    found.append(_load(Served(port, cpu_clock(pid)), exchanges, connections))
    ours, theirs = (statistics.median(each.rate for each in side) for side in loads)
    cost, its = (statistics.median(each.cost for each in side) for side in loads)
    times = statistics.median(mine.rate / other.rate for mine, other in zip(*loads, strict=True))
    return told(
        f"serve: {ours:.0f} answers/s ({cost:.2f} ms of processor each), mitmdump --server-replay {theirs:.0f}"
        f" ({its:.2f} ms): {times:.1f} times",
        times >= FASTER_THAN_MITMDUMP,
        f"at least {FASTER_THAN_MITMDUMP:g}",
    )


def _load(server: Served, exchanges: Sequence[Exchange], connections: int) -> Load:
    """Every exchange asked for once."""
    expected = {b"<t:Subject>": exchanges[0].response.body.count(b"<t:Subject>")}
    headers = {"Content-Type": "text/xml; charset=utf-8"}
    asks = [Ask(ADDRESS, headers, each.request.body, expected) for each in exchanges]
    return server.once(asks, connections)


def _flow(exchange: Exchange) -> http.HTTPFlow:
    request, response = exchange.request, exchange.response
    asked = http.Request.make(request.method, f"{UPSTREAM}{ADDRESS}", request.body, dict(request.headers))
    given = http.Response.make(response.status, response.body, dict(response.headers))
    return tflow.tflow(req=asked, resp=given)


def bench_check(step: int = 5) -> bool:
    """Passive checks per second of processor time, over the reference server's recordings."""
    cassettes = [list(read_cassette(path).exchanges) for path in sorted(REFERENCE.glob("*.yaml"))[::step]]
    total = sum(map(len, cassettes))

    def check() -> None:
        for exchanges in cassettes:
            watch = Watch()
            for number, exchange in enumerate(exchanges, start=1):
                for _ in watch.see(Seen(exchange, number, actor_of(exchange), is_open=True)):
                    pass

    check()
    rate = total / min(_cost(check) for _ in range(2))
    return told(f"check: {rate:,.0f} exchanges/s of {total:,}", rate >= CHECKED, f"at least {CHECKED:,}")


def _cost(act: Callable[[], object]) -> float:
    began = time.process_time()
    act()
    return time.process_time() - began


def told(words: str, is_kept: bool, promise: str) -> bool:
    """Say a row; whether what is promised is kept."""
    say(f"{words} ({promise}: {'ok' if is_kept else 'MISSED'})")
    return is_kept


BENCHES = {"match": bench_match, "vcrpy": bench_vcrpy, "serve": bench_serve, "check": bench_check}


def main(arguments: list[str] | None = None) -> int:
    """Run the chosen benchmarks; 1 when it is strict and something promised is missed."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("which", nargs="*", choices=[*BENCHES, []], help="default: all")
    parser.add_argument("--strict", action="store_true", help="exit with 1 when something promised is missed")
    given = parser.parse_args(arguments)
    missed = [name for name in given.which or BENCHES if not BENCHES[name]()]
    say(f"Missed: {', '.join(missed)}." if missed else "Everything promised is kept.")
    return int(given.strict and bool(missed))


if __name__ == "__main__":
    sys.exit(main())
