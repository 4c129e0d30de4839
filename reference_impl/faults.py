"""Named deviations: a server that is wrong in one known way, to test suites and clients against.

A wire fault edits an answer on its way out; an act fault is looked for by name where the act is done.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final

from reference_impl.http import HttpAnswer, HttpRequest


@dataclass(frozen=True, slots=True)
class Fault:
    """One deviation. ``request`` must be found in a request's path or body, ``find`` in the answer's body."""

    name: str
    sentence: str
    request: bytes = b""
    find: bytes = b""
    put: bytes = b""
    status: int | None = None

    @property
    def is_wire(self) -> bool:
        """Whether the fault edits answers, rather than acts."""
        return bool(self.find) or self.status is not None


FAULTS: Final[tuple[Fault, ...]] = ()

BY_NAME: Final = {fault.name: fault for fault in FAULTS}


def check_names(names: Iterable[str]) -> None:
    """Raise ValueError for a name that is no fault, with the known ones."""
    unknown = sorted(set(names) - BY_NAME.keys())
    if unknown:
        raise ValueError(f"unknown fault {', '.join(unknown)}; known: {', '.join(sorted(BY_NAME)) or 'none'}")


def deviate(active: frozenset[str], request: HttpRequest, answer: HttpAnswer) -> HttpAnswer:
    """The answer as the active wire faults would have it."""
    for name in active:
        fault = BY_NAME[name]
        if not fault.is_wire or (fault.request and not re.search(fault.request, _told(request))):
            continue
        body = re.sub(fault.find, fault.put, answer.body) if fault.find else answer.body
        answer = replace(answer, body=body, status=fault.status or answer.status)
    return answer


def _told(request: HttpRequest) -> bytes:
    return f"{request.method} {request.path}?{request.query}\n".encode() + request.body
