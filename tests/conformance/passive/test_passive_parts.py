"""What passive checks see within exchanges: the parts of batches, and what servers send of their own accord."""

from __future__ import annotations

import json
from dataclasses import replace as with_

import pytest

from conformance.model.exchange import Exchange, Request, Response
from conformance.model.verdict import Verdict
from conformance.passive import Seen, Watch
from conformance.tape.cassette import read_cassette
from conformance.tape.retelling import retold
from conformance.wire.operation import Protocol
from tests.recorded import REFERENCE


def recorded(stem):
    return read_cassette(REFERENCE / f"{stem}.yaml").exchanges


def failures(exchange):
    found = list(Watch().see(Seen(exchange)))
    return {(one.requirement, one.path) for one in found if one.verdict is Verdict.FAIL}, len(found)


def answered(exchange, document):
    return with_(exchange, response=with_(exchange.response, body=json.dumps(document).encode()))


@pytest.fixture(scope="module")
def batch():
    return next(one for one in recorded("wire.graph-batch--graph-graph") if len(Seen(one).parts) > 3)


def test_a_part_of_a_batch_is_held_to_what_it_would_be_held_to_alone(batch):
    document = json.loads(batch.response.body)
    place, told = next((place, one) for place, one in enumerate(document["responses"]) if one["status"] == 200)
    none, count = failures(batch)
    assert none == set()
    assert count > len(document["responses"])
    told["body"]["@odata.context"] = 7
    told["headers"]["ETag"] = "no tag"
    broken, _ = failures(answered(batch, document))
    body, headers = f"response$.responses[{place}].body", f"response$.responses[{place}].headers"
    assert ("WIRE-SEEN-004", f"{headers}.etag") in broken
    assert any(one == "WIRE-GRAPH-SCHEMA" and path.startswith(body) for one, path in broken)


def test_a_part_with_a_status_that_its_operation_does_not_have_is_told(batch):
    document = json.loads(batch.response.body)
    document["responses"][0] = {"id": document["responses"][0]["id"], "status": 299}
    assert ("WIRE-GRAPH-SCHEMA", "response$.responses[0].status") in failures(answered(batch, document))[0]


def test_a_batch_is_retold_with_its_parts(batch):
    told = retold(batch)
    assert len(told.parts) == len(json.loads(batch.response.body)["responses"])
    assert all(part.operation != told.operation for part in told.parts)


def test_what_ews_pushes_is_held_to_its_schema():
    pushed = next(one for one in recorded("notifications.push--ews-ews") if Seen(one).sent is Protocol.EWS)
    assert failures(pushed) == (set(), 1)
    body = pushed.request.body.replace(b"NoError", b"NoSuchCode")
    broken, _ = failures(with_(pushed, request=with_(pushed.request, body=body)))
    assert {one for one, path in broken if path.startswith("request/")} == {"WIRE-EWS-SCHEMA"}


def test_what_graph_notifies_is_held_to_its_schema():
    told = [one for one in recorded("notifications.life--graph-graph") if Seen(one).sent is Protocol.GRAPH]
    assert told
    for one in told:
        assert failures(one) == (set(), 1)
        document = json.loads(one.request.body)
        del document["value"][0]["subscriptionExpirationDateTime"]
        broken, _ = failures(with_(one, request=with_(one.request, body=json.dumps(document).encode())))
        assert {requirement for requirement, _ in broken} == {"WIRE-GRAPH-SCHEMA"}


@pytest.mark.parametrize(
    ("body", "sent"),
    [
        (b'{"value": [{"subscriptionId": "s", "changeType": "created"}]}', Protocol.GRAPH),
        (b'{"value": [{"subscriptionId": "s", "lifecycleEvent": "missed"}]}', Protocol.GRAPH),
        (b'{"value": [{"subscriptionId": "s"}]}', Protocol.OTHER),
        (b'{"value": "subscriptionId"}', Protocol.OTHER),
        (b'["value", "subscriptionId"]', Protocol.OTHER),
        (b'"value" "subscriptionId"', Protocol.OTHER),
    ],
)
def test_notifications_are_known_by_what_they_hold(body, sent):
    exchange = recorded("notifications.life--graph-graph")[0]
    assert Seen(with_(exchange, request=Request("POST", "https://app.example/hear", (), body))).sent is sent
    assert Seen(with_(exchange, request=Request("PUT", "https://app.example/hear", (), body))).sent is Protocol.OTHER


@pytest.mark.parametrize("link", ["http://[::1/v1.0/me/events?$skip=1", "https://\u2100.example/?$skip=2"])
def test_a_link_that_cannot_be_taken_apart_is_told(link):
    page = {"@odata.nextLink": link, "value": []}
    asked = Request("GET", "https://g.example/v1.0/me/events?$top=1")
    broken, _ = failures(Exchange(asked, Response(200, "", (), json.dumps(page).encode())))
    assert ("GRAPH-SEEN-011", "response$['@odata.nextLink']") in broken


def test_an_exchange_whose_address_cannot_be_taken_apart_is_checked_all_the_same():
    asked = Request("POST", "http://[::1/EWS/Exchange.asmx", (), b"<x")
    assert failures(Exchange(asked, Response(200, "", (), b"<a>"))) == ({("WIRE-EWS-SCHEMA", "response")}, 1)
