"""The suite before a server that lives on: what one case leaves must not disturb the next, nor the same one later."""

from __future__ import annotations

import pytest

from tests.conformance.live.live import FEATURES, play

# Those that count digits, neighbours, pages and messages, or bear a subject of the documents.
SENSITIVE = (
    "walkthrough or neighbours or pages or queries or calendar-view or availability.document or availability.merged "
    "or availability.whole-events or availability.list or availability.schedule or availability.answers "
    "or new-time.corrected or new-time.offered or new-time.entry or properties or read-the- or take-up or taken-up "
    "or wire.ews-unchanged or wire.graph-ids"
)


def test_cases_find_their_own_items_however_often_they_are_played(server, tmp_path):
    for time in ("first", "second"):
        done, report = play(tmp_path / time, server, "-k", SENSITIVE)
        assert done.returncode == 0, f"the {time} time:\n{done.stdout}"
        assert report["verdicts"]["pass"] > 30
    assert report["verdicts"]["fail"] == report["verdicts"]["error"] == report["verdicts"]["inconclusive"] == 0


@pytest.mark.parametrize(
    ("version", "features", "verdict"),
    [
        ("Exchange2016", FEATURES, "pass"),
        ("Exchange2013_SP1", FEATURES | {"exchange2016"}, "pass"),
        ("Exchange2013_SP1", FEATURES, "not applicable"),
    ],
)
def test_what_needs_exchange_2016_is_asked_only_of_a_server_that_has_it(server, tmp_path, version, features, verdict):
    chosen = ("-k", "properties-refused or properties-kept or new-time.entry")
    done, report = play(tmp_path, server, *chosen, version=version, features=features)
    assert done.returncode == 0, done.stdout
    told = {one["id"]: one["verdict"] for one in report["requirements"]}
    assert [told[f"EWS-MTG-{number}"] for number in ("070", "159", "280")] == [verdict] * 3


def test_what_needs_quiet_mailboxes_is_not_asked_where_others_are_about(server, tmp_path):
    done, report = play(tmp_path, server, "-k", "handling-meetings.pages")
    assert done.returncode == 0, done.stdout
    told = {one["id"]: one["verdict"] for one in report["requirements"]}
    assert told["EWS-MTG-246"] == "not applicable"
    assert told["EWS-MTG-247"] == told["EWS-MTG-252"] == "pass"
