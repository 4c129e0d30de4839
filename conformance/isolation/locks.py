"""Locks that processes of one user hold by files; the system lets go of those of a process that ends."""

from __future__ import annotations

import os
import random
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path

_PAUSE = 0.03
_KEPT = 30 * 86400


@cache
def folder() -> Path:
    """Where this user's locks are: below the cache folder, or below that of temporary files where there is none."""
    name = "meetproof-leases" if os.name == "nt" else f"meetproof-leases-{os.getuid()}"
    caches = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    for place in (caches / "meetproof" / "leases", Path(tempfile.gettempdir()) / name):
        try:
            place.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError:
            continue
        if os.access(place, os.W_OK):
            _tidy(place)
            return place
    raise OSError("neither the user's cache folder nor the folder of temporary files can be written")


def _tidy(place: Path) -> None:
    """Forget the locks of servers that were played long ago."""
    for file in place.glob("*.lock"):
        with suppress(OSError):
            if file.stat().st_mtime < time.time() - _KEPT:
                file.unlink()


@contextmanager
def locked(name: str, *, is_shared: bool = False, wait: float = 0.0) -> Iterator[bool]:
    """Hold the lock of a name while the block runs; whether it was had before ``wait`` seconds were over.

    Several may hold it shared, or one alone. Where the system knows no shared locks each holder is alone.
    """
    file = folder() / f"{name}.lock"
    descriptor = os.open(file, os.O_RDWR | os.O_CREAT, 0o600)
    os.utime(file)
    end = time.monotonic() + wait
    try:
        while not (is_held := _try(descriptor, is_shared)) and time.monotonic() < end:
            time.sleep(_PAUSE * (0.5 + random.random()))  # noqa: S311  not a secret
        yield is_held
    finally:
        os.close(descriptor)


if sys.platform == "win32":
    import msvcrt

    def _try(descriptor: int, is_shared: bool) -> bool:  # noqa: ARG001  there are no shared locks
        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

else:
    import fcntl

    def _try(descriptor: int, is_shared: bool) -> bool:
        try:
            fcntl.flock(descriptor, (fcntl.LOCK_SH if is_shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True
