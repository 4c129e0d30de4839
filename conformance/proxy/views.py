"""Content views: mitmweb, mitmproxy and mitmdump show meetings instead of XML and JSON."""

from __future__ import annotations

from typing import Any

from mitmproxy import contentviews, flow, http

from conformance.model.exchange import Exchange, Request, Response
from conformance.proxy import capture
from conformance.tape.redact import redact
from conformance.tape.retelling import retold
from conformance.wire.operation import Protocol, protocol
from conformance.wire.pretty import pretty

_SPOKEN = {Protocol.EWS: "EWS", Protocol.GRAPH: "Microsoft Graph"}
_BEFORE_OTHERS = 2.0  # mitmproxy's own views for XML and JSON say 1


def exchange_of(of: flow.Flow | None) -> Exchange | None:
    """What a flow holds so far; an answer that has not come has the status 0."""
    if not isinstance(of, http.HTTPFlow):
        return None
    asked, told = of.request, of.response
    request = Request(
        asked.method, asked.pretty_url, capture.headers_from(asked.headers), asked.get_content(strict=False) or b""
    )
    if told is None:
        return Exchange(request, Response(0))
    body = told.get_content(strict=False) or b""
    return Exchange(request, Response(told.status_code, told.reason, capture.headers_from(told.headers), body))


def shown(of: flow.Flow | None, message: object) -> str | None:
    """A request's or an answer's body with what it says of meetings above it; nothing for other traffic."""
    exchange = exchange_of(of)
    if exchange is None or protocol(exchange.request) not in _SPOKEN:
        return None
    assert isinstance(of, http.HTTPFlow)
    is_answer = message is of.response
    told, safe = retold(exchange), redact(exchange)
    head = told.line if exchange.response.status else f"{told.operation} by {told.actor or 'somebody'}"
    values = told.told if is_answer else told.asked
    body = (safe.response if is_answer else safe.request).body
    lines = [head, *(f"    {name}: {value}" for name, value in values), *(f"  {part.line}" for part in told.parts)]
    return "\n".join([*lines, "", pretty(body)] if body else lines)


class MeetingView:
    """Shows EWS and Graph as retellings, to mitmproxy 12 and newer."""

    name = "Meetings"
    syntax_highlight = "none"

    def prettify(self, data: bytes, metadata: Any) -> str:  # noqa: ARG002  mitmproxy's interface
        """The text for a body."""
        told = shown(metadata.flow, metadata.http_message)
        if told is None:
            raise ValueError("neither EWS nor Graph")
        return told

    def render_priority(self, data: bytes, metadata: Any) -> float:  # noqa: ARG002  likewise
        """More than the views for XML and JSON have, for EWS and Graph."""
        return _priority(metadata.flow)

    def __lt__(self, other: Any) -> bool:
        return bool(self.name < other.name)


def _priority(of: flow.Flow | None) -> float:
    exchange = exchange_of(of)
    return _BEFORE_OTHERS if exchange is not None and protocol(exchange.request) in _SPOKEN else -1.0


def view() -> Any:
    """The view for the mitmproxy that runs: version 11 has an interface of its own."""
    if hasattr(contentviews, "Contentview"):
        return MeetingView()

    class MeetingView11(contentviews.View):
        """The same for mitmproxy 11, line by line."""

        name = MeetingView.name

        def __call__(
            self,
            data: bytes,  # noqa: ARG002  mitmproxy's interface
            *,
            content_type: str | None = None,  # noqa: ARG002  likewise
            flow: flow.Flow | None = None,
            http_message: http.Message | None = None,
            **_: Any,
        ) -> contentviews.TViewResult:
            text = shown(flow, http_message)
            if text is None:
                raise ValueError("neither EWS nor Graph")
            return self.name, ([("text", line)] for line in text.splitlines())

        def render_priority(
            self,
            data: bytes,  # noqa: ARG002  likewise
            *,
            content_type: str | None = None,  # noqa: ARG002  likewise
            flow: flow.Flow | None = None,
            http_message: http.Message | None = None,  # noqa: ARG002  likewise
            **_: Any,
        ) -> float:
            return _priority(flow)

    return MeetingView11()


class Views:
    """An addon that offers the view while it is loaded."""

    def __init__(self) -> None:
        self._view = view()

    def load(self, _: object) -> None:
        """Offer it."""
        contentviews.add(self._view)

    def done(self) -> None:
        """Take it back, where mitmproxy lets go of views."""
        if hasattr(contentviews, "remove"):
            contentviews.remove(self._view)
