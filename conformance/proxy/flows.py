"""Flow files of mitmproxy (``mitmdump -w``), read as exchanges."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from mitmproxy import http
from mitmproxy.exceptions import FlowReadException
from mitmproxy.io import FlowReader

from conformance.model.exchange import Exchange
from conformance.proxy import capture
from conformance.proxy.captured import Route, recorded
from conformance.proxy.origins import Origin


class NotFlows(ValueError):
    """A file that is no flow file, or that ends within a flow."""


def exchanges_in(path: Path) -> Iterator[Exchange]:
    """The exchanges of a flow file, one after another, as the recorder would have written them.

    Flows without an answer, and those that are not HTTP, are passed over. Connections are numbered in the order in
    which they come.

    Raises:
        NotFlows: when the file cannot be read as flows, with what is wrong with it.
    """
    connections: dict[str, int] = {}
    with path.open("rb") as file:
        try:
            for flow in FlowReader(file).stream():
                if isinstance(flow, http.HTTPFlow) and flow.response is not None:
                    number = connections.setdefault(flow.client_conn.id, len(connections) + 1)
                    yield _exchange(flow, number)
        except FlowReadException as problem:
            raise NotFlows(f"{path}: no flow file of mitmproxy's, or one that was cut ({problem})") from problem


def _exchange(flow: http.HTTPFlow, connection: int) -> Exchange:
    assert flow.response is not None
    request, response = flow.request, flow.response
    host = f"[{request.host}]" if ":" in request.host else request.host.lower()
    here = Origin(request.scheme, host, request.port)
    left_out = {
        f"{part}_left_out": "the body was not kept"
        for part, message in (("request", request), ("response", response))
        if message.raw_content is None
    }
    asked = request.path, capture.headers_from(request.headers), request.raw_content
    told = capture.headers_from(response.headers), response.raw_content
    return recorded(capture.captured(flow, asked, told, Route(None, here, here), None, left_out, connection))
