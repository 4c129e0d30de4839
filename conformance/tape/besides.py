"""Bodies too large for a cassette's line, in files beside it that are named by their digests."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from conformance.model.exchange import Exchange

FOLDER: Final = "bodies"
_PARTS: Final = ("request", "response")


@dataclass(frozen=True, slots=True)
class Beside:
    """A body beside a cassette: the SHA-256 of its bytes in hexadecimal digits, and how many they are."""

    sha256: str
    size: int

    def note(self, part: str) -> dict[str, Any]:
        """What an exchange's metadata say of it; ``part`` is ``request`` or ``response``."""
        return {_member(part): {"sha256": self.sha256, "bytes": self.size}}

    def path(self, folder: Path) -> Path:
        """The file, beside the cassettes of a folder."""
        return folder / FOLDER / self.sha256


def beside(exchange: Exchange, part: str) -> Beside | None:
    """The body of a part of an exchange where it is kept beside the cassette."""
    noted = exchange.meta.get(_member(part))
    if not isinstance(noted, Mapping) or not {"sha256", "bytes"} <= noted.keys():
        return None
    sha256 = str(noted["sha256"])
    # A digest and nothing else, for it becomes a path.
    return Beside(sha256, int(noted["bytes"])) if len(sha256) == 64 and sha256.isalnum() else None


def with_bodies(exchange: Exchange, folder: Path) -> Exchange:
    """An exchange with the bodies that are kept beside its cassette. Raises ValueError for one that is not there."""
    if not any(_member(part) in exchange.meta for part in _PARTS):
        return exchange
    for part in _PARTS:
        kept = beside(exchange, part)
        if kept is None:
            continue
        try:
            body = kept.path(folder).read_bytes()
        except OSError as problem:
            raise ValueError(f"its {part} body is not beside it: {kept.path(folder)}: {problem.strerror}") from problem
        if hashlib.sha256(body).hexdigest() != kept.sha256:
            raise ValueError(f"its {part} body was changed: {kept.path(folder)}")
        exchange = replace(exchange, **{part: replace(getattr(exchange, part), body=body)})
    return exchange


def without_bodies(exchange: Exchange, folder: Path) -> Exchange:
    """An exchange as it is written down: its large bodies beside the cassette, where those are that it has."""
    for part in _PARTS:
        kept, message = beside(exchange, part), getattr(exchange, part)
        if kept is None:
            continue
        if message.body:
            _keep(message.body, kept.path(folder))
            exchange = replace(exchange, **{part: replace(message, body=b"")})
    return exchange


def _keep(body: bytes, path: Path) -> None:
    """Write a file whole or not at all."""
    if path.exists():
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        part.write_bytes(body)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def _member(part: str) -> str:
    return f"{part}_body"
