"""The published schema describes what the writer writes, and nothing looser."""

from pathlib import Path

import orjson
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from conformance.model.exchange import Exchange, Request, Response
from conformance.tape.codec import encode
from conformance.wire.schemas import folder

SCHEMA = Draft202012Validator(orjson.loads((folder() / "cassette.schema.json").read_bytes()))
HEADERS = st.lists(
    st.tuples(st.text(st.characters(codec=None, exclude_categories=()), max_size=8), st.text(max_size=8)), max_size=5
)
EXCHANGES = st.builds(
    Exchange,
    st.builds(Request, st.text(max_size=5), st.text(max_size=20), HEADERS.map(tuple), st.binary(max_size=9)),
    st.builds(Response, st.integers(100, 599), st.text(max_size=5), HEADERS.map(tuple), st.binary(max_size=9)),
    st.dictionaries(st.text(max_size=5), st.integers(0, 9), max_size=2),
)


def load(*lines):
    return yaml.load(b"version: 1\nmeetproof: {}\ninteractions:\n" + b"".join(lines), Loader=yaml.CSafeLoader)


def test_the_schema_is_a_schema():
    Draft202012Validator.check_schema(SCHEMA.schema)


@settings(max_examples=100, deadline=None)
@given(st.lists(EXCHANGES, min_size=1, max_size=2))
def test_whatever_is_written_fits_the_schema(exchanges):
    assert [error.message for error in SCHEMA.iter_errors(load(*map(encode, exchanges)))] == []


@pytest.mark.parametrize("name", sorted(path.name for path in (Path(__file__).parent / "recorded").glob("*.yaml")))
def test_recorded_cassettes_fit_the_schema(name):
    document = yaml.load((Path(__file__).parent / "recorded" / name).read_bytes(), Loader=yaml.CSafeLoader)
    assert [error.message for error in SCHEMA.iter_errors(document)] == []


GOOD = encode(Exchange(Request("GET", "https://a/", (("A", "1"),)), Response(200, "OK")))


@pytest.mark.parametrize(
    ("written", "instead"),
    [
        (b'"method"', b'"verb"'),
        (b'"code": 200', b'"code": "200"'),
        (b'"A":["1"]', b'"A":"1"'),
        (b'"meetproof": {}', b'"meetproof": {"wire": {}}'),
        (b'"meetproof": {}', b'"meetproof": {"wire": {"request": {"headers": [["A"]]}}}'),
        (b'"meetproof": {}', b'"meetproof": {"note": 1}'),
        (b'"body": {"string": ""}', b'"body": ""'),
    ],
)
def test_what_is_not_written_does_not_fit(written, instead):
    assert written in GOOD
    assert not SCHEMA.is_valid(load(GOOD.replace(written, instead)))
