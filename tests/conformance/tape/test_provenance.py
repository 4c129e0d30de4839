"""A recording tells what answered in it and when."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from conformance.model.exchange import Exchange, Request, Response
from conformance.tape.cassette import read_cassette
from conformance.tape.provenance import Provenance
from tests.recorded import CASSETTES

NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)


def provenance(exchanges):
    told = Provenance()
    for exchange in exchanges:
        told.see(exchange)
    return told


@pytest.mark.parametrize(
    ("file", "server", "schema", "recorded"),
    [
        (
            "reference/answers.after-a-cancellation.accept--ews-graph.yaml",
            "server build 15.1.2507.6, Meetproof, ring 1",
            "schema Exchange2013_SP1, V2017_07_11, Graph v1.0",
            "recorded 2026-01-05T08:00 to 2026-01-05T08:00 by the server's clock, 329 days ago",
        ),
        (
            "kopano/events.yaml",
            "server WSGIServer/0.2 CPython/3.11.2",
            "schema Graph v1",
            "recorded 2026-11-21T09:30 to 2026-11-21T09:37 by the server's clock, 9 days ago",
        ),
    ],
)
def test_builds_schemas_and_age_come_from_the_exchanges(file, server, schema, recorded):
    assert list(provenance(read_cassette(CASSETTES / file).exchanges).lines(NOW)) == [server, schema, recorded]


def exchange(started="", **headers):
    told = tuple((name.replace("_", "-"), value) for name, value in headers.items())
    return Exchange(Request("GET", "https://a.example/x"), Response(200, "", told), {"started": started})


def test_the_recorders_clock_goes_before_the_servers():
    first, last = "2026-11-28T08:00:00.000000Z", "2026-11-29T12:00:00.000000Z"
    told = provenance([exchange(last, date="Mon, 05 Jan 2026 08:00:01 GMT"), exchange(first), exchange(last)])
    assert (told.first, told.last, told.is_servers_clock) == (first, last, False)
    assert list(told.lines(NOW))[-1] == "recorded 2026-11-28T08:00 to 2026-11-29T12:00, 1 day ago"


@pytest.mark.parametrize(
    "headers", [{}, {"date": "yesterday"}, {"x_ms_ags_diagnostic": "[]"}, {"x_ms_ags_diagnostic": '{"ServerInfo": 1}'}]
)
def test_what_nothing_tells_is_said_to_be_unknown(headers):
    assert list(provenance([exchange(**headers)]).lines(NOW)) == [
        "server unknown",
        "schema unknown",
        "recorded at a time that is not known",
    ]
    assert next(provenance([]).lines(NOW)) == "server unknown"


def test_the_version_that_a_header_tells_is_a_build():
    told = provenance([exchange(x_owa_version="15.2.1544.11", server="Microsoft-IIS/10.0")])
    assert list(told.builds) == ["build 15.2.1544.11", "Microsoft-IIS/10.0"]
