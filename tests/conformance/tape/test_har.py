"""HAR files: ours come back exactly, those of browsers as the exchanges that they tell of."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.model.exchange import Exchange, Request, Response
from conformance.tape.har import NotHar, document_of, read_har

TEXT = st.text(st.characters(codec="utf-8"), max_size=30)
HEADERS = st.lists(st.tuples(st.sampled_from(["Content-Length", "Host", ":x", "Set-Cookie"]) | TEXT, TEXT), max_size=5)
BODIES = st.binary(max_size=60) | TEXT.map(str.encode)
META = st.dictionaries(st.sampled_from(["started", "finished", "connection", "actor"]), TEXT | st.integers(0, 99))
EXCHANGES = st.builds(
    Exchange,
    st.builds(Request, st.sampled_from(["GET", "POST"]), TEXT, HEADERS.map(tuple), BODIES, st.just("HTTP/1.1") | TEXT),
    st.builds(Response, st.integers(1, 999), TEXT, HEADERS.map(tuple), BODIES, st.just("HTTP/2.0")),
    META,
)
CREATOR = ("meetproof", "0")


@given(st.lists(EXCHANGES, max_size=3), META)
def test_what_was_written_comes_back_exactly(exchanges, head):
    # An empty HTTP version is none in HAR, and one in small letters is the same in capitals.
    wanted = [one for one in exchanges if one.request.http_version.upper() == one.request.http_version]
    wanted = [one for one in wanted if one.request.http_version not in {"", "H2", "H3", "UNKNOWN"}]
    assert read_har(document_of(wanted, CREATOR, head)) == (head, tuple(wanted))


def entry(**changes):
    """An entry as a browser writes it."""
    asked = {
        "method": "POST",
        "url": "https://mail.example/EWS/Exchange.asmx",
        "httpVersion": "h2",
        "headers": [
            {"name": ":authority", "value": "mail.example"},
            {"name": ":method", "value": "POST"},
            {"name": "content-length", "value": "7"},
        ],
        "postData": {"mimeType": "text/xml", "text": "<é/>"},
        **changes.pop("request", {}),
    }
    told = {
        "status": 200,
        "statusText": "",
        "httpVersion": "http/2.0",
        "headers": [{"name": "content-encoding", "value": "gzip"}, {"name": "content-length", "value": "20"}],
        "content": {"size": 5, "mimeType": "text/xml", "text": "PGEvPg==", "encoding": "base64"},
        **changes.pop("response", {}),
    }
    return {"startedDateTime": "2026-03-02T09:00:00.5+01:00", "time": 250, "request": asked, "response": told} | changes


def read(*entries):
    return read_har(json.dumps({"log": {"entries": entries}}).encode())[1]


def test_a_browsers_entry_is_the_exchange_without_its_codings_and_pseudo_headers():
    (told,) = read(entry(connection="443"))
    assert told == Exchange(
        Request(
            "POST",
            "https://mail.example/EWS/Exchange.asmx",
            (("Host", "mail.example"), ("content-length", "5")),
            "<é/>".encode(),
            "HTTP/2.0",
        ),
        Response(200, "", (("content-length", "4"),), b"<a/>", "HTTP/2.0"),
        {"started": "2026-03-02T08:00:00.500000Z", "finished": "2026-03-02T08:00:00.750000Z", "connection": "443"},
    )


def test_a_form_is_sent_as_its_parameters():
    posted = {"mimeType": "application/x-www-form-urlencoded", "params": [{"name": "a b", "value": "1&2"}]}
    assert read(entry(request={"postData": posted}))[0].request.body == b"a+b=1%262"


def test_a_body_that_was_not_kept_is_told():
    (told,) = read(entry(response={"content": {"size": 5000, "mimeType": "text/xml"}}))
    assert told.response.body == b""
    assert told.meta["response_left_out"] == "the body was not kept"


def test_a_request_without_an_answer_is_passed_over():
    assert read(entry(response={"status": 0}), entry()) == read(entry())


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (b"", "not JSON"),
        (b"{", "not JSON"),
        (b"[]", "log.entries"),
        (b'{"log": []}', "log.entries"),
        (b'{"log": {"entries": {}}}', "log.entries"),
        (b'{"log": {"entries": [{}]}}', r"log.entries\[0\]: KeyError: 'response'"),
        (b'{"log": {"entries": [[]]}}', r"log.entries\[0\]"),
        (b'{"log": {"entries": [{"response": {"status": 200}}]}}', r"log.entries\[0\]: KeyError: 'request'"),
    ],
)
def test_what_is_no_har_is_told_with_its_place(text, words):
    with pytest.raises(NotHar, match=words):
        read_har(text)


def test_a_body_that_is_no_base64_is_told():
    with pytest.raises(NotHar, match=r"log.entries\[0\]: ValueError: a body that is no base64"):
        read(entry(response={"content": {"text": "%%%", "encoding": "base64"}}))


def test_a_lone_surrogate_is_replaced():
    exchange = Exchange(Request("GET", "https://mail.example/"), Response(200, "O\ud800K"))
    (_, (told,)) = read_har(document_of([exchange], CREATOR, {}))
    assert told.response.reason == "O?K"
