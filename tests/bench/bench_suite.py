"""The suite's own cost beside a bare replay of its requests, and what a second worker process brings.

Run ``python -m tests.bench.bench_suite [PATTERN...] [--rounds 3] [--strict]``; patterns choose cases, such as
``cross-protocol.*``.

- Each case is played before a fresh server, then its requests are sent by httpx, as they went out, to another server
  with the same seed, whose answers are the same. What is compared is the processor time of this process, which counts
  no waiting. That of the case is all from its first line to the record for the report: making requests, sending them by
  the suite's own client, reading answers, the checks of every exchange, the verdicts. That of the replay is httpx
  sending the same requests over one client. Making the client and closing it counts, and starting servers does not, on
  both sides; schemas and the catalogue are read before. The suite's own cost is what it takes beyond the replay, in
  terms of that; the median of the rounds, which alternate.
- The command plays the whole suite with one worker and with two, each with a server process of its own, in turn. What
  is compared is the time on the wall, so that other work of the machine must rest.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import httpx

from conformance.access import connect
from conformance.client.live import LiveTransport, is_chunked
from conformance.model.exchange import Exchange, Request
from conformance.model.record import dump_record
from conformance.model.verdict import CaseResult
from conformance.suites.play import recorded
from conformance.suites.scene import Scene
from conformance.suites.stage import EMBEDDED_START, set_stage
from conformance.targets import Delivery, Target, TargetKind
from conformance.targets.embedded import options_for
from conformance.targets.farm import Farm, running_farm
from conformance.targets.features import FEATURES
from tests.meta.playing import Playable, performed, playables, stems_like

MOST_COST = 1.0
"""What the suite may take beyond a bare replay, in terms of that."""
LEAST_GAIN = 1.5
"""How many times as fast two workers are as one."""
MOST_SECONDS = 90.0
"""How long the whole suite may take with two workers."""

MEETPROOF = str(Path(sys.executable).with_name("meetproof"))
_LEADING = frozenset({"host", "content-length", "connection"})  # httpx writes these itself


@dataclass(frozen=True, slots=True)
class Row:
    """One thing measured: its words, its value, and whether it is as promised."""

    words: str
    kept: bool


def play(playable: Playable, target: Target) -> tuple[float, Sequence[Exchange]]:
    """Play a case as the suite does; the processor time it took, and what was said."""
    with set_stage(target, playable.case, playable.pairing) as stage:
        begun = time.process_time()
        connect(stage.target).close()  # as the stage has made one
        scene, ending = performed(playable, stage)
        dump_record(_record(playable, scene, ending))
        assert isinstance(stage.transport, LiveTransport)
        stage.transport.close()
        taken = time.process_time() - begun
    return taken, [one.exchange for one in scene.exchanges]


def replay(playable: Playable, farm: Farm, said: Sequence[Exchange]) -> float:
    """Send a case's requests by httpx to a fresh server of the same seed; the processor time it took."""
    with farm.server(**options_for(playable.case.needs), seed=playable.stem, clock=EMBEDDED_START) as server:
        origin = f"http://{urlsplit(server.ews.url).netloc}"
        # Reading the authorities, which nobody needs here, would take longer than many a case.
        begun = time.process_time()
        with httpx.Client(trust_env=False, verify=False, timeout=60) as client:
            for exchange in said:
                try:
                    answer = client.request(**_asked(exchange.request, origin))
                except (httpx.ReadError, httpx.RemoteProtocolError):
                    # Refused before all of it was sent, as the suite's own client expects: the answer may be lost.
                    if exchange.response.status < 400:
                        raise
                    continue
                if answer.status_code != exchange.response.status:
                    raise AssertionError(f"{playable.stem}: {exchange.request.method} {exchange.request.url} differs")
        return time.process_time() - begun


def _record(playable: Playable, scene: Scene, ending: BaseException | None):
    scene.locate_failures()
    outcomes, message = scene.conclude(ending)
    result = CaseResult(playable.case.id, playable.pairing, playable.case.scenario, outcomes, 0.0, message)
    if result.verdict.word != "pass":
        raise AssertionError(f"{playable.stem}: {result.verdict.word}: {message}")
    return recorded(result, scene)


