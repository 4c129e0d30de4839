"""Cassette files: a writer that only appends, and a reader with an index.

A file is ``version: 1``, a line ``meetproof: {head}``, then ``interactions:`` with one exchange a line (``codec``).
Each exchange is one ``write``, so a killed recorder loses at most the exchange in flight and leaves the rest readable.
"""

from __future__ import annotations

import errno
import os
import threading
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Literal, Self, overload

import orjson
import yaml

from conformance.model.exchange import Exchange
from conformance.tape.actors import with_actor
from conformance.tape.besides import with_bodies, without_bodies
from conformance.tape.codec import decode, encode, flow, from_mapping, safe
from conformance.tape.leaks import Leak, Secrets, leaks, leaks_of_value
from conformance.tape.places import SECRETS, Rule
from conformance.tape.policies import Masking, Policy
from conformance.tape.redact import redact

VERSION = b"version: 1\n"
HEAD = b"meetproof: "
INTERACTIONS = b"interactions:\n"
NO_INTERACTIONS = b"interactions: []\n"
_MAPPINGS = ("target", "variables")

Existing = Literal["refuse", "replace", "append"]


class CassetteError(Exception):
    """A file that cannot be read or written as a cassette; the message names the file and the line."""


class NotWritten(CassetteError):
    """An exchange that the disk did not take, or only in part: none of it is in the file."""


class LeakRefused(CassetteError):
    """A write refused because something seen as a secret would have reached the disk."""

    def __init__(self, path: Path, found: Collection[Leak]) -> None:
        self.found = tuple(found)
        places = ", ".join(sorted({leak.place for leak in found}))
        super().__init__(
            f"{path}: exchange not written, a value seen as a secret stands at {places}; "
            "add a redaction rule for that place, or declare the value public"
        )


class CassetteWriter:
    """Writes exchanges to a new cassette, redacted, one append each.

    ``append`` redacts by ``rules``, then searches what is left for everything the recording has shown to be a secret
    (``secrets``, shared by the cassettes of one recorder) and refuses the write on a leak. ``masking`` makes people and
    texts unrecognizable besides. ``existing`` decides what
    happens to a file of that name: ``append`` continues it, keeps its head, and cuts off a line that a killed recorder
    left half written. Threads may share a writer.

    Raises:
        CassetteError: when the file exists (``refuse``), cannot be written, or is no cassette to continue.
        LeakRefused: by ``append`` and for a head that holds a known secret.
    """

    def __init__(
        self,
        path: str | os.PathLike[str],
        head: Mapping[str, Any],
        *,
        rules: Sequence[Rule] = SECRETS,
        secrets: Secrets | None = None,
        masking: Masking | None = None,
        existing: Existing = "refuse",
    ) -> None:
        self.path = Path(path)
        self._masking = masking or Masking(Policy.SECRETS)
        head = self._masking.value(head)
        self.secrets = Secrets() if secrets is None else secrets
        self._rules = tuple(rules)
        self._lock = threading.Lock()
        self._listed = False  # whether the file has its ``interactions:`` line
        if found := leaks_of_value("head", head, self.secrets):
            raise LeakRefused(self.path, found)
        first = VERSION + HEAD + safe(flow(dict(head), "head").encode()) + b"\n"
        continued = existing == "append" and self.path.exists() and self.path.stat().st_size > 0
        size = self._sound_part() if continued else 0
        flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | getattr(os, "O_CLOEXEC", 0)
        if existing == "refuse":
            flags |= os.O_EXCL
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self._file: int | None = os.open(self.path, flags, 0o644)
        except FileExistsError:
            raise CassetteError(
                f"{self.path}: the file exists; choose another name, or say to replace or continue it"
            ) from None
        except OSError as problem:
            raise CassetteError(f"{self.path}: cannot be written: {problem.strerror}") from problem
        self._size = size
        os.ftruncate(self._file, size)
        if not continued:
            self._write(first)

    def append(self, exchange: Exchange) -> Exchange:
        """Writes one exchange and returns it as written."""
        self.secrets.learn(exchange, self._rules)
        written = redact(with_actor(self._without_bodies(exchange)), self._rules)
        if found := leaks(written, self.secrets):
            raise LeakRefused(self.path, found)
        written = self._masking.exchange(written)
        if seen := self._masking.seen_in(written):
            raise LeakRefused(self.path, tuple(map(Leak, seen)))
        try:
            line = encode(written)
        except ValueError as problem:
            raise CassetteError(f"{self.path}: exchange not written: {problem}") from problem
        with self._lock:
            self._write(line if self._listed else INTERACTIONS + line)
            self._listed = True
        return written

    @property
    def size(self) -> int:
        """The bytes of the file so far."""
        return self._size

    def close(self) -> None:
        """Ends the file; a cassette without exchanges stays one that YAML and vcrpy can load."""
        with self._lock:
            if self._file is None:
                return
            if not self._listed:
                self._write(NO_INTERACTIONS)
            os.close(self._file)
            self._file = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _without_bodies(self, exchange: Exchange) -> Exchange:
        try:
            return without_bodies(exchange, self.path.parent)
        except OSError as problem:
            raise CassetteError(f"{self.path}: a body cannot be kept beside it: {problem.strerror}") from problem

    def _write(self, text: bytes) -> None:
        """One write; what a full disk took of it is taken back."""
        if self._file is None:
            raise CassetteError(f"{self.path}: the cassette is closed")
        try:
            count = os.write(self._file, text)
            shortage = None if count == len(text) else os.strerror(errno.ENOSPC)
        except OSError as problem:
            shortage = problem.strerror
        if shortage is not None:
            os.ftruncate(self._file, self._size)
            raise NotWritten(f"{self.path}: exchange not written: {shortage}")
        self._size += len(text)

    def _sound_part(self) -> int:
        """How many bytes of the existing file to keep when it is continued."""
        data = self.path.read_bytes()
        kept = read_cassette(self.path)
        if not isinstance(kept.exchanges, _Lines):
            raise CassetteError(f"{self.path}: not written by this recorder, so it cannot be continued")
        self._listed = len(kept.exchanges) > 0
        if not self._listed:
            return data.index(b"\n", len(VERSION)) + 1
        if kept.damage:
            return data.rstrip(b"\n").rindex(b"\n") + 1
        if not data.endswith(b"\n"):
            with self.path.open("ab") as file:
                file.write(b"\n")
            return len(data) + 1
        return len(data)


