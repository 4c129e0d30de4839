"""Links rewritten from one origin to another."""

from __future__ import annotations

import gzip
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.proxy.bodies import plain, rewritten
from conformance.proxy.origins import Origin, Rewriting, is_loopback, parse_origin

OLD = Origin("http", "127.0.0.1", 8080)
NEW = Origin("https", "meetproof.example", 443)
PORTED = Origin("http", "proxy.example", 9000)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b"http://127.0.0.1:8080/v1.0/me", b"https://meetproof.example/v1.0/me"),
        (b'{"a":"http:\\/\\/127.0.0.1:8080\\/v1.0"}', b'{"a":"https:\\/\\/meetproof.example\\/v1.0"}'),
        (
            b'{"a":"http:\\u002f\\u002f127.0.0.1:8080\\u002Fx"}',
            b'{"a":"https:\\u002f\\u002fmeetproof.example\\u002Fx"}',
        ),
        (b"?to=http%3A%2F%2F127.0.0.1%3A8080%2Fx", b"?to=https%3A%2F%2Fmeetproof.example%2Fx"),
        (b"a\\nhttp://127.0.0.1:8080\\nb", b"a\\nhttps://meetproof.example\\nb"),
        (b"HTTP://127.0.0.1:8080", b"https://meetproof.example"),
        (b"see http://127.0.0.1:8080.", b"see https://meetproof.example."),
    ],
)
def test_every_written_form_of_a_link_is_rewritten(before, after):
    assert Rewriting(OLD, NEW).text(before) == after


@pytest.mark.parametrize(
    "text",
    [
        b"http://127.0.0.1:80801/",
        b"http://127.0.0.1:808",
        b"http://127.0.0.1/",
        b"https://127.0.0.1:8080/",
        b"http://127.0.0.10:8080/",
        b"127.0.0.1:8080",
    ],
)
def test_another_origin_stays(text):
    assert Rewriting(OLD, NEW).text(text) is text


@pytest.mark.parametrize(
    ("text", "rewritten_text"),
    [
        (b"https://graph.example/x", b"http://proxy.example:9000/x"),
        (b"https://graph.example:443/x", b"http://proxy.example:9000/x"),
        (b"https%3a%2f%2fGRAPH.example%2Fx", b"http%3a%2f%2fproxy.example%3a9000%2Fx"),
        (b"https://graph.example:8443/x", None),
        (b"https://graph.example.org/x", None),
        (b"https://graph.example-two/x", None),
        (b"https%3A%2F%2Fgraph.example%3A8443", None),
    ],
)
def test_the_schemes_own_port_may_be_given_or_not(text, rewritten_text):
    found = Rewriting(Origin("https", "graph.example", 443), PORTED).text(text)
    assert found == (rewritten_text or text)


@given(st.lists(st.sampled_from([str(OLD), str(NEW), "http://", "/", "x", " ", '"', "\\/", ":8080", "127.0.0.1"])))
def test_rewriting_there_and_back_changes_nothing_that_held_no_link_there(pieces):
    text = "".join(pieces).encode()
    there, back = Rewriting(OLD, NEW), Rewriting(NEW, OLD)
    once = there.text(text)
    assert there.text(once) == once
    if back.text(text) is text:
        assert back.text(once) == text


@pytest.mark.parametrize(
    ("text", "origin"),
    [
        ("http://Mail.Example.com/", Origin("http", "mail.example.com", 80)),
        ("https://mail.example.com:8443", Origin("https", "mail.example.com", 8443)),
        ("http://[::1]:80", Origin("http", "[::1]", 80)),
    ],
)
def test_an_origin_is_read(text, origin):
    assert parse_origin(text) == origin
    assert parse_origin(str(origin)) == origin


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("mail.example.com", "begins with http"),
        ("ftp://mail.example.com", "begins with http"),
        ("http://", "a host"),
        ("http://h/ews/exchange.asmx", "leave out '/ews/exchange.asmx'"),
        ("http://h:abc", "no URL"),
        ("http://h:99999", "no URL"),
        ("http://me:secret@h", "no user or password"),
    ],
)
def test_what_is_no_origin_is_explained(text, words):
    with pytest.raises(ValueError, match=words) as caught:
        parse_origin(text)
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    ("host", "here"),
    [
        *[(host, True) for host in ("127.0.0.1", "127.8.0.1", "::1", "localhost", "::ffff:127.0.0.1")],
        *[(host, False) for host in ("10.0.0.1", "127.0.0.1.example.com", "")],
    ],
)
def test_a_loopback_address_is_known(host, here):
    assert is_loopback(host) is here


