"""Speaking through a recording proxy, the proxy played by a double of its case protocol."""

from __future__ import annotations

import json

import pytest

from conformance.client.protocol import TransportFailed
from conformance.client.proxied import ProxiedTransport, Recording, proxied_case
from conformance.model.exchange import Exchange, Request, Response

PROXY = "http://127.0.0.1:9999"


class Proxy:
    def __init__(self, refuse=False):
        self.requests = []
        self.refuse = refuse

    def send(self, request):
        self.requests.append(request)
        status, told = 200, {}
        if request.url == f"{PROXY}/_meetproof/cases":
            status, told = (409, {"error": "open already"}) if self.refuse else (201, {"cassette": "c.yaml"})
        elif request.url.endswith("/close"):
            told = {"cassette": "/out/c.yaml", "exchanges": 1, "refused": ["why"]}
        sent = Request(request.method, request.url, (("Host", "x"), *request.headers), request.body)
        return Exchange(sent, Response(status, "", (), json.dumps(told).encode()))


def test_a_case_is_opened_its_requests_marked_and_closed():
    proxy = Proxy()
    with proxied_case(proxy, PROXY + "/", "a--ews-ews", {"pairing": "ews-ews"}, "http://127.0.0.1:5") as case:
        request = Request("GET", "http://127.0.0.1:5/x?y=z", (("A", "b"),))
        exchange = case.transport.send(request)
    opened, sent, closed = proxy.requests
    assert json.loads(opened.body) == {"case": "a--ews-ews", "head": {"pairing": "ews-ews"}}
    assert opened.header("Content-Type") == "application/json"
    assert sent.url == f"{PROXY}/x?y=z"
    assert sent.headers == (
        ("A", "b"),
        ("meetproof-case", "a--ews-ews"),
        ("meetproof-upstream", "http://127.0.0.1:5"),
    )
    assert exchange.request == Request("GET", request.url, (("Host", "x"), ("A", "b")))
    assert closed.url == f"{PROXY}/_meetproof/cases/a--ews-ews/close"
    assert case.recording == Recording("a--ews-ews", "/out/c.yaml", 1, ("why",))


def test_a_fixed_upstream_is_not_named():
    proxy = Proxy()
    ProxiedTransport(proxy, PROXY, "c").send(Request("GET", "http://h/"))
    assert proxy.requests[0].headers == (("meetproof-case", "c"),)


def test_what_goes_elsewhere_goes_past_the_proxy_unmarked():
    proxy = Proxy()
    request = Request("POST", "http://login.example/token", (("A", "b"),), b"x")
    with proxied_case(proxy, PROXY, "c", direct={"http://login.example"}) as case:
        exchange = case.transport.send(request)
        case.transport.send(Request("GET", "http://mail.example/x"))
    assert proxy.requests[1] == request
    assert exchange.request.url == request.url
    assert proxy.requests[2].url == f"{PROXY}/x"


def test_a_case_is_closed_when_it_fails():
    proxy = Proxy()
    with pytest.raises(KeyError), proxied_case(proxy, PROXY, "c"):
        raise KeyError
    assert proxy.requests[-1].url.endswith("/c/close")


def test_a_refusal_of_the_proxy_is_quoted():
    with (
        pytest.raises(
            TransportFailed, match=r"answered 409 to POST http://127.0.0.1:9999/_meetproof/cases: .*open already"
        ),
        proxied_case(Proxy(refuse=True), PROXY, "c"),
    ):
        pytest.fail("opened")
