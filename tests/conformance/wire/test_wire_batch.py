"""The parts of a batch of Graph, told apart."""

from __future__ import annotations

import base64
import json

import pytest

from conformance.model.exchange import Exchange, Request, Response
from conformance.wire.batch import is_batch, parts

URL = "https://graph.example/v1.0/$batch"
SENT = (("Authorization", "Bearer x"), ("Content-Type", "application/json"), ("client-request-id", "all"))
TOLD = (("request-id", "r"), ("Content-Type", "application/json"))


def batch(requests, responses, url=URL):
    asked = Request("POST", url, SENT, json.dumps({"requests": requests}).encode())
    return Exchange(asked, Response(200, "OK", TOLD, json.dumps({"responses": responses}).encode()), {"actor": "ann"})


def test_each_part_is_the_exchange_that_it_would_be_alone():
    photo = base64.b64encode(b"\0\1").decode()
    asked = [
        {
            "id": "1",
            "method": "GET",
            "url": "/me/events?$top=1",
            "headers": {"Prefer": "x", "Client-Request-Id": "own"},
        },
        {"id": "2", "method": "PATCH", "url": "me", "body": {"a": 1}, "headers": {"Content-Type": "application/json"}},
        {"id": "3", "method": "PUT", "url": "/me/photo", "body": photo, "headers": {"Content-Type": "image/png"}},
        {"id": "4", "method": "GET", "url": "/lost"},
    ]
    told = [
        {"id": "3", "status": 204},
        {"id": "1", "status": 200, "headers": {"Content-Type": "application/json"}, "body": {"value": []}},
        {"id": "2", "status": 404, "body": {"error": {}}},
        {"id": "unknown", "status": 200},
    ]
    found = parts(batch(asked, told))
    assert [(part.place, part.exchange.request.method) for part in found] == [(0, "PUT"), (1, "GET"), (2, "PATCH")]
    third, first, second = (part.exchange for part in found)
    assert first.request.url == "https://graph.example/v1.0/me/events?$top=1"
    assert dict(first.request.headers) == {"Prefer": "x", "Client-Request-Id": "own", "Authorization": "Bearer x"}
    assert dict(first.response.headers) == {"Content-Type": "application/json", "request-id": "r"}
    assert (second.request.url, json.loads(second.request.body)) == ("https://graph.example/v1.0/me", {"a": 1})
    assert (second.response.status, json.loads(second.response.body)) == (404, {"error": {}})
    assert (third.request.body, third.response.body) == (b"\0\1", b"")
    assert third.meta == {"actor": "ann"}


@pytest.mark.parametrize(
    "exchange",
    [
        batch([{"id": "1"}], [{"id": "1", "status": 200}], url="https://graph.example/v1.0/me"),
        batch({"id": "1"}, [{"id": "1", "status": 200}]),
        batch([1], [2]),
        batch([{"id": "1"}], [{"id": "1", "status": "200"}]),
        Exchange(Request("POST", URL, (), b"{"), Response(400, body=b"[]")),
    ],
)
def test_what_is_no_batch_has_no_parts(exchange):
    assert parts(exchange) == ()


@pytest.mark.parametrize(
    ("url", "wanted"),
    [(URL, True), ("https://g/api/v1/$BATCH?x=1", True), ("https://g/$batch", False), ("https://g/v1.0/me", False)],
)
def test_batches_are_known_by_their_address(url, wanted):
    assert is_batch(Request("POST", url)) is wanted
