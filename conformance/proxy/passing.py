"""Bodies that are passed on while they come: of unknown length, very large, or without an end for now."""

from __future__ import annotations

import codecs
import contextlib
import hashlib
import re
from collections.abc import Callable, Iterable
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import IO, Final

from conformance.tape.besides import FOLDER, Beside
from conformance.tape.leaks import Secrets

_WINDOW: Final = 16 * 1024  # how much of a body is looked at again with what follows it
_LOOKED_AT: Final = 4096  # bytes that tell whether a body is text
_TOKEN: Final = re.compile(rb"eyJ[\w-]{5,}\.[\w-]{4,}\.[\w-]*")
_CONTROL: Final = re.compile(rb"[\x00-\x08\x0e-\x1f]")


class Passing:
    """A body on its way through the proxy, given piece by piece; the empty piece is its end.

    Up to ``limit`` bytes are kept in memory. ``finish`` turns a body that is whole within them into what is passed on;
    until then nothing is, so what it changes is changed in time. Without it each piece is passed on at once. The bytes
    of a larger body are told to ``keep`` as they come.
    """

    def __init__(
        self, limit: int, keep: Callable[[bytes], None], finish: Callable[[bytes], bytes] | None = None
    ) -> None:
        self._limit, self._keep, self._finish = limit, keep, finish
        self._held: bytearray | None = bytearray()
        self.size = 0

    def __call__(self, piece: bytes) -> Iterable[bytes]:
        """What is passed on now, as mitmproxy asks for it."""
        if not piece:
            return self._ended()
        self.size += len(piece)
        if self._held is None:
            self._keep(piece)
            return (piece,)
        self._held += piece
        if self.size <= self._limit:
            return () if self._finish is not None else (piece,)
        before = bytes(self._held)
        self._held = None
        self._keep(before)
        return (before,) if self._finish is not None else (piece,)

    @property
    def body(self) -> bytes | None:
        """The body as it came, where it was small enough to be kept in memory."""
        return None if self._held is None else bytes(self._held)

    def _ended(self) -> Iterable[bytes]:
        if self._held is None or self._finish is None:
            return ()
        content = self._finish(bytes(self._held))
        return (content,) if content else ()


class Spool:
    """A large body that is written beside the cassettes in ``folder`` as it comes, unless a known secret is in it.

    Of a text nothing is kept, since it could not be searched for secrets as a whole.
    """

    def __init__(self, folder: Path, secrets: Secrets, *, is_text: bool = False) -> None:
        self._folder, self._secrets, self._is_text = folder, secrets, is_text
        self._digest = hashlib.sha256()
        self._file: IO[bytes] | None = None
        self._tail = b""
        self._problem = ""
        self._size = 0

    def __call__(self, piece: bytes) -> None:
        """Write a piece to the file, which the first piece begins unless it is text; a secret in it ends the file."""
        self._size += len(piece)
        if self._is_text or self._problem:
            return
        self._digest.update(piece)
        if self._file is None:
            if _is_text(piece[:_LOOKED_AT]):
                self._is_text = True
                return
            self._begin()
        if self._file is None:
            return
        window = self._tail + piece
        if _TOKEN.search(window) or self._secrets.among(window):
            self._problem = "it holds a value that was seen as a secret"
            self.drop()
            return
        self._tail = window[-_WINDOW:]
        try:
            self._file.write(piece)
        except OSError as problem:
            self._problem = f"{self._size} bytes or more could not be written: {problem.strerror}"
            self.drop()

    def kept(self) -> tuple[Beside | None, str]:
        """The file beside the cassettes, or why there is none. To be asked once, at the end."""
        file, self._file = self._file, None
        if file is None:
            return None, self._problem or f"{self._size} bytes of text: too large to be searched for secrets"
        part = Path(file.name)
        try:
            file.close()
        except OSError as problem:
            part.unlink()
            return None, f"{self._size} bytes could not be written: {problem.strerror}"
        found = Beside(self._digest.hexdigest(), self._size)
        part.replace(found.path(self._folder))
        return found, ""

    def drop(self) -> None:
        """Keep nothing of it."""
        file, self._file = self._file, None
        if file is not None:
            Path(file.name).unlink()
            with contextlib.suppress(OSError):  # what is still to be written need not be
                file.close()

    def _begin(self) -> None:
        folder = self._folder / FOLDER
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self._file = NamedTemporaryFile(dir=folder, prefix=".part-", delete=False)  # noqa: SIM115  closed at its end
        except OSError as problem:
            self._problem = f"{self._size} bytes or more could not be written: {problem.strerror}"


def _is_text(start: bytes) -> bool:
    """Whether a body that begins so is text, whatever it is declared to be."""
    try:
        codecs.getincrementaldecoder("utf-8")().decode(start)
    except UnicodeDecodeError:
        return False
    return not _CONTROL.search(start)
