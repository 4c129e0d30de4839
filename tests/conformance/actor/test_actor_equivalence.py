"""The equivalence map."""

from __future__ import annotations

import pytest

from conformance.actor import equivalence as e
from conformance.actor.views import MessageKind, RequestKind, ResponseState, ShowAs


@pytest.mark.parametrize(
    ("ews", "graph", "meanings"),
    [
        (e.EWS_RESPONSES, e.GRAPH_RESPONSES, ResponseState),
        (e.EWS_SHOW_AS, e.GRAPH_SHOW_AS, ShowAs),
        (e.EWS_REQUESTS, e.GRAPH_REQUESTS, RequestKind),
        (e.EWS_MESSAGES, e.GRAPH_MESSAGES, MessageKind),
    ],
)
def test_both_protocols_spell_every_meaning_once(ews, graph, meanings):
    assert sorted(ews.values()) == sorted(meanings)
    assert sorted(graph.values()) == sorted(meanings)


def test_no_answer_is_told_apart_by_viewer_and_counts_as_open_for_both():
    assert e.EWS_RESPONSES["Unknown"] is e.GRAPH_RESPONSES["none"] is ResponseState.NONE
    assert e.EWS_RESPONSES["NoResponseReceived"] is e.GRAPH_RESPONSES["notResponded"] is ResponseState.NOT_RESPONDED
    assert {state for state in ResponseState if state.is_open} == {ResponseState.NONE, ResponseState.NOT_RESPONDED}


def test_every_row_has_a_source_and_one_sided_rows_have_one_side():
    for row in e.EQUIVALENCES:
        assert row.source
        assert (bool(row.ews) + bool(row.graph) == 1) is (row.relation is e.Relation.ONE_SIDED)
