"""Exchanges told as if recorded at another origin."""

from __future__ import annotations

from conformance.model.exchange import Exchange, Request, Response
from conformance.proxy.moving import moved, origin_of
from conformance.proxy.origins import Origin

HOME = Origin("https", "meetproof.example", 443)


def exchange(origin):
    body = f'{{"@odata.nextLink": "{origin}/next"}}'.encode()
    host = origin.partition("://")[2]
    json = ("Content-Type", "application/json")
    return Exchange(
        Request("POST", f"{origin}/x?u={origin}/", (("Host", host), json), body),
        Response(200, "OK", (json, ("Location", f"{origin}/y"), ("Content-Length", str(len(body)))), body),
        {"connection": 1},
    )


def test_every_mention_of_the_own_origin_moves():
    told = moved([exchange("http://127.0.0.1:5001"), exchange("http://127.0.0.1:5002")], HOME)
    assert told == (exchange("https://meetproof.example"),) * 2


def test_exchanges_that_are_at_home_stay_as_they_are():
    here = (exchange("https://meetproof.example"),)
    assert moved(here, HOME) == here
    assert moved((), HOME) == ()


def test_the_origin_of_a_url_is_read_and_of_no_url_is_none():
    assert origin_of("http://h:81?x=/") == Origin("http", "h", 81)
    assert origin_of("/v1.0/me") is None
