"""Recording rate: our addon and runner against the same mitmdump with an addon that does nothing.

Run ``python -m tests.bench.bench_proxy [--pairs 7] [--requests 1600] [--connections 16]``. Every candidate gets the
same requests from the same upstream, in turn, as often as there are pairs; what is printed are medians and ratios, and
the processor time of each process of a candidate. What was recorded is counted: a fast recorder that loses exchanges
ends the run. ``--exchanges 200000`` records so many instead and tells what memory that takes; ``--strict`` ends with 1
where something promised is missed.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parents[2]
ADDON = ROOT / "conformance" / "proxy" / "addon.py"
MITMDUMP = Path(sys.executable).with_name("mitmdump")

OPENING = (
    b'<?xml version="1.0" encoding="utf-8"?>'
    b'<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/" xmlns:t="urn:t"><s:Body>'
)
REQUEST_BODY = (
    OPENING
    + b"<GetItem>"
    + b'<t:ItemId Id="AAMkAGI2TG93AAA=" ChangeKey="CQAAABYAAA"/>' * 12
    + b"</GetItem></s:Body></s:Envelope>"
)
ANSWER_BODY = (
    OPENING
    + b"<t:CalendarItem><t:Subject>Weekly planning</t:Subject><t:Start>2026-01-05T09:00:00Z</t:Start></t:CalendarItem>"
    * 50
    + b"</s:Body></s:Envelope>"
)
ANSWER = (
    b"HTTP/1.1 200 OK\r\nContent-Type: text/xml; charset=utf-8\r\nContent-Length: %d\r\n\r\n" % len(ANSWER_BODY)
) + ANSWER_BODY
OURS, OTHER, BARE = "mitmdump, our addon", "mitmdump -w", "mitmdump, no-op addon"
LEAST = {BARE: 0.85, OTHER: 1.0}  # of the rate of each
MOST_GROWTH = 1.1  # of memory, from a tenth of the exchanges to all of them
WARMING = 5  # requests per connection before the clock starts
NOOP = "class Nothing:\n    def response(self, flow):\n        pass\n\naddons = [Nothing()]\n"


class Upstream(asyncio.Protocol):
    """Answers every request with the same bytes."""

    def connection_made(self, transport):
        self.transport, self.buffer = transport, b""

    def data_received(self, data):
        self.buffer += data
        while (end := self.buffer.find(b"\r\n\r\n")) >= 0:
            head = self.buffer[:end].lower()
            length = int(head.partition(b"content-length:")[2].partition(b"\r\n")[0] or 0)
            if len(self.buffer) < end + 4 + length:
                return
            self.buffer = self.buffer[end + 4 + length :]
            self.transport.write(ANSWER)


async def ask(port, count):
    """Send requests over one connection, one after another."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    request = (
        b"POST /EWS/Exchange.asmx HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nAuthorization: Basic dXNlcjpwYXNzd29yZA==\r\n"
        b"Content-Type: text/xml; charset=utf-8\r\nContent-Length: %d\r\n\r\n" % (port, len(REQUEST_BODY))
    ) + REQUEST_BODY
    for _ in range(count):
        writer.write(request)
        head = await reader.readuntil(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 200"), head
        await reader.readexactly(int(head.lower().partition(b"content-length:")[2].partition(b"\r\n")[0]))
    writer.close()


async def rate(port, requests, connections):
    """Requests per second over this many connections."""
    await asyncio.gather(*(ask(port, WARMING) for _ in range(connections)))
    began = time.perf_counter()
    await asyncio.gather(*(ask(port, requests // connections) for _ in range(connections)))
    return requests // connections * connections / (time.perf_counter() - began)


def cost(pid):
    """The seconds of processor time of a process and of each of its own processes."""
    children = Path(f"/proc/{pid}/task/{pid}/children")
    if not children.exists():
        return []
    ticks = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()[11:13]
    mine = sum(map(int, ticks)) / os.sysconf("SC_CLK_TCK")
    return [mine, *(each for child in children.read_text(encoding="ascii").split() for each in cost(int(child)))]


def resident(pid):
    """The bytes of memory that a process and its own processes hold."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()
    pages = int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") + sum(resident(int(child)) for child in children)


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return taken.getsockname()[1]


def commands(upstream, folder, number):
    """Each candidate's command line and the port it listens on."""
    noop = folder / "noop.py"
    noop.write_text(NOOP, encoding="utf-8")
    common = ["--mode", f"reverse:{upstream}", "--set", "connection_strategy=lazy", "-q"]
    common += ["--set", f"confdir={folder / 'conf'}", "--listen-host", "127.0.0.1"]
    out = folder / f"out-{number}"
    addon = [MITMDUMP, "-s", ADDON, *common]
    for name, arguments, written in (
        (BARE, [MITMDUMP, "-s", noop, *common], None),
        (OTHER, [MITMDUMP, "-w", folder / f"flows-{number}", *common], None),
        (OURS, [*addon, "--set", f"meetproof_out={out}-addon"], f"{out}-addon"),
        *(
            (
                f"{OURS}, policy {policy}",
                [*addon, "--set", f"meetproof_policy={policy}", "--set", f"meetproof_out={out}-{policy}"],
                f"{out}-{policy}",
            )
            for policy in ("people", "everything")
        ),
        (
            "our runner",
            [sys.executable, "-m", "conformance.proxy", "--upstream", upstream, "--out", f"{out}-runner", "--apart"],
            f"{out}-runner",
        ),
    ):
        port = free_port()
        yield name, [*map(str, arguments), "--port" if name == "our runner" else "-p", str(port)], port, written


@contextlib.contextmanager
def running(command, port):
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment)
    try:
        for _ in range(400):
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port)):
                break
            time.sleep(0.05)
        yield process.pid
    finally:
        process.terminate()
        try:
            process.wait(20)
        finally:
            process.kill()


async def serve_upstream(port):
    server = await asyncio.get_running_loop().create_server(Upstream, "127.0.0.1", port)
    async with server:
        await server.serve_forever()


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pairs", type=int, default=7)
    parser.add_argument("--requests", type=int, default=1600)
    parser.add_argument("--connections", type=int, default=16)
    parser.add_argument("--upstream-port", type=int, help=argparse.SUPPRESS)
    parser.add_argument("--exchanges", type=int, default=0, help="record so many, and tell what memory that takes")
    parser.add_argument("--strict", action="store_true", help="exit with 1 when something promised is missed")
    given = parser.parse_args(arguments)
    if given.upstream_port:
        asyncio.run(serve_upstream(given.upstream_port))
        return 0
    if given.exchanges:
        return int(not memory(given.exchanges, given.connections) and given.strict)
    rates: dict[str, list[float]] = {}
    costs: dict[str, list[list[float]]] = {}
    port = free_port()
    with (
        tempfile.TemporaryDirectory() as folder,
        running([sys.executable, __file__, "--upstream-port", str(port)], port),
    ):
        for number in range(given.pairs):
            for name, command, listening, written in commands(f"http://127.0.0.1:{port}", Path(folder), number):
                with running(command, listening) as pid:
                    before = cost(pid)
                    measured = asyncio.run(rate(listening, given.requests, given.connections))
                    spent = [now - then for now, then in zip(cost(pid), before, strict=True)]
                rates.setdefault(name, []).append(measured)
                costs.setdefault(name, []).append([1000 * each / given.requests for each in spent])
                if written is not None:
                    sent = (given.requests // given.connections + WARMING) * given.connections
                    lines = (Path(written) / "session.yaml").read_bytes().count(b"\n- ")
                    assert lines == sent, f"{name} recorded {lines} of {sent} exchanges"
    base = rates[BARE]
    result = {
        name: {
            "requests_per_second": round(statistics.median(measured), 1),
            "processor_ms": [round(statistics.median(each), 3) for each in zip(*costs[name], strict=True)],
            "ratio": round(statistics.median(one / of for one, of in zip(measured, base, strict=True)), 3),
        }
        for name, measured in rates.items()
    }
    sys.stdout.write(json.dumps(result, indent=2) + "\n")
    missed = [
        f"{ratio:.3f} of {name}, {least} promised"
        for name, least in LEAST.items()
        if (ratio := statistics.median(a / b for a, b in zip(rates[OURS], rates[name], strict=True))) < least
    ]
    sys.stdout.write(f"Missed: {'; '.join(missed)}.\n" if missed else "Everything promised is kept.\n")
    return int(given.strict and bool(missed))


def memory(exchanges, connections):
    """Record so many exchanges with our addon; whether memory stayed as it was after a tenth of them."""
    port = free_port()
    with (
        tempfile.TemporaryDirectory() as folder,
        running([sys.executable, __file__, "--upstream-port", str(port)], port),
    ):
        _, command, listening, _ = next(
            one for one in commands(f"http://127.0.0.1:{port}", Path(folder), 0) if one[0] == OURS
        )
        with running(command, listening) as pid:
            held = []
            for _ in range(10):
                asyncio.run(rate(listening, exchanges // 10, connections))
                held.append(resident(pid))
    is_flat = held[-1] <= held[0] * MOST_GROWTH
    words = (
        f"{held[0] / 2**20:.0f} MB after {exchanges // 10:,} exchanges, {held[-1] / 2**20:.0f} MB after {exchanges:,}"
    )
    sys.stdout.write(f"{words} (at most {MOST_GROWTH} times: {'ok' if is_flat else 'MISSED'})\n")
    return is_flat


if __name__ == "__main__":
    sys.exit(main())