@dataclass(frozen=True, slots=True)
class Cassette:
    """A cassette read: its head, its exchanges (decoded on access), and what was lost of a damaged last line."""

    path: Path
    head: Mapping[str, Any]
    exchanges: Sequence[Exchange]
    damage: str = ""


@dataclass(eq=False)
class _Lines(Sequence[Exchange]):
    """The exchanges of a file's lines, each decoded once when it is asked for."""

    path: Path
    first: int  # number of the first exchange's line, for messages
    lines: list[bytes]
    _decoded: dict[int, Exchange] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.lines)

    @overload
    def __getitem__(self, index: int) -> Exchange: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Exchange]: ...
    def __getitem__(self, index: int | slice) -> Exchange | Sequence[Exchange]:
        if isinstance(index, slice):
            return tuple(self[each] for each in range(*index.indices(len(self))))
        place = range(len(self.lines))[index]
        if place not in self._decoded:
            try:
                self._decoded[place] = with_bodies(decode(self.lines[place]), self.path.parent)
            except ValueError as problem:
                raise CassetteError(f"{self.path}:{self.first + place}: not an exchange: {problem}") from problem
        return self._decoded[place]

    def __iter__(self) -> Iterator[Exchange]:
        return (self[index] for index in range(len(self)))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and tuple(self) == tuple(other)

    __hash__ = None  # type: ignore[assignment]  # a sequence that compares by value


