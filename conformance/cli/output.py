"""Files that commands write: there as a whole, or not at all."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import typer

STANDARD_OUTPUT = "-"
Write = Callable[[str], object]


@contextmanager
def output(file: Path | None, hint: str) -> Iterator[Write | None]:
    """A way to write a file that takes its place once the block is done; what stood there stays until then.

    ``-`` is standard output; no path is no file. A usage error where it cannot be written, as a rule before the block.
    """
    if file is None:
        yield None
        return
    if str(file) == STANDARD_OUTPUT:
        yield sys.stdout.write
        return
    is_whole = file.is_file() or not file.exists()  # a device or a pipe takes what comes
    place = file.resolve() if is_whole else file
    unfinished = place.with_name(f".{place.name}.{os.getpid()}") if is_whole else place
    with _problems_told(file, hint):
        out = unfinished.open("w", encoding="utf-8")

    def write(text: str) -> None:
        with _problems_told(file, hint):
            out.write(text)

    try:
        yield write
        with _problems_told(file, hint):
            out.close()
            if is_whole:
                unfinished.replace(place)
    finally:
        with suppress(OSError):
            out.close()
        if is_whole:
            unfinished.unlink(missing_ok=True)


@contextmanager
def _problems_told(file: Path, hint: str) -> Iterator[None]:
    try:
        yield
    except OSError as problem:
        raise typer.BadParameter(f"{file} cannot be written: {problem.strerror}", param_hint=hint) from None
