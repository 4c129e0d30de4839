"""A cassette line holds an exchange exactly, and three readers agree on it."""

import base64
import json

import orjson
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from vcr.serialize import deserialize
from vcr.serializers import yamlserializer

from conformance.model.exchange import Exchange, Request, Response
from conformance.tape.codec import LONGEST_KEY, decode, encode, flow, from_mapping, safe

ANY_TEXT = st.text(st.characters(codec=None, exclude_categories=()), max_size=40)
UNICODE = st.text(st.characters(codec="utf-8"), max_size=60)
AWKWARD = st.sampled_from(
    [
        *("\x85", "\u2028", "\u2029", "\x7f", "\x80", "\x9f", "\ufeff", "\ufffe", "\uffff", "\x00", "\x1b", "\\", '"'),
        *('"body": !!binary "', '"string": !!binary "', '": !!binary "QQ=="', "- {", "---", "...", "# no comment"),
        *(" : ", "<<", "\U0001f4c5"),
    ]
)
AWKWARD_TEXT = st.lists(st.one_of(AWKWARD, UNICODE), max_size=6).map("".join)
BODIES = st.one_of(st.binary(max_size=80), AWKWARD_TEXT.map(str.encode), st.just(b"<a>\r\n\xc2\x85</a>"))
HEADERS = st.lists(
    st.tuples(st.sampled_from(["A", "a", "Set-Cookie", "X" * 200]) | ANY_TEXT, ANY_TEXT | AWKWARD_TEXT), max_size=6
)
URLS = st.one_of(AWKWARD_TEXT, st.just("http://["), st.just("https://mail.example/EWS/Exchange.asmx?a=%5B"), ANY_TEXT)
JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**64 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | UNICODE,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(AWKWARD_TEXT | UNICODE, inner, max_size=4),
    max_leaves=12,
)
META = st.dictionaries(UNICODE, JSON, max_size=4)
EXCHANGES = st.builds(
    Exchange,
    st.builds(Request, ANY_TEXT, URLS, HEADERS.map(tuple), BODIES, st.sampled_from(["HTTP/1.1", "HTTP/2"]) | ANY_TEXT),
    st.builds(
        Response, st.integers(0, 999), ANY_TEXT, HEADERS.map(tuple), BODIES, st.sampled_from(["HTTP/1.1", "HTTP/2.0"])
    ),
    META,
)


def cassette(*lines: bytes) -> str:
    return (b"version: 1\nmeetproof: {}\ninteractions:\n" + b"".join(lines)).decode()


@settings(max_examples=80, deadline=None)
@given(EXCHANGES)
def test_decoding_an_encoded_exchange_gives_it_back_exactly(exchange):
    line = encode(exchange)
    assert decode(line) == exchange
    assert line.startswith(b"- {")
    assert line.count(b"\n") == 1


@settings(max_examples=100, deadline=None)
@given(st.lists(EXCHANGES, min_size=1, max_size=3))
def test_our_reader_yaml_and_vcrpy_read_the_same(exchanges):
    text = cassette(*map(encode, exchanges))
    loaded = yaml.load(text, Loader=yaml.CSafeLoader)
    assert [from_mapping(item) for item in loaded["interactions"]] == exchanges
    assert yaml.load(text, Loader=yaml.SafeLoader) == loaded  # the loader written in Python, too
    requests, responses = deserialize(text, yamlserializer)
    for exchange, request, response in zip(exchanges, requests, responses, strict=True):
        assert request.body == exchange.request.body
        assert response["body"]["string"] == exchange.response.body
        assert response["status"]["code"] == exchange.response.status


EVERY_CHARACTER = [chr(code) for code in range(0x110000) if not 0xD800 <= code < 0xE000]


def test_every_unicode_character_survives_all_three_readers():
    for start in range(0, len(EVERY_CHARACTER), 0x4000):
        text = "".join(EVERY_CHARACTER[start : start + 0x4000])
        exchange = Exchange(
            Request("POST", "https://a.example/", (("X", text),), text.encode()),
            Response(200, "OK", (("Y", text),), text.encode()),
        )
        line = encode(exchange)
        assert decode(line) == exchange
        item = yaml.load(line, Loader=yaml.CSafeLoader)[0]
        assert item["request"]["body"] == text
        assert item["request"]["headers"]["X"] == [text]
        requests, responses = deserialize(cassette(line), yamlserializer)
        assert requests[0].body == text.encode()
        assert responses[0]["headers"]["Y"] == [text]