def read_cassette(path: str | os.PathLike[str]) -> Cassette:
    """The cassette at ``path``: ours by its index, any other vcrpy cassette by a YAML parser.

    A last line that was cut is left out and told in ``damage``.

    Raises:
        CassetteError: when the file cannot be read or is no cassette, with file and line.
    """
    path = Path(path)
    try:
        data = path.read_bytes()
    except OSError as problem:
        raise CassetteError(f"{path}: cannot be read: {problem.strerror}") from problem
    if b"\r\n" in data[: len(VERSION) + 1]:
        data = data.replace(b"\r\n", b"\n")  # our lines hold no raw carriage return; a checkout may have added them
    if not data.startswith(VERSION + HEAD + b"{"):
        return _foreign(path, data)
    lines = data.split(b"\n")
    whole = lines[-1] == b""
    if whole:
        lines.pop()
    head = head_of_line(path, lines[1], cut=not whole and len(lines) == 2)
    if len(lines) == 2 or (len(lines) == 3 and lines[2] == NO_INTERACTIONS.rstrip()):
        return Cassette(path, head, _Lines(path, 4, []))
    if len(lines) == 3 and not whole and INTERACTIONS.startswith(lines[2]):
        return Cassette(path, head, _Lines(path, 4, []), f"{path}:3: the first line of exchanges was cut")
    items = lines[3:]
    if lines[2] != INTERACTIONS.rstrip() or not all(line.startswith(b"- {") for line in items[:-1]):
        return _foreign(path, data)
    damage = _damage(path, items)
    return Cassette(path, head, _Lines(path, 4, items[:-1] if damage else items), damage)


def _damage(path: Path, items: list[bytes]) -> str:
    """What is wrong with the last of the lines, which a killed recorder may have left half written."""
    if not items:
        return ""
    try:
        decode(items[-1])
    except ValueError:
        return f"{path}:{3 + len(items)}: the last exchange was cut after {len(items[-1])} bytes and is left out"
    return ""


def cassettes_of(paths: Iterable[Path]) -> list[Path]:
    """Cassettes as named, and those of folders in the order of their names; CassetteError for what is not there."""
    files: list[Path] = []
    for path in paths:
        if path.is_dir():
            found = sorted(path.rglob("*.yaml"))
            if not found:
                raise CassetteError(f"no cassette (*.yaml) in the folder {path}")
            files += found
        elif path.is_file():
            files.append(path)
        else:
            raise CassetteError(f"no such file or folder: {path}")
    return files


def write_cassette(path: str | os.PathLike[str], head: Mapping[str, Any], exchanges: Iterable[Exchange]) -> None:
    """Writes a whole cassette, replacing a file of that name."""
    with CassetteWriter(path, head, existing="replace") as writer:
        for exchange in exchanges:
            writer.append(exchange)


def head_of_line(path: Path, line: bytes, *, cut: bool) -> Mapping[str, Any]:
    """The head that the second line of a file holds. Raises CassetteError."""
    try:
        head = orjson.loads(line.removeprefix(HEAD))
    except ValueError as problem:
        told = "the file ends in its head" if cut else f"the head is not JSON: {problem}"
        raise CassetteError(f"{path}:2: {told}") from problem
    return _checked(path, head)


def _checked(path: Path, head: Any) -> Mapping[str, Any]:
    """A head whose parts that others look into are mappings. Raises CassetteError."""
    if not isinstance(head, dict):
        raise CassetteError(f"{path}: the head is a {type(head).__name__}, not a mapping")
    for name in _MAPPINGS:
        if not isinstance(part := head.get(name) or {}, dict):
            raise CassetteError(f"{path}: {name} in the head is a {type(part).__name__}, not a mapping")
    return head


def _foreign(path: Path, data: bytes) -> Cassette:
    """A cassette written by vcrpy, or by hand, or reformatted."""
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        document = yaml.load(data, Loader=loader)  # noqa: S506  both are safe loaders
    except yaml.MarkedYAMLError as problem:
        mark = problem.problem_mark or problem.context_mark
        line = f":{mark.line + 1}" if mark else ""
        raise CassetteError(f"{path}{line}: not a cassette: {problem.problem or problem.context}") from problem
    except yaml.YAMLError as problem:
        raise CassetteError(f"{path}: not a cassette: {problem}") from problem
    if not isinstance(document, dict) or "interactions" not in document:
        raise CassetteError(f"{path}: not a cassette: expected a mapping with `version` and `interactions`")
    if document.get("version") != 1:
        raise CassetteError(f"{path}: version {document.get('version')!r} of the cassette layout, expected 1")
    interactions = document["interactions"] or []
    if not isinstance(interactions, list):
        raise CassetteError(f"{path}: not a cassette: expected a list of `interactions`")
    exchanges = []
    for number, item in enumerate(interactions, start=1):
        try:
            exchanges.append(from_mapping(item))
        except ValueError as problem:
            raise CassetteError(f"{path}: interaction {number}: {problem}") from problem
    return Cassette(path, _checked(path, document.get("meetproof") or {}), tuple(exchanges))
