"""A cassette read from its beginning to its end, one exchange in memory at a time."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, BinaryIO, Final

from conformance.model.exchange import Exchange
from conformance.tape.besides import with_bodies
from conformance.tape.cassette import (
    HEAD,
    INTERACTIONS,
    VERSION,
    CassetteError,
    head_of_line,
    read_cassette,
)
from conformance.tape.codec import decode

_ITEM: Final = b"- {"


class CassetteStream:
    """The exchanges of the cassette at ``path`` in their order, each decoded when it is asked for and then forgotten.

    ``head`` is known at once; ``damage`` tells of a last line that was cut, once the iteration has come to it. Each
    iteration reads the file anew. A cassette of another writer is read whole, for YAML can be read in no other way.

    Raises:
        CassetteError: when the file cannot be read or is no cassette, with file and line; in the course of the
            iteration too.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.path = Path(path)
        self.damage = ""
        self.head: Mapping[str, Any] = {}
        try:
            with self.path.open("rb") as file:
                self.is_ours = file.read(len(VERSION)) == VERSION and file.readline().startswith(HEAD + b"{")
                file.seek(len(VERSION))
                line = file.readline()
        except OSError as problem:
            raise CassetteError(f"{self.path}: cannot be read: {problem.strerror}") from problem
        if self.is_ours:
            self.head = head_of_line(self.path, line.removesuffix(b"\n"), cut=not line.endswith(b"\n"))
        else:
            self._whole = read_cassette(self.path)
            self.head, self.damage = self._whole.head, self._whole.damage

    def __iter__(self) -> Iterator[Exchange]:
        if not self.is_ours:
            yield from self._whole.exchanges
            return
        with self.path.open("rb") as file:
            file.readline()
            file.readline()
            yield from self._exchanges(file)

    def _exchanges(self, file: BinaryIO) -> Iterator[Exchange]:
        if file.readline() != INTERACTIONS:
            yield from self._read_whole()
            return
        for number, line in enumerate(file, start=4):
            if number == 4 and not line.startswith(_ITEM[: len(line)]):
                yield from self._read_whole()
                return
            try:
                exchange = decode(line.removesuffix(b"\n"))
            except ValueError as problem:
                if file.read(1):
                    raise CassetteError(f"{self.path}:{number}: not an exchange: {problem}") from problem
                self.damage = f"{self.path}:{number}: the last exchange was cut after {len(line)} bytes and is left out"
                return
            try:
                yield with_bodies(exchange, self.path.parent)
            except ValueError as problem:
                raise CassetteError(f"{self.path}:{number}: {problem}") from problem

    def _read_whole(self) -> Iterator[Exchange]:
        """What a file holds that begins as ours do and goes on otherwise: nothing, or lists as YAML has them."""
        whole = read_cassette(self.path)
        self.damage = whole.damage
        yield from whole.exchanges