def test_text_bodies_are_strings_and_other_bodies_are_binary():
    image = bytes(range(256))
    item = yaml.safe_load(
        encode(Exchange(Request("GET", "https://a/", (), "käse".encode()), Response(200, "OK", (), image)))
    )[0]
    assert item["request"]["body"] == "käse"
    assert item["response"]["body"]["string"] == image


def test_vcrpys_layout_stands_as_vcrpy_writes_it():
    exchange = Exchange(
        Request("GET", "https://a/b", (("Accept", "x"),)), Response(201, "Created", (("B", "1"), ("B", "2")))
    )
    assert orjson.loads(encode(exchange)[2:]) == {
        "request": {"method": "GET", "uri": "https://a/b", "headers": {"Accept": ["x"]}, "body": ""},
        "response": {
            "status": {"code": 201, "message": "Created"},
            "headers": {"B": ["1", "2"]},
            "body": {"string": ""},
        },
        "meetproof": {},
    }


def test_interleaved_repeated_headers_keep_their_order():
    pairs = (("Set-Cookie", "a"), ("Date", "now"), ("set-cookie", "b"), ("Set-Cookie", "c"))
    exchange = Exchange(Request("GET", "https://a/", pairs), Response(200, "OK", pairs))
    assert decode(encode(exchange)) == exchange


def test_a_text_that_imitates_a_binary_tag_stays_text():
    text = '{"body": !!binary "QUJD"}'
    exchange = Exchange(
        Request("P", "https://a/", (), b"\xff"), Response(200, text, (('"body": !!binary "', "x"),), text.encode())
    )
    assert decode(encode(exchange)) == exchange


def test_large_bodies_stay_one_line_that_yaml_reads():
    body = json.dumps({"value": ["x: y, {z} # " * 400] * 40}).encode()
    exchange = Exchange(
        Request("POST", "https://a/", (), body), Response(200, "OK", (), base64.b64encode(body) + b"\xff")
    )
    assert yaml.load(encode(exchange), Loader=yaml.CSafeLoader)[0]["request"]["body"].encode() == body


@pytest.mark.parametrize("number", [1e16, 1e-7, 5e-324, 1.5e300, -2e22, 0.1, 3.0, 2**63, -(2**63)])
def test_numbers_mean_the_same_to_json_and_yaml(number):
    text = flow(number)
    assert orjson.loads(text) == yaml.load(text, Loader=yaml.CSafeLoader) == number
    assert type(yaml.load(text, Loader=yaml.CSafeLoader)) is type(number)


@pytest.mark.parametrize(
    ("meta", "told"),
    [
        ({"seconds": float("nan")}, "meta.seconds: nan is not a JSON number"),
        ({"big": 2**64}, "meta.big: 18446744073709551616 has more than 64 bits"),
        ({"who": {"a": b"x"}}, "meta.who.a: bytes is not a JSON value"),
        ({1: "x"}, "meta: the key 1 is not a string"),
        ({"x": ["\ud800"]}, r"meta.x\[0\]: a lone surrogate"),
        ({"k" * (LONGEST_KEY + 1): 1}, "meta: a key of 129 characters"),
    ],
)
def test_metadata_that_no_cassette_holds_are_refused_by_place(meta, told):
    with pytest.raises(ValueError, match=told):
        encode(Exchange(Request("GET", "https://a/"), Response(200), meta))


@pytest.mark.parametrize(
    "line", [b"", b"- {}", b'- {"request": {}}', b"- [1]", b'- {"request": {"method": "GET"', b"- null"]
)
def test_a_line_that_is_no_exchange_is_refused(line):
    with pytest.raises(ValueError):  # noqa: PT011  the parser's own words differ
        decode(line)


def test_only_what_yaml_refuses_is_escaped():
    assert safe("é\u00a0\u3000😀".encode()) == "é\u00a0\u3000😀".encode()
    assert safe(b'"\xc2\x85"') == b'"\\u0085"'
