"""A network of its own, in which a client is led to a transparent proxy: run it in a fresh network namespace.

``transparent_network.py IP IPTABLES OUT`` prints, as JSON, what the client was answered and the URL that it asked for.
Clients have one address and the proxy another, so that only what clients send is led to it.
"""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import httpx

CLIENT = "127.0.0.7"


class Hello(BaseHTTPRequestHandler):
    """Says hello."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "5")
        self.end_headers()
        self.wfile.write(b"hello")

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def main(ip: str, iptables: str, out: str) -> None:
    subprocess.run([ip, "link", "set", "lo", "up"], check=True)
    server = HTTPServer(("127.0.0.1", 0), Hello)
    Thread(target=server.serve_forever, daemon=True).start()
    port = server.server_address[1]
    command = [sys.executable, "-m", "conformance.proxy", "--mode", "transparent", "--out", out, "--ready-json"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as proxy:
        listening = httpx.URL(json.loads(proxy.stdout.readline())["proxy"]).port
        rule = ["-p", "tcp", "-s", CLIENT, "--dport", str(port), "-j", "REDIRECT", "--to-ports", str(listening)]
        subprocess.run([iptables, "-t", "nat", "-A", "OUTPUT", *rule], check=True)
        with httpx.Client(transport=httpx.HTTPTransport(local_address=CLIENT), timeout=20) as client:
            answer = client.get(f"http://127.0.0.1:{port}/a")
        proxy.send_signal(signal.SIGTERM)
        code = proxy.wait(20)
    sys.stdout.write(json.dumps({"answer": answer.text, "url": str(answer.url), "code": code}))


if __name__ == "__main__":
    main(*sys.argv[1:])
