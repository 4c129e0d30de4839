"""The raw Graph caller: JSON out, answers in."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any
from urllib.parse import quote, urlsplit

from conformance.actor.acts import Refused
from conformance.actor.sending import Send, showing
from conformance.model.exchange import Exchange, Request

_ME = re.compile(r"\Ame(?=[/?]|\Z)", re.IGNORECASE)


def segment(value: str) -> str:
    """An id as one path segment."""
    return quote(value, safe="")


@dataclass(frozen=True)
class GraphAnswer:
    """What came back for one Graph request."""

    exchange: Exchange

    @property
    def status(self) -> int:
        """The HTTP status."""
        return self.exchange.response.status

    @cached_property
    def json(self) -> Any:
        """The body as JSON; None where there is none or it is not JSON."""
        try:
            return json.loads(self.exchange.response.body)
        except (ValueError, RecursionError):
            return None

    @property
    def members(self) -> Mapping[str, Any]:
        """The body's members; empty where it is no object."""
        return self.json if isinstance(self.json, dict) else {}

    @property
    def value(self) -> tuple[Mapping[str, Any], ...]:
        """The entries of a collection."""
        found = self.members.get("value")
        return tuple(found) if isinstance(found, list) else ()

    @property
    def code(self) -> str:
        """The error's code; empty where the answer is no error."""
        error = self.members.get("error")
        return str(error.get("code", "")) if isinstance(error, dict) else ""

    @property
    def refusal(self) -> tuple[int, str]:
        """Status and error code together."""
        return self.status, self.code

    def header(self, name: str) -> str | None:
        """The first value of a response header."""
        return self.exchange.response.header(name)

    def at(self, *path: str | int) -> Any:
        """The JSON value at a path of names and positions; None where the path leads nowhere."""
        here = self.json
        for step in path:
            try:
                here = here[step]
            except (KeyError, IndexError, TypeError):
                return None
        return here

    def succeed(self, act: str) -> GraphAnswer:
        """This answer, if its status is 2xx; else :class:`Refused`."""
        if not 200 <= self.status < 300:
            error = self.members.get("error")
            words = str(error.get("message", "")) if isinstance(error, dict) else ""
            raise Refused(act, self.code or f"HTTP {self.status}", self.exchange, words)
        return self


@dataclass(frozen=True)
class GraphClient:
    """Calls one Graph service root (its path ends in the version) as one person; ``bare`` sends without credentials.

    An application, to which ``me`` is nobody, says by ``me`` for whom it speaks: ``users/ann@example.org``.
    """

    send: Send
    url: str
    bare: Send | None = None
    me: str = "me"

    def request(
        self,
        method: str,
        path: str,
        *,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> GraphAnswer:
        """Send one request; ``path`` is below the service root, or an absolute link. ``headers`` replace or add."""
        url = path if urlsplit(path).scheme else f"{self.url.rstrip('/')}/{self._spoken_for(path.lstrip('/'))}"
        pairs = {"Accept": "application/json"}
        if body is not None:
            pairs["Content-Type"] = "application/json"
        given = dict(headers or {})
        known = {name.casefold() for name in given}
        kept = {name: value for name, value in pairs.items() if name.casefold() not in known}
        request = Request(method, url.replace(" ", "%20"), tuple({**kept, **given}.items()), body or b"")
        return GraphAnswer(self.send(request))

    def _spoken_for(self, path: str) -> str:
        return path if self.me == "me" else _ME.sub(self.me, path)

    def get(self, path: str, headers: Mapping[str, str] | None = None) -> GraphAnswer:
        """Read a resource or a collection."""
        return self.request("GET", path, headers=headers)

    def post(self, path: str, body: Any, headers: Mapping[str, str] | None = None) -> GraphAnswer:
        """Create, or act; ``body`` is a JSON value, or the exact bytes."""
        return self.request("POST", path, body=_written(body), headers=headers)

    def patch(self, path: str, body: Any, headers: Mapping[str, str] | None = None) -> GraphAnswer:
        """Change a resource; ``body`` is a JSON value, or the exact bytes."""
        return self.request("PATCH", path, body=_written(body), headers=headers)

    def delete(self, path: str, headers: Mapping[str, str] | None = None) -> GraphAnswer:
        """Delete a resource."""
        return self.request("DELETE", path, headers=headers)

    def entries(self, path: str) -> list[Mapping[str, Any]]:
        """Every entry of a collection, page after page."""
        answer = self.get(path).succeed(f"GET {path}")
        found = list(answer.value)
        while link := answer.members.get("@odata.nextLink"):
            answer = self.get(str(link)).succeed(f"GET {path}")
            found += answer.value
        return found

    def named(self, path: str, word: str, top: int = 100) -> list[Mapping[str, Any]]:
        """The entries of a collection whose subjects hold a word, in the collection's order.

        One page holds a small collection; of a larger one the server is asked for the entries with the word. Messages,
        whose order a $filter may undo, are put latest first.
        """
        answer = self.get(f"{path}?$top={top}").succeed(f"GET {path}")
        found = list(answer.value)
        if "@odata.nextLink" in answer.members:
            wanted = quote(word.replace("'", "''"), safe="")
            found = self.entries(f"{path}?$top={top}&$filter=contains(subject,'{wanted}')")
            found.sort(key=lambda one: str(one.get("receivedDateTime", "")), reverse=True)
        return [one for one in found if word in str(one.get("subject"))]

    def authorized_by(self, value: str | None) -> GraphClient:
        """The same caller with another Authorization header, or none; none needs ``bare``."""
        return replace(self, send=showing(self.bare or self.send, value))

    def below(self, root: str) -> GraphClient:
        """The same caller at another version of the service, such as ``beta``."""
        return replace(self, url=self.url.rstrip("/").rpartition("/")[0] + "/" + root)


def _written(body: Any) -> bytes:
    return body if isinstance(body, bytes) else json.dumps(body, ensure_ascii=False).encode()
