"""An exchange as JSON, as the suite hands it to the recording proxy."""

from __future__ import annotations

import base64
import json
from typing import Any

from conformance.model.exchange import Exchange, Headers, Request, Response, headers_of


def dump_exchange(exchange: Exchange) -> bytes:
    """An exchange without its meta, as a JSON object; bodies are base64."""
    request, response = exchange.request, exchange.response
    told = {
        "request": {"method": request.method, "url": request.url, **_message(request)},
        "response": {"status": response.status, "reason": response.reason, **_message(response)},
    }
    return json.dumps(told).encode()


def load_exchange(text: bytes) -> Exchange:
    """The exchange that ``dump_exchange`` wrote; ValueError for anything else."""
    try:
        told = json.loads(text)
        request, response = told["request"], told["response"]
        return Exchange(
            Request(str(request["method"]), str(request["url"]), *_parts(request)),
            Response(int(response["status"]), str(response["reason"]), *_parts(response)),
        )
    except (KeyError, TypeError, ValueError) as problem:
        raise ValueError(f"this is no exchange: {problem!r}") from None


def _message(message: Request | Response) -> dict[str, Any]:
    body = base64.b64encode(message.body).decode("ascii")
    return {"headers": message.headers, "body": body, "http_version": message.http_version}


def _parts(told: Any) -> tuple[Headers, bytes, str]:
    headers = headers_of((name, value) for name, value in told["headers"])
    return headers, base64.b64decode(told["body"], validate=True), str(told["http_version"])
