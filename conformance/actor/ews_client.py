"""The raw EWS caller: envelopes out, answers in."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from conformance.actor.acts import Refused
from conformance.actor.sending import Send, showing
from conformance.actor.xml import NAMESPACES, NOTHING, Markup, Node, element, parse, t
from conformance.client.protocol import StreamedRequest
from conformance.model.exchange import Exchange, Request, Response
from conformance.wire import ews

NEWEST = "Exchange2013_SP1"
"""The schema version that cases ask for unless they say another: the first that knows proposals."""


def envelope(body: str, version: str | None = NEWEST, headers: str = NOTHING) -> bytes:
    """A SOAP 1.1 envelope around a body; ``version`` None leaves RequestServerVersion out."""
    told = (t("RequestServerVersion", Version=version) if version else NOTHING) + headers
    head = element("s:Header", Markup(told)) if told else NOTHING
    names = "".join(f' xmlns:{prefix}="{NAMESPACES[prefix]}"' for prefix in ("s", "m", "t"))
    return (
        f'<?xml version="1.0" encoding="utf-8"?>\n<s:Envelope{names}>{head}<s:Body>{body}</s:Body></s:Envelope>'
    ).encode()


@dataclass(frozen=True, slots=True)
class Fault:
    """A SOAP fault: its code by ``e:ResponseCode`` (else by the faultcode), its words, and the whole element."""

    code: str
    words: str
    node: Node


@dataclass(frozen=True)
class ResponseMessage:
    """One entry of ResponseMessages."""

    node: Node

    @property
    def response_class(self) -> str:
        """Success, Warning or Error."""
        return self.node.text("@ResponseClass") or ""

    @property
    def code(self) -> str:
        """The ResponseCode."""
        return self.node.text("m:ResponseCode") or ""

    @property
    def words(self) -> str | None:
        """The MessageText."""
        return self.node.text("m:MessageText")

    @property
    def items(self) -> tuple[Node, ...]:
        """The items carried, in order."""
        found = self.node.one("m:Items")
        return tuple(found) if found else ()

    @property
    def item(self) -> Node | None:
        """The first item carried."""
        return next(iter(self.items), None)


@dataclass(frozen=True)
class EwsAnswer:
    """What came back for one EWS request."""

    exchange: Exchange

    @property
    def status(self) -> int:
        """The HTTP status."""
        return self.exchange.response.status

    @cached_property
    def root(self) -> Node | None:
        """The envelope; None where the body is not XML."""
        found = parse(self.exchange.response.body)
        return Node(found) if found is not None else None

    @cached_property
    def body(self) -> Node | None:
        """The operation's response element, or the fault."""
        found = self.root.one("s:Body") if self.root else None
        return next(iter(found), None) if found else None

    @cached_property
    def fault(self) -> Fault | None:
        """The fault, if that is what came back."""
        if self.body is None or self.body.name != "s:Fault":
            return None
        plain = (self.body.text("faultcode") or "").rpartition(":")[2]
        code = self.body.text("detail/e:ResponseCode") or plain
        return Fault(code, self.body.text("faultstring") or "", self.body)

    @cached_property
    def messages(self) -> tuple[ResponseMessage, ...]:
        """The response messages, in order; empty on a fault and for operations without them."""
        found = self.body.one("m:ResponseMessages") if self.body else None
        return tuple(ResponseMessage(node) for node in found) if found else ()

    @property
    def code(self) -> str:
        """The fault's code, else the first response message's, else the HTTP status."""
        if self.fault:
            return self.fault.code
        return self.messages[0].code if self.messages else f"HTTP {self.status}"

    @property
    def item(self) -> Node | None:
        """The first item of the first response message."""
        return self.messages[0].item if self.messages else None

    @property
    def items(self) -> tuple[Node, ...]:
        """The items of all response messages, in order."""
        return tuple(item for message in self.messages for item in message.items)

    def text(self, path: str) -> str | None:
        """The text at a path below the first item."""
        return self.item.text(path) if self.item else None

    def succeed(self, act: str) -> EwsAnswer:
        """This answer, if every response message is a success; else :class:`Refused`."""
        failed = next((one for one in self.messages if one.response_class != "Success"), None)
        if failed is not None:
            raise Refused(act, failed.code, self.exchange, failed.words or "")
        if self.fault is not None or self.status != 200 or self.body is None:
            raise Refused(act, self.code, self.exchange, self.fault.words if self.fault else "")
        return self


@dataclass(frozen=True)
class EwsClient:
    """Posts envelopes to one endpoint as one person; ``bare`` sends without that person's credentials.

    An application says by ``impersonated``, an address, for whom it speaks.
    """

    send: Send
    url: str
    version: str = NEWEST
    bare: Send | None = None
    impersonated: str = ""

    def post(self, xml: str | bytes, headers: Mapping[str, str] | None = None, method: str = "POST") -> EwsAnswer:
        """Send a document as it stands. ``headers`` replace or add to Content-Type."""
        return EwsAnswer(self.send(self._request(xml, headers, method)))

    def stream(self, operation: str, hear: Callable[[EwsAnswer], bool]) -> tuple[EwsAnswer, ...]:
        """Send one operation whose answer stays open, and hear it envelope by envelope until ``hear`` has enough.

        What ``hear`` does may send other requests. Gives the envelopes heard; an answer that is no stream whole.
        """
        heard: list[EwsAnswer] = []
        rest = b""

        def piece(data: bytes) -> int | None:
            nonlocal rest
            rest += data
            while (parted := ews.first_document(rest)) is not None:
                document, rest = parted
                heard.append(EwsAnswer(Exchange(asked, Response(200, body=document))))
                if hear(heard[-1]):
                    return len(data) - len(rest)
            return None

        plain = self._request(envelope(operation, self.version))
        asked = StreamedRequest(plain.method, plain.url, plain.headers, plain.body, hear=piece)
        exchange = self.send(asked)
        return tuple(heard) or (EwsAnswer(exchange),)

    def _request(self, xml: str | bytes, headers: Mapping[str, str] | None = None, method: str = "POST") -> Request:
        pairs = {"Content-Type": "text/xml; charset=utf-8", **(headers or {})}
        body = xml.encode() if isinstance(xml, str) else xml
        if self.impersonated:
            pairs.setdefault("X-AnchorMailbox", self.impersonated)
            body = _impersonating(body, self.impersonated)
        return Request(method, self.url, tuple(pairs.items()), body)

    def call(self, operation: str, *, headers: str = NOTHING, version: str | None = "") -> EwsAnswer:
        """Send one operation in an envelope; ``headers`` are further SOAP headers, ``version`` None sends none."""
        asked = self.version if version == "" else version
        return self.post(envelope(operation, asked, headers))

    def authorized_by(self, value: str | None) -> EwsClient:
        """The same caller with another Authorization header, or none; none needs ``bare``."""
        return replace(self, send=showing(self.bare or self.send, value))


_VERSION = re.compile(rb"<(?:(\w+):)?RequestServerVersion\b[^>]*/>")


def _impersonating(body: bytes, address: str) -> bytes:
    """An envelope that says for whom it speaks (MS-OXWSCDATA 2.2.4.4); one without a version is left as it is."""
    found = _VERSION.search(body)
    if found is None or b"ExchangeImpersonation" in body:
        return body
    # Declared anew, for an envelope may call the namespace otherwise.
    told = t(
        "ExchangeImpersonation", t("ConnectingSID", t("PrimarySmtpAddress", address)), **{"xmlns:t": NAMESPACES["t"]}
    ).encode()
    return body[: found.end()] + told + body[found.end() :]
