"""A server of canned answers that remembers what it was asked."""

from __future__ import annotations

import json

from conformance.actor.ews_client import EwsClient, envelope
from conformance.actor.graph_client import GraphClient
from conformance.model.exchange import Exchange, Response

EWS_URL = "https://server.example/EWS/Exchange.asmx"
GRAPH_URL = "https://server.example/v1.0"


class Script:
    """Gives its answers in order; ``asked`` are the requests so far."""

    def __init__(self, *answers):
        self.answers = list(answers)
        self.asked = []

    def send(self, request):
        self.asked.append(request)
        return Exchange(request, self.answers.pop(0))

    def ews(self, **fields):
        return EwsClient(self.send, EWS_URL, **fields)

    def graph(self, **fields):
        return GraphClient(self.send, GRAPH_URL, **fields)


def soap(body, status=200):
    return Response(status, "", (("Content-Type", "text/xml; charset=utf-8"),), envelope(body, None))


def answered(operation, *messages):
    inner = "".join(messages)
    return soap(f"<m:{operation}Response><m:ResponseMessages>{inner}</m:ResponseMessages></m:{operation}Response>")


def success(operation, items=""):
    return (
        f'<m:{operation}ResponseMessage ResponseClass="Success"><m:ResponseCode>NoError</m:ResponseCode>'
        f"<m:Items>{items}</m:Items></m:{operation}ResponseMessage>"
    )


def error(operation, code):
    return (
        f'<m:{operation}ResponseMessage ResponseClass="Error"><m:MessageText>Words.</m:MessageText>'
        f"<m:ResponseCode>{code}</m:ResponseCode><m:DescriptiveLinkKey>0</m:DescriptiveLinkKey><m:Items/>"
        f"</m:{operation}ResponseMessage>"
    )


def fault(code):
    return soap(
        f"<s:Fault><faultcode>t:{code}</faultcode><faultstring>Words.</faultstring><detail>"
        f'<e:ResponseCode xmlns:e="http://schemas.microsoft.com/exchange/services/2006/errors">{code}</e:ResponseCode>'
        "</detail></s:Fault>",
        500,
    )


def as_json(value, status=200, **headers):
    pairs = tuple((name.replace("_", "-"), text) for name, text in headers.items())
    return Response(status, "", pairs, json.dumps(value).encode() if value is not None else b"")
