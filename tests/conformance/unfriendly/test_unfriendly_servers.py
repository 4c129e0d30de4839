"""Before a server that does everything wrong, cases end in bounded time and memory, with verdicts and no tracebacks."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
import tracemalloc
from dataclasses import replace
from pathlib import Path

import pytest

from conformance.client.live import LiveTransport
from conformance.client.protocol import TransportFailed
from conformance.model.exchange import Request
from conformance.model.verdict import Verdict
from conformance.suites.stage import Stage, target_of_head
from conformance.targets import Endpoint
from tests.conformance.unfriendly.server import WAYS, misbehaving
from tests.meta.playing import performed, playables, tape

# A few of each protocol, whatever they read: items, lists, free/busy, ids, errors.
STEMS = [
    next(stem for stem in sorted(playables()) if stem.startswith(start))
    for start in (
        "availability.merged",
        "availability.schedule",
        "cross-protocol.answer.accept--ews-graph",
        "ews-propose-new-time.corrected",
        "graph-propose-new-time.addresses",
        "graph-propose-new-time.pages",
        "handling-meetings.cancel",
        "handling-meetings.pages",
        "synchronisation",
        "wire.graph",
    )
]
SILENT = ("says nothing", "trickles", "trickles headers")
TIMEOUT, LARGEST = 0.1, 2**20
TARGET = """
[target]
name = "An unfriendly server"
timeout = {timeout}
deadline = 1
[ews]
url = "{origin}/EWS/Exchange.asmx"
[graph]
url = "{origin}/v1.0"
token_url = "{origin}/token"
[[accounts]]
address = "ann@example.com"
password_env = "THE_PASSWORD"
[[accounts]]
address = "bob@example.com"
password_env = "THE_PASSWORD"
"""


def played(stem, origin):
    """What a case finds of the server, as the suite concludes it."""
    playable, head = playables()[stem], tape(stem).head
    target = target_of_head(head, Path(stem))
    target = replace(
        target,
        ews=Endpoint("ews", f"{origin}/EWS/Exchange.asmx", "basic"),
        graph=Endpoint("graph", f"{origin}/v1.0", "oauth", f"{origin}/token"),
    )
    with LiveTransport(timeout=TIMEOUT, largest=LARGEST) as transport:
        stage = Stage(transport, target, head["variables"])
        scene, ending = performed(playable, stage, sleep=lambda _: None)
        return scene.conclude(ending)


@pytest.mark.parametrize("way", WAYS)
def test_every_case_comes_to_a_verdict(way):
    begun = time.monotonic()
    with misbehaving(way) as origin:
        for stem in STEMS[:2] if way in SILENT else STEMS:
            outcomes, why = played(stem, origin)
            assert {one.verdict for one in outcomes} & {Verdict.FAIL, Verdict.INCONCLUSIVE}, stem
            assert all(one.verdict is not Verdict.ERROR for one in outcomes), (stem, why)
            assert all(one.message for one in outcomes if one.verdict > Verdict.SKIPPED), stem
    assert time.monotonic() - begun < 30


@pytest.mark.parametrize("way", ["never ends", "a gigabyte in a few bytes"])
def test_an_answer_that_is_too_long_is_given_up_before_it_fills_the_memory(way):
    with misbehaving(way) as origin, LiveTransport(timeout=5, largest=LARGEST) as transport:
        tracemalloc.start()
        with pytest.raises(TransportFailed, match=f"the answer is given up, it has more than {LARGEST} bytes"):
            transport.send(Request("GET", f"{origin}/x"))
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert peak < 8 * LARGEST


@pytest.mark.parametrize("way", ["trickles", "trickles headers"])
def test_an_answer_that_trickles_is_given_up_in_the_end(way):
    begun = time.monotonic()
    late = pytest.raises(TransportFailed, match="no answer in time")
    with misbehaving(way) as origin, LiveTransport(timeout=0.2) as transport, late:
        transport.send(Request("GET", f"{origin}/x"))
    assert 0.5 < time.monotonic() - begun < 5


@pytest.mark.parametrize(
    ("way", "proxy", "code", "told"),
    [
        ("says nothing", False, 2, "no more are tried"),
        ("never ends", True, 2, ""),
    ],
)
def test_the_whole_suite_ends_with_a_report_and_no_traceback(tmp_path, way, proxy, code, told):
    with misbehaving(way) as origin:
        (tmp_path / "target.toml").write_text(TARGET.format(origin=origin, timeout=1 if proxy else 0.2))
        command = [sys.executable, "-P", "-m", "conformance.cli", "run", "--target", "target.toml", "-k", "wire.ews"]
        done = subprocess.run(
            [*command, *([] if proxy else ["--no-proxy"])],
            cwd=tmp_path,
            env={**os.environ, "THE_PASSWORD": "x", "NO_COLOR": "1"},
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )
    said = done.stdout + done.stderr
    assert done.returncode == code, said
    assert "Traceback" not in said
    report = (tmp_path / "meetproof-report" / "report.json").read_text(encoding="utf-8")
    assert told in report
    verdicts = json.loads(report)["verdicts"]
    assert verdicts["inconclusive"] + verdicts["error"] > 5
    assert proxy or verdicts["error"] == 0  # through the proxy, an exchange that it could not record is one
    assert verdicts["pass"] == 0
