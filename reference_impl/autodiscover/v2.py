"""Autodiscover's second version: one URL of one protocol, as JSON, for everybody who asks."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import parse_qs, unquote

import orjson

from reference_impl.autodiscover.account import ews_url, find_mailbox
from reference_impl.http import HttpAnswer, HttpRequest
from reference_impl.service.world import World

_JSON: Final = (("Content-Type", "application/json; charset=utf-8"), ("Cache-Control", "private"))
_PROTOCOLS: Final = ("Ews", "AutodiscoverV1")


class JsonEndpoint:
    """Answers GET /autodiscover/autodiscover.json, with the address in the path or in ``Email``."""

    def __init__(self, world: World) -> None:
        self._world = world

    def answer(self, request: HttpRequest) -> HttpAnswer:
        """The URL, or an object with ErrorCode and ErrorMessage."""
        if request.method != "GET":
            return HttpAnswer(405, (("Allow", "GET"),))
        asked = {name.casefold(): values[-1] for name, values in parse_qs(request.query).items()}
        in_path = re.search(r"/v1\.0/([^/]+)/?$", request.path, re.IGNORECASE)
        address = unquote(in_path[1]) if in_path else asked.get("email", "")
        if "@" not in address:
            return _error(400, "MandatoryParameterMissing", "A valid smtp address must be provided.")
        wanted = asked.get("protocol", "")
        if not wanted:
            text = "A valid value must be provided for the query parameter 'Protocol'."
            return _error(400, "MandatoryParameterMissing", text)
        protocol = next((name for name in _PROTOCOLS if name.casefold() == wanted.casefold()), None)
        if protocol is None:
            known = ",".join(_PROTOCOLS)
            text = f"The given protocol value '{wanted}' is invalid. Supported values are '{known}'."
            return _error(400, "InvalidProtocol", text)
        if find_mailbox(self._world, address) is None:
            return _error(404, "UserNotFound", "The given user is not found.")
        urls = {"Ews": ews_url(request.origin), "AutodiscoverV1": f"{request.origin}/autodiscover/autodiscover.xml"}
        return HttpAnswer(200, _JSON, orjson.dumps({"Protocol": protocol, "Url": urls[protocol]}))

    def too_large(self, _request: HttpRequest, limit: int) -> HttpAnswer:
        """The error of a body of more than ``limit`` bytes, which was not read."""
        return _error(413, "InvalidRequest", f"A request may have {limit} bytes at most.")

    def failed(self, _request: HttpRequest) -> HttpAnswer:
        """The error that owns up to a mistake of this server."""
        return _error(500, "InternalServerError", "The server failed on this request; its log tells why.")


def _error(status: int, code: str, text: str) -> HttpAnswer:
    return HttpAnswer(status, _JSON, orjson.dumps({"ErrorCode": code, "ErrorMessage": text}))
