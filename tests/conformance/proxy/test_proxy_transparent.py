"""Clients that know of no proxy are recorded where the network leads them to it."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

from conformance.tape.cassette import read_cassette

HERE = Path(__file__).parent
PLACES = "/usr/sbin:/sbin:/usr/bin:/bin"
IP, IPTABLES, UNSHARE = (shutil.which(name, path=PLACES) for name in ("ip", "iptables", "unshare"))


def has_a_network_of_its_own() -> bool:
    if not (IP and IPTABLES and UNSHARE):
        return False
    table = [UNSHARE, "--net", IPTABLES, "-t", "nat", "-L", "-n"]
    return subprocess.run(table, capture_output=True, check=False).returncode == 0


__test__ = has_a_network_of_its_own()  # only root may lead others' traffic somewhere else, and not in every container


def test_clients_that_the_network_leads_to_it_are_recorded(tmp_path):
    script = [sys.executable, str(HERE / "transparent_network.py"), IP, IPTABLES, str(tmp_path / "out")]
    done = subprocess.run([UNSHARE, "--net", *script], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert (told["answer"], told["code"]) == ("hello", 0)
    (exchange,) = read_cassette(tmp_path / "out" / "session.yaml").exchanges
    assert exchange.request.url == told["url"], "the server that the client asked, not the proxy"
    assert exchange.response.body == b"hello"
