"""Named deviations: a server that is wrong in one known way, to test suites and clients against.

A wire fault edits answers on their way out; an act fault is looked for by its name at the one place where the act is
done right otherwise.
"""

from __future__ import annotations

import functools
import re
from collections.abc import AsyncGenerator, Callable, Iterable
from contextlib import aclosing
from dataclasses import dataclass
from typing import Final

from reference_impl.domain.copying import replace
from reference_impl.http import HttpAnswer, HttpRequest
from reference_impl.service.deviations import ACT_FAULTS


@dataclass(frozen=True, slots=True)
class Fault:
    """One deviation. ``find`` is a pattern of the answer's body, ``request`` one of the request's path and body.

    Where both are found, ``put`` replaces what was found and ``status``, if any, the HTTP status.
    """

    name: str
    sentence: str
    request: bytes = b""
    find: bytes | None = None
    put: bytes = b""
    status: int | None = None


WIRE_FAULTS: Final = (
    Fault(
        "ews-no-version-header",
        "EWS answers carry no ServerVersionInfo header.",
        find=rb"<t:ServerVersionInfo [^>]*/>",
    ),
    Fault(
        "ews-proposals-never-offered",
        "ProposeNewTime is missing from every list of response objects.",
        find=rb"<t:ProposeNewTime/>",
    ),
    Fault(
        "ews-cancelled-with-two-l",
        "The subjects of cancellations begin with another word.",
        find=rb"<t:Subject>Canceled: ",
        put=rb"<t:Subject>Cancelled: ",
    ),
    Fault(
        "ews-merged-string-too-short",
        "The merged free/busy string lacks its last interval.",
        find=rb"(<t:MergedFreeBusy>\d*)\d</t:MergedFreeBusy>",
        put=rb"\1</t:MergedFreeBusy>",
    ),
    Fault(
        "ews-faults-as-success",
        "SOAP faults travel with HTTP status 200.",
        find=rb"<faultcode",
        put=rb"<faultcode",
        status=200,
    ),
    Fault(
        "graph-no-etag",
        "Graph entities carry no @odata.etag.",
        find=rb'"@odata\.etag":"(?:[^"\\]|\\.)*",',
    ),
    Fault(
        "graph-answers-of-acts-have-a-body",
        "Accepting and declining answer with an empty object instead of nothing.",
        request=rb"^POST [^ ]*/(accept|decline|tentativelyAccept)\?",
        find=rb"^$",
        put=rb"{}",
    ),
    Fault(
        "graph-proposals-without-prefix",
        "The subject of a response does not say that it proposes a new time.",
        find=rb'"subject":"New Time Proposed: ',
        put=rb'"subject":"Tentative: ',
    ),
    Fault(
        "graph-next-link-with-a-quote",
        "The next link ends with a quote, as a printed example has it.",
        find=rb'("@odata\.nextLink":"[^"]*)"',
        put=rb'\1\\""',
    ),
    Fault(
        "graph-start-in-another-zone",
        "A preferred time zone is named but not used.",
        find=rb'"timeZone":"Pacific Standard Time"',
        put=rb'"timeZone":"UTC"',
    ),
)

FAULTS: Final = (*(Fault(name, sentence) for name, sentence in ACT_FAULTS.items()), *WIRE_FAULTS)
BY_NAME: Final = {fault.name: fault for fault in FAULTS}


def check_names(names: Iterable[str]) -> None:
    """Raise ValueError for a name that is no fault, with the known ones."""
    unknown = sorted(set(names) - BY_NAME.keys())
    if unknown:
        raise ValueError(f"unknown fault {', '.join(unknown)}; known: {', '.join(sorted(BY_NAME))}")


def deviate(active: frozenset[str], request: HttpRequest, answer: HttpAnswer) -> HttpAnswer:
    """The answer as the active wire faults would have it; of an answer in chunks, each chunk by itself."""
    if not active:
        return answer
    for name in sorted(active):
        fault = BY_NAME[name]
        if fault.find is None or (fault.request and not re.search(fault.request, _told(request))):
            continue
        if answer.chunks is not None:
            edit = functools.partial(re.compile(fault.find).sub, fault.put)
            answer = replace(answer, chunks=_edited(answer.chunks, edit))
        elif re.search(fault.find, answer.body):
            body = re.sub(fault.find, fault.put, answer.body)
            answer = replace(answer, body=body, status=fault.status or answer.status)
    return answer


async def _edited(chunks: AsyncGenerator[bytes, None], edit: Callable[[bytes], bytes]) -> AsyncGenerator[bytes, None]:
    async with aclosing(chunks):
        async for chunk in chunks:
            yield edit(chunk)


def _told(request: HttpRequest) -> bytes:
    return f"{request.method} {request.path}?{request.query}\n".encode() + request.body
