"""Flow files of mitmproxy become exchanges as the recorder writes them."""

import gzip

import pytest

pytest.importorskip("mitmproxy")
from mitmproxy.io import FlowWriter
from mitmproxy.test import tflow

from conformance.proxy.flows import NotFlows, exchanges_in


@pytest.fixture
def flows(tmp_path):
    """Write flows to a file."""

    def write(*flows):
        path = tmp_path / "traffic.flow"
        with path.open("wb") as file:
            writer = FlowWriter(file)
            for one in flows:
                writer.add(one)
        return path

    return write


def flow(path=b"/v1.0/me/events", body=b'{"value": []}', **answer):
    one = tflow.tflow(resp=True)
    one.request.scheme, one.request.host, one.request.port = "https", "Graph.example", 443
    one.request.data.path = path
    one.request.headers["host"] = "Graph.example"
    one.response.content = body
    for name, value in answer.items():
        one.response.headers[name] = value
    return one


def test_a_flow_is_the_exchange_with_its_coding_undone(flows):
    coded = flow()
    coded.response.headers["content-encoding"] = "gzip"
    coded.response.raw_content = gzip.compress(b"{}", mtime=0)
    (told,) = exchanges_in(flows(coded))
    assert (told.request.method, told.request.url) == ("GET", "https://graph.example/v1.0/me/events")
    assert told.response.body == b"{}"
    assert told.response.header("content-encoding") is None
    assert told.meta["response_coding"] == "gzip"
    assert told.meta["connection"] == 1
    assert told.meta["started"].endswith("Z")


def test_connections_are_numbered_as_they_come(flows):
    one, other = flow(), flow()
    again = flow()
    again.client_conn = one.client_conn
    assert [told.meta["connection"] for told in exchanges_in(flows(one, other, again))] == [1, 2, 1]


def test_flows_without_an_answer_and_of_other_kinds_are_passed_over(flows):
    assert len(list(exchanges_in(flows(tflow.tflow(err=True), tflow.ttcpflow(), flow())))) == 1


@pytest.mark.parametrize("content", [b"no flows at all", b"12:abc"])
def test_a_file_that_is_none_is_told(tmp_path, content):
    path = tmp_path / "traffic.flow"
    path.write_bytes(content)
    with pytest.raises(NotFlows, match=r"traffic.flow: no flow file"):
        list(exchanges_in(path))


def test_a_file_that_was_cut_gives_what_is_whole_and_tells(flows):
    path = flows(flow(), flow())
    path.write_bytes(path.read_bytes()[:-40])
    exchanges = exchanges_in(path)
    assert next(exchanges).response.status == 200
    with pytest.raises(NotFlows):
        next(exchanges)
