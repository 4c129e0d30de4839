"""The suite's own listener: what it is told is kept, and answered as a case wants."""

from __future__ import annotations

import socket

import pytest

from conformance.client.listener import listening, plain
from conformance.client.live import LiveTransport
from conformance.model.exchange import Request
from conformance.suites.listening import proving, unwilling


def test_what_is_sent_is_kept_with_its_answer_and_without_what_the_senders_library_says():
    with listening() as listener, LiveTransport() as transport:
        request = Request(
            "POST", f"{listener.origin}/case?x=y", (("content-type", "text/plain"), ("X-A", "b")), b"hello"
        )
        answer = transport.send(request).response
        assert (answer.status, answer.body) == (202, b"")
        heard = listener.next(5)
        assert heard.request.url == request.url
        assert heard.request.body == b"hello"
        names = [name for name, _ in heard.request.headers]
        assert names == ["Content-Length", "Content-Type", "Host", "X-A"]
        assert heard.response.status == 202
        assert listener.next(0) is None


def test_answers_change_as_the_case_wants():
    with listening() as listener, LiveTransport() as transport:
        for status in (503, 200):
            listener.answering = lambda _, status=status: plain(status, b"words")
            response = transport.send(Request("POST", listener.origin)).response
            assert (response.status, response.body) == (status, b"words")


def test_a_port_that_is_taken_is_refused():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(OSError, match="in use"), listening(port=taken.getsockname()[1]):
            pass


def test_a_listener_proves_itself_to_graph_and_takes_what_ews_pushes():
    validation = proving(Request("POST", "http://h/x?validationToken=a%20b%2Bc"))
    assert (validation.status, validation.body) == (200, b"a b+c")
    assert validation.header("Content-Type") == "text/plain"
    assert b"<m:SubscriptionStatus>OK<" in proving(Request("POST", "http://h/x", (), b"\n<s:Envelope/>")).body
    assert proving(Request("POST", "http://h/x", (), b"{}")).status == 202


def test_an_unwilling_listener_proves_nothing_and_wants_no_more():
    assert unwilling(Request("POST", "http://h/x?validationToken=a")).status == 403
    assert b"<m:SubscriptionStatus>Unsubscribe<" in unwilling(Request("POST", "http://h/x", (), b"<s:Envelope/>")).body
