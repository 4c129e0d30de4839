"""Whole comparisons, in this process: verdicts, exit codes, lines, JSON and the page."""

from __future__ import annotations

import base64
import json
from contextlib import contextmanager
from dataclasses import replace

import pytest

from conformance.client.protocol import TransportFailed
from conformance.comparison import Comparison, Side, Verdict, compare_sides, exit_code
from conformance.comparison.document import document, lines, page, summary
from conformance.suites.stage import NotApplicable
from conformance.targets import Account
from tests.conformance.equivalence.staged import REFERENCE, STORIES, in_process

EWS, GRAPH = Side(REFERENCE, "ews"), Side(REFERENCE, "graph")
FAULTY = Side(replace(REFERENCE, faults=frozenset({"answer-not-noted"})), "graph")


def compared(left, right, *stories, stages=in_process):
    return Comparison(left, right, tuple(compare_sides(left, right, [STORIES[name] for name in stories], stages)))


@pytest.fixture(scope="module")
def faulty():
    return compared(EWS, FAULTY, "answer-accept", "call-silently", "call")


def test_stories_are_the_same_different_or_gaps(faulty):
    assert [one.verdict for one in faulty.outcomes] == [Verdict.DIFFERENT, Verdict.GAP, Verdict.SAME]
    assert exit_code(faulty.outcomes) == 1


def test_a_difference_is_a_line_with_its_two_places_below(faulty):
    told = list(lines(faulty.outcomes[0]))
    assert told[0] == "answer-accept: different"
    assert (
        told[1] == '  organizer0: calendar: meeting: attendee attendee0 is "accepted" on the left, "none" on the right'
    )
    assert told[2].startswith("    left:  exchange ")
    assert "(GetItem): /m:GetItemResponse" in told[2]
    assert told[3].endswith("(GET calendar/events): $.value[0].attendees[0].status.response")


def test_every_gap_is_told_once_with_its_source_and_its_stories(faulty):
    told = list(summary(faulty))
    assert told[-1] == "3 scenarios: 1 same, 1 different, 1 gap"
    gaps = dict(zip(told[:-1:2], told[1:-1:2], strict=True))
    [(sending, where)] = [(gap, where) for gap, where in gaps.items() if gap.startswith("gap: sending (")]
    assert "a meeting kept without inviting anybody): EWS has SendToNone, Graph has nothing (Graph event:" in sending
    assert where == "    in call-silently"
    assert min(gaps.values()) == "    in answer-accept"


def test_the_json_document_meets_its_schema_and_says_all(faulty):
    told = document(faulty)
    assert told["exit_code"] == 1
    assert told["right"] == {
        "target": REFERENCE.name,
        "kind": "live",
        "protocol": "graph",
        "faults": ["answer-not-noted"],
    }
    first = told["scenarios"][0]
    assert first["steps"] == ["the organizer calls a meeting", "attendee0 accepts"]
    assert first["differences"][0]["left"]["value"] == "accepted"
    assert json.loads(json.dumps(told)) == told


def test_the_page_shows_the_exchanges_behind_a_difference(faulty):
    told = page(faulty)
    assert "attendee attendee0 is &#34;accepted&#34; on the left, &#34;none&#34; on the right" in told
    assert "GET " in told
    assert "&lt;t:ResponseType&gt;" in told
    assert base64.b64encode(b"organizer0@example.com:meetproof").decode() not in told
    assert "<script" not in told
    assert "http-equiv" not in told


def test_nothing_different_and_something_the_same_is_the_same():
    assert exit_code(compared(EWS, GRAPH, "call", "call-silently").outcomes) == 0
    assert exit_code(compared(EWS, GRAPH, "call-silently").outcomes) == 2, "gaps alone prove nothing"


@contextmanager
def unreachable(target, case, pairing, left):
    with in_process(target, case, pairing) as stage:
        yield replace(stage, transport=Silent())


class Silent:
    def send(self, request):
        raise TransportFailed(f"{request.method} {request.url}: no answer")


def test_a_server_that_does_not_answer_leaves_it_untold():
    found = compared(EWS, GRAPH, "call", stages=unreachable)
    (outcome,) = found.outcomes
    assert outcome.verdict is Verdict.UNKNOWN
    assert "no answer" in outcome.problem
    assert exit_code(found.outcomes) == 2
    assert document(found)["scenarios"][0]["problem"] == outcome.problem


@contextmanager
def featureless(target, case, pairing, left):
    if case.needs:
        raise NotApplicable("The target does not declare the feature 'rooms'.")
    with in_process(target, case, pairing) as stage:
        few = tuple(account for account in stage.target.accounts if account.address.startswith("organizer0"))
        yield replace(stage, target=replace(stage.target, accounts=(*few, Account("ann@example.com", secret="x"))))


def test_what_a_target_does_not_offer_is_not_applicable():
    found = compared(EWS, GRAPH, "call-room", "call", stages=featureless)
    assert [one.verdict for one in found.outcomes] == [Verdict.NOT_APPLICABLE] * 2
    assert "feature 'rooms'" in found.outcomes[0].problem
    assert "attendee1" in found.outcomes[1].problem


class Garbled:
    """A server that answers every question with success and nothing else."""

    def __init__(self, transport):
        self.transport = transport

    def send(self, request):
        exchange = self.transport.send(request)
        if request.method == "GET":
            return replace(
                exchange, response=replace(exchange.response, body=b'{"value":[{"subject":"x mp', status=200)
            )
        return exchange


@contextmanager
def garbled(target, case, pairing, left):
    with in_process(target, case, pairing) as stage:
        transport = Garbled(stage.transport) if pairing == "graph-graph" else stage.transport
        yield replace(stage, transport=transport)


def test_answers_that_cannot_be_read_are_differences_or_untold_but_never_the_same():
    (outcome,) = compared(EWS, GRAPH, "call", stages=garbled).outcomes
    assert outcome.verdict in {Verdict.DIFFERENT, Verdict.UNKNOWN}
