"""The suite on mailboxes that others use: their things stay as they are, byte for byte, and nothing of ours is left."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest

from tests.conformance.live.live import FEATURES, play
from tests.conformance.live.others import Person

# Some of every kind: each protocol, lists, rooms, folders, updates, cancellations, refusals, proposals.
SOME = (
    "cross-protocol.answer or cross-protocol.attendees or cross-protocol.cancel or handling-meetings.remove "
    "or availability.merged or graph-propose-new-time.pages or ews-propose-new-time.corrected "
    "or synchronisation.folder or handling-meetings.list or wire.graph"
)


@pytest.fixture
def people(server):
    """Everybody with a mailbox, in the middle of their work."""
    found = [Person(server["ews"], one["address"]) for one in server["mailboxes"] if one["kind"] != "list"]
    ann, bob, *others = found
    today = datetime.now(UTC).date()
    for number in range(12):
        day = (today + timedelta(days=20 + 97 * number)).isoformat()
        ann.meet(f"Planning {number}", day, 7 + number, bob.address, others[0].address)
        bob.meet(f"Dentist {number}", day, 7 + number)
        others[1].write(f"Lunch {number}", ann.address)
    yield found
    for person in found:
        person.close()


@pytest.mark.parametrize(
    ("protocols", "cases"),
    [(("ews", "graph"), SOME), (("graph",), "cross-protocol.attendees or cross-protocol.answer.tentative or folders")],
    ids=["cleared by EWS", "cleared by Graph"],
)
def test_others_things_stay_and_ours_are_gone(server, people, tmp_path, protocols, cases):
    before = {person.address: person.everything() for person in people}
    assert sum(map(len, before.values())) > 80
    features = FEATURES | {"synchronisation"}
    workers = ("-p", "xdist.plugin", "-n", "4")
    done, report = play(tmp_path, server, *workers, "-k", cases, protocols=protocols, features=features)
    assert done.returncode == 0, done.stdout
    assert report["verdicts"]["pass"] >= (30 if "ews" in protocols else 3)
    assert report["verdicts"]["fail"] == report["verdicts"]["error"] == report["verdicts"]["inconclusive"] == 0
    for person in people:
        after = person.everything()
        ours = [re.findall("<t:Subject>(.*?)</t:Subject>", after[one]) for one in after.keys() - before[person.address]]
        assert ours == [], person.address
        assert after == before[person.address], person.address