def message(kind, body, *more):
    return (("Content-Type", kind), ("Content-Length", str(len(body))), *more), body


def test_headers_and_body_are_rewritten_and_the_length_follows():
    body = json.dumps({"@odata.nextLink": f"{OLD}/v1.0/me?$skip=1"}).encode()
    headers, body = message("application/json; odata.metadata=minimal", body, ("Location", f"{OLD}/v1.0/x"))
    headers, body = rewritten(headers, body, Rewriting(OLD, NEW))
    assert json.loads(body) == {"@odata.nextLink": "https://meetproof.example/v1.0/me?$skip=1"}
    assert dict(headers)["Content-Length"] == str(len(body))
    assert dict(headers)["Location"] == "https://meetproof.example/v1.0/x"


@pytest.mark.parametrize(
    "kind", ["text/xml", "application/soap+xml", "application/xml", "", "multipart/mixed; boundary=x"]
)
def test_text_by_any_name_is_rewritten(kind):
    _, body = rewritten(*message(kind, f"<EwsUrl>{OLD}/EWS</EwsUrl>".encode()), Rewriting(OLD, NEW))
    assert body == b"<EwsUrl>https://meetproof.example/EWS</EwsUrl>"


@pytest.mark.parametrize("kind", ["image/png", "application/octet-stream"])
def test_what_is_not_text_keeps_its_bytes(kind):
    body = b"\x89PNG" + str(OLD).encode()
    assert rewritten(*message(kind, body), Rewriting(OLD, NEW))[1] is body


@pytest.mark.parametrize("charset", ["utf-16", "utf-16le", "utf-32"])
def test_wide_text_is_rewritten_in_its_own_encoding(charset):
    kind = f'text/xml; charset="{charset}"'
    _, body = rewritten(*message(kind, f"é {OLD}/".encode(charset)), Rewriting(OLD, NEW))
    assert body.decode(charset) == "é https://meetproof.example/"


def test_a_compressed_body_is_rewritten_and_compressed_again():
    body = gzip.compress(f'"{OLD}/x"'.encode())
    headers, changed = rewritten(*message("text/plain", body, ("Content-Encoding", "gzip")), Rewriting(OLD, NEW))
    assert gzip.decompress(changed) == b'"https://meetproof.example/x"'
    assert dict(headers)["Content-Encoding"] == "gzip"
    assert dict(headers)["Content-Length"] == str(len(changed))


def test_a_compressed_body_without_links_keeps_its_bytes():
    body = gzip.compress(b"nothing here")
    assert rewritten(*message("text/plain", body, ("Content-Encoding", "gzip")), Rewriting(OLD, NEW))[1] is body


def test_coding_is_undone_for_the_record():
    body = gzip.compress(b"hello")
    bare = plain(*message("text/plain", body, ("Content-Encoding", "GZip")))
    assert (bare.body, bare.coding) == (b"hello", "gzip")
    assert bare.headers == (("Content-Type", "text/plain"), ("Content-Length", "5"))


def test_a_body_that_does_not_obey_its_coding_is_left_out_of_the_record():
    assert plain(*message("text/plain", b"hello", ("Content-Encoding", "gzip"))).body is None
    assert plain(*message("text/plain", b"hello", ("Content-Encoding", "rot13"))).body is None
