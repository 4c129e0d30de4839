"""A companion program that tells in one JSON line when it is ready, and is stopped at the end."""

from __future__ import annotations

import json
import queue
import subprocess
import tempfile
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import IO, Any

_STARTING = 30.0
_STOPPING = 10.0


class NotReady(RuntimeError):
    """A companion program ended, or said nothing useful, before it was ready; the message holds its own words."""


@contextmanager
def companion(command: Sequence[str], name: str, timeout: float = _STARTING) -> Iterator[Mapping[str, Any]]:
    """Run a program while the block runs; gives the JSON object it prints when ready. NotReady when it does not."""
    with tempfile.TemporaryFile() as errors:
        process = subprocess.Popen(  # noqa: S603  a program of this project
            list(command), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=errors
        )
        try:
            yield _ready(process, errors, name, timeout)
        finally:
            _stop(process)


def _ready(process: subprocess.Popen[bytes], errors: IO[bytes], name: str, timeout: float) -> Mapping[str, Any]:
    lines: queue.Queue[bytes] = queue.Queue()
    assert process.stdout is not None
    output = process.stdout

    def read() -> None:
        with output:
            for line in output:  # the pipe is emptied to the end, so that the program never blocks on it
                lines.put(line)
            lines.put(b"")

    threading.Thread(target=read, daemon=True).start()
    try:
        line = lines.get(timeout=timeout)
    except queue.Empty:
        raise NotReady(f"The {name} said nothing for {timeout:g} s after its start.") from None
    try:
        told = json.loads(line)
    except ValueError:
        told = None
    if isinstance(told, dict):
        return told
    if not line:
        process.wait(_STOPPING)
    errors.seek(0)
    words = errors.read().decode("utf-8", "replace").strip() or line.decode("utf-8", "replace").strip()
    raise NotReady(f"The {name} did not start: {words[-2000:] or 'it said nothing'}")


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(_STOPPING)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
