"""$batch: several requests in one (JSON batching), carried out in an order that their dependencies allow."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import quote, unquote, urlsplit

import orjson

from reference_impl.domain.copying import replace
from reference_impl.graph.answers import enveloped, said_of
from reference_impl.graph.call import Asking, Call, Result
from reference_impl.graph.reading.liberties import FREEDOMS, Freedom
from reference_impl.graph.refusals import BatchInvalid, BodyInvalid
from reference_impl.http import Heard, HttpAnswer, HttpRequest, Pending

LARGEST: Final = 20
METHODS: Final = frozenset({"GET", "POST", "PATCH", "PUT", "DELETE"})

_WORK: Final = "$batch"
_JSON: Final = "application/json"
_NOT_INHERITED: Final = frozenset({"content-type", "content-length", "accept", "if-match", "if-none-match"})
_PATH_KEPT: Final = "/%$'()=@,;:!*+-._~&"
_DONE: Final = 400
_URL_SAFE: Final = str.maketrans("+/", "-_")

Steps = Generator[Pending, Sequence[Heard | None], Result]


@dataclass(frozen=True, slots=True)
class _Entry:
    """One request of a batch as sent, checked; ``needs`` are the ids of those that must have succeeded."""

    id: str
    method: str
    url: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    needs: tuple[str, ...] = ()


def run(call: Call) -> Result | Asking:
    """POST: 200 and an answer for each request; BatchInvalid where the batch itself cannot be understood."""
    try:
        sent = call.body("batch.run")["requests"]
    except BodyInvalid as problem:
        raise BatchInvalid(reason=str(problem)) from None
    entries = [_entry(call, each) for each in sent]
    _check(entries)
    return _resumed(_carried_out(call, entries), None)


def _resumed(steps: Steps, heard: Sequence[Heard | None] | None) -> Result | Asking:
    """The result, or the questions that come before it."""
    try:
        pending = next(steps) if heard is None else steps.send(heard)
    except StopIteration as done:
        result: Result = done.value
        return result
    return Asking(pending.questions, lambda more: _resumed(steps, more))


def _carried_out(call: Call, entries: Sequence[_Entry]) -> Steps:
    told: list[dict[str, Any]] = []
    failed: set[str] = set()
    for entry in _in_order(entries):
        if failed.intersection(entry.needs):
            answer = _dependency_failed(call, entry)
        else:
            answer = call.again(_request(call, entry))
            while answer.pending is not None:
                heard = yield answer.pending
                answer = answer.pending.answer(heard)
        if answer.status >= _DONE:
            failed.add(entry.id)
        told.append(_told(entry, answer))
    return Result(200, {"responses": told})


def _entry(call: Call, sent: Mapping[str, Any]) -> _Entry:
    writes_need_type = call.world.settings.batch_writes_need_type
    headers = {name.lower(): value for name, value in (sent.get("headers") or {}).items()}
    method, where = sent["method"].upper(), f"the request {sent['id']!r}"
    body = sent.get("body")
    if method not in METHODS:
        raise BatchInvalid(reason=f"{where}: {sent['method']!r} is no method of a request.")
    if (body is not None or (writes_need_type and method not in {"GET", "DELETE"})) and "content-type" not in headers:
        raise BatchInvalid(reason=f"{where} has no Content-Type header for its body.")
    path, query = _path(_relative(call, sent["url"]), where)
    return _Entry(
        id=sent["id"],
        method=method,
        url=f"{path}?{query}" if query else path,
        headers=headers,
        body=_bytes(body, headers.get("content-type", ""), where),
        needs=tuple(sent.get("dependsOn") or ()),
    )


def _relative(call: Call, url: str) -> str:
    """The address below the version, where it is one of this service."""
    home = f"{call.request.origin}/{call.version}/"
    return url[len(home) :] if Freedom.ADDRESSES in FREEDOMS and url.startswith(home) else url


def _path(url: str, where: str) -> tuple[str, str]:
    """Path and query of an address below the version."""
    try:
        parts = urlsplit(url)
    except ValueError:
        raise BatchInvalid(reason=f"{where}: {url!r} is no address.") from None
    if parts.scheme or parts.netloc or url.startswith("//"):
        raise BatchInvalid(reason=f"{where}: an address is relative to the version, got {url!r}.")
    path = quote(parts.path.strip("/"), safe=_PATH_KEPT)
    if unquote(path).lstrip("/").lower().startswith(_WORK):
        raise BatchInvalid(reason=f"{where}: a batch cannot hold a batch.")
    return path, quote(parts.query, safe=_PATH_KEPT + "?[]")


def _bytes(body: Any, media_type: str, where: str) -> bytes:
    """A body as a request by itself would have it: JSON as it is, anything else written in base64url."""
    if body is None:
        return b""
    if _is_json(media_type) or not isinstance(body, str):
        return orjson.dumps(body)
    try:
        return base64.b64decode(body.translate(_URL_SAFE) + "=" * (-len(body) % 4), b"-_", validate=True)
    except (binascii.Error, ValueError):
        raise BatchInvalid(reason=f"{where}: a body that is not JSON is written in base64url.") from None


def _check(entries: Sequence[_Entry]) -> None:
    if len(entries) > LARGEST:
        raise BatchInvalid(reason=f"{len(entries)} requests were sent; {LARGEST} are allowed.")
    ids = [entry.id for entry in entries]
    if len(set(ids)) < len(ids):
        raise BatchInvalid(reason="Two requests have the same id.")
    for entry in entries:
        for needed in entry.needs:
            if needed not in ids:
                raise BatchInvalid(
                    reason=f"the request {entry.id!r} depends on {needed!r}, which is none of the batch."
                )
    if len(list(_in_order(entries))) < len(entries):
        raise BatchInvalid(reason="Requests depend on one another in a circle.")


def _in_order(entries: Sequence[_Entry]) -> list[_Entry]:
    """The entries as sent, each behind those that it depends on; those of a circle are left out."""
    ordered: dict[str, _Entry] = {}
    waiting = list(entries)
    while ready := [entry for entry in waiting if all(needed in ordered for needed in entry.needs)]:
        first = ready[0]
        ordered[first.id] = first
        waiting.remove(first)
    return list(ordered.values())


def _request(call: Call, entry: _Entry) -> HttpRequest:
    """The request by itself; what the outer one says of the client and its preferences it says too."""
    path, _, query = entry.url.partition("?")
    inherited = {name: value for name, value in call.request.headers.items() if name not in _NOT_INHERITED}
    return replace(
        call.request,
        method=entry.method,
        path=f"/{call.version}/{path}",
        query=query,
        headers={**inherited, **entry.headers},
        body=entry.body,
    )


def _dependency_failed(call: Call, entry: _Entry) -> HttpAnswer:
    text = f"A request that {entry.id!r} depends on failed."
    said = said_of(call.world, _request(call, entry))
    return enveloped(424, "FailedDependency", text, call.world.clock.now(), said)


def _told(entry: _Entry, answer: HttpAnswer) -> dict[str, Any]:
    headers = dict(answer.headers)
    told: dict[str, Any] = {"id": entry.id, "status": answer.status, "headers": headers}
    if answer.body:
        is_json = _is_json(headers.get("Content-Type", ""))
        told["body"] = orjson.loads(answer.body) if is_json else base64.urlsafe_b64encode(answer.body).decode()
    return told


def _is_json(media_type: str) -> bool:
    media = media_type.partition(";")[0].strip().lower()
    return media == _JSON or (media.startswith("application/") and media.endswith("+json"))
