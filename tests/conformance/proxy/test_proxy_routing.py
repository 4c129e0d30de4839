"""Marks on requests and commands to the proxy."""

from __future__ import annotations

import pytest

from conformance.proxy.origins import Origin
from conformance.proxy.routing import BadRequest, CloseCase, Marks, OpenCase, command, marked_upstream, split_marks

JSON = "application/json; charset=utf-8"


def test_marks_are_taken_off_in_any_case_and_the_rest_keeps_its_order():
    headers = (("A", "1"), ("Meetproof-Case", "c"), ("B", "2"), ("MEETPROOF-WORKER", "gw0"), ("A", "3"))
    assert split_marks(headers) == (Marks("c", None, {"worker": "gw0"}), (("A", "1"), ("B", "2"), ("A", "3")))


def test_headers_without_marks_are_the_same():
    headers = (("A", "1"),)
    assert split_marks(headers)[1] is headers


def test_commands_are_read():
    assert command("POST", "/_meetproof/cases", JSON, b'{"case": "a.b--ews-ews", "head": {"x": 1}}') == OpenCase(
        "a.b--ews-ews", {"x": 1}
    )
    assert command("POST", "/_meetproof/cases/a.b/close", "", b"") == CloseCase("a.b")


@pytest.mark.parametrize(
    ("method", "path", "kind", "body", "status", "words"),
    [
        ("GET", "/_meetproof/cases", "", b"", 405, "expected POST"),
        ("POST", "/_meetproof/other", JSON, b"", 404, "knows POST"),
        ("POST", "/_meetproof/cases", "text/plain", b'{"case": "a"}', 415, "application/json"),
        ("POST", "/_meetproof/cases", JSON, b"{", 400, "no JSON"),
        ("POST", "/_meetproof/cases", JSON, b"[]", 400, "expected"),
        ("POST", "/_meetproof/cases", JSON, b'{"case": 1}', 400, "expected"),
        ("POST", "/_meetproof/cases", JSON, b'{"case": "a", "head": []}', 400, "head"),
        ("POST", "/_meetproof/cases", JSON, b'{"case": "../a"}', 400, "name"),
        ("POST", "/_meetproof/cases", JSON, b'{"case": ".hidden"}', 400, "name"),
        ("POST", "/_meetproof/cases", JSON, b'{"case": ""}', 400, "name"),
        ("POST", "/_meetproof/cases/..%2Fa/close", "", b"", 400, "name"),
    ],
)
def test_what_is_no_command_is_refused_with_reason(method, path, kind, body, status, words):
    with pytest.raises(BadRequest, match=words) as caught:
        command(method, path, kind, body)
    assert caught.value.status == status


def test_an_upstream_named_by_a_request_must_be_on_this_machine():
    assert marked_upstream("http://127.0.0.1:81") == Origin("http", "127.0.0.1", 81)
    with pytest.raises(BadRequest) as caught:
        marked_upstream("http://10.0.0.1")
    assert caught.value.status == 403
    with pytest.raises(BadRequest) as caught:
        marked_upstream("nonsense")
    assert caught.value.status == 400