def _asked(request: Request, origin: str) -> dict:
    parts = urlsplit(request.url)
    headers = [(name, value) for name, value in request.headers if name.casefold() not in _LEADING]
    url = origin + request.url.removeprefix(f"{parts.scheme}://{parts.netloc}")
    # Of a body in pieces httpx tells no length, which must not stand beside chunks.
    content = iter((request.body,)) if is_chunked(request) else request.body
    return {"method": request.method, "url": url, "headers": headers, "content": content}


def _can_be_replayed(stem: str) -> bool:
    """Whether a case's requests get the same answers when nobody listens to what the server says of its own accord."""
    return "notifications" not in playables()[stem].case.needs


def own_cost(stems: Sequence[str], rounds: int) -> Row:
    """What the suite takes beyond a bare replay, in terms of that."""
    ratios, exchanges = [], 0
    with running_farm() as farm:
        target = Target(
            name="bench",
            kind=TargetKind.EMBEDDED,
            controls=(farm.control,),
            delivery=Delivery.SYNCHRONOUS,
            features=frozenset(FEATURES),
        )
        for number in range(rounds + 1):
            costs = [_costs(playables()[stem], target, farm) for stem in stems]
            exchanges = sum(count for _, _, count in costs)
            suite, bare = sum(cost for cost, _, _ in costs), sum(cost for _, cost, _ in costs)
            if number:  # the first round warms caches and does not count
                ratios.append(suite / bare - 1)
                _say(f"  {1000 * suite / exchanges:6.2f} ms beside {1000 * bare / exchanges:6.2f} ms an exchange")
    ratio = statistics.median(ratios)
    words = (
        f"own cost of {len(stems)} cases, {exchanges} exchanges: {ratio:.2f} of a bare replay (at most {MOST_COST:g})"
    )
    return Row(words, ratio <= MOST_COST)


def _costs(playable: Playable, target: Target, farm: Farm) -> tuple[float, float, int]:
    cost, said = play(playable, target)
    return cost, replay(playable, farm, said), len(said)


def gain(rounds: int, *arguments: str) -> Iterator[Row]:
    """How long the whole suite takes with two workers, and how much faster that is than with one."""
    pairs = [(_run("1", *arguments), _run("2", *arguments)) for _ in range(rounds)]
    one, two = (statistics.median(times) for times in zip(*pairs, strict=True))
    ratio = statistics.median(alone / together for alone, together in pairs)
    yield Row(f"two workers: {two:.1f} s (at most {MOST_SECONDS:g})", two <= MOST_SECONDS)
    yield Row(
        f"one worker: {one:.1f} s, two are {ratio:.2f} times as fast (at least {LEAST_GAIN})", ratio >= LEAST_GAIN
    )


def _run(workers: str, *arguments: str) -> float:
    with tempfile.TemporaryDirectory() as folder:
        command = [MEETPROOF, "run", "--no-proxy", "--report", folder, "-n", workers, *arguments]
        begun = time.perf_counter()
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        return time.perf_counter() - begun


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and tell; 1 when it is strict and something promised is missed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("patterns", nargs="*", metavar="PATTERN", help="cases whose own cost is measured; else all")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--keyword", default="", help="cases of the whole runs, as in pytest -k; else all")
    parser.add_argument("--strict", action="store_true", help="exit with 1 when something promised is missed")
    given = parser.parse_args(arguments)
    rows = [own_cost(list(filter(_can_be_replayed, stems_like(given.patterns))), given.rounds)]
    rows += gain(given.rounds, *(("-k", given.keyword) if given.keyword else ()))
    for row in rows:
        _say(f"{row.words}: {'ok' if row.kept else 'MISSED'}")
    return int(given.strict and not all(row.kept for row in rows))


if __name__ == "__main__":
    sys.exit(main())
