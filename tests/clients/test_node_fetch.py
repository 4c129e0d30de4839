"""A client of another language and HTTP stack: Node's own fetch."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

SCRIPT = Path(__file__).with_name("meeting.mjs")


@pytest.mark.node
def test_a_meeting_is_accepted_with_nodes_fetch(meetproof_server):
    server = meetproof_server
    command = ["node", str(SCRIPT), server.graph_url, server.token_url, server.password]
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=False, timeout=60)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == {
        "accepted": 202,
        "subject": "Büdget €",
        "start": {"dateTime": "2026-03-02T09:00:00.0000000", "timeZone": "UTC"},
        "status": "accepted",
    }
