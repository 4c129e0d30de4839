"""``python -m conformance.proxy``: the recording proxy as a program of its own."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from typing import NoReturn

from conformance.proxy.runner import EXIT_USAGE, MODES, ProxyFailed, ProxyOptions, announce, run
from conformance.proxy.settings import SPOOL


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        self.print_usage(sys.stderr)
        self.exit(EXIT_USAGE, f"{self.prog}: {message}\n")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run until told to stop; the exit code."""
    parser = _Parser(prog="python -m conformance.proxy", description="Record the traffic to a server.")
    parser.add_argument("--upstream", default="", help="the server's origin; without it each request names its own")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on")
    parser.add_argument("--port", type=int, default=0, help="port to listen on, 0 for a free one")
    parser.add_argument("--out", required=True, help="folder for the cassettes")
    parser.add_argument("--origin", default="", help="origin to write in place of the upstream's own")
    parser.add_argument("--deterministic", action="store_true", help="leave out times and connections")
    parser.add_argument("--split", default="run", help="one cassette for untagged traffic per run or per host")
    parser.add_argument("--routed", action="store_true", help="let local clients name a loopback upstream per request")
    parser.add_argument(
        "--upstream-ca", dest="ca", default="", help="PEM file to check the upstream's certificate against"
    )
    parser.add_argument("--insecure", action="store_true", help="do not check the upstream's certificate")
    parser.add_argument("--only", action="append", default=[], help="record only this, such as mailbox=ann@*")
    parser.add_argument("--rotate-size", default="", help="begin another cassette at this size, such as 100MB")
    parser.add_argument("--rotate-time", default="", help="begin another cassette after this time, such as 1h")
    parser.add_argument("--spool", default=SPOOL, help="pass larger bodies on while they come")
    parser.add_argument("--policy", default="secrets", help="what is made unrecognizable")
    parser.add_argument("--mode", default="reverse", help=f"what it is: {', '.join(MODES)}")
    parser.add_argument("--on-full", default="pass", help="whether traffic passes or stops once the disk is full")
    parser.add_argument("--certificate", default="", help="PEM file with key and certificate for clients of TLS")
    parser.add_argument("--client-certificate", default="", help="PEM file to show to an upstream that asks for one")
    parser.add_argument("--apart", action="store_true", help="redact and write in a process of its own")
    parser.add_argument("--ready-json", action="store_true", help='print {"proxy": url} when listening')
    given = parser.parse_args(arguments)
    ready_json = given.__dict__.pop("ready_json")
    wanted = ProxyOptions(**vars(given))
    try:
        run(wanted, lambda url: announce(url, wanted, ready_json=ready_json))
    except ProxyFailed as problem:
        sys.stderr.write(f"meetproof: {problem}\n")
        return problem.status
    return 0


if __name__ == "__main__":
    sys.exit(main())
