"""What is attached to items: each content once, by its digest, for as long as anything uses it."""

from __future__ import annotations

from collections import Counter

from reference_impl.domain.attached import digest_of
from reference_impl.store.execution import Execution


class Contents:
    """The contents that one unit of work reads and writes."""

    def __init__(self, run: Execution) -> None:
        self._run = run
        self._left: set[str] = set()

    def keep(self, data: bytes) -> str:
        """Keep a content that some item of this unit of work is going to use; its digest."""
        digest = digest_of(data)
        if self._run("content_uses", digest=digest).fetchone() is None:
            self._run("add_content", digest=digest, uses=0, data=data)
        self._left.add(digest)
        return digest

    def read(self, digest: str) -> bytes:
        """A content. KeyError if nothing uses it."""
        row = self._run("content", digest=digest).fetchone()
        if row is None:
            raise KeyError(digest)
        return bytes(row[0])

    def use(self, now: Counter[str], instead_of: Counter[str] | None = None) -> None:
        """Note that an item uses these contents, instead of those it used before."""
        before = instead_of or Counter()
        if now == before:
            return
        for digest in now.keys() | before.keys():
            more = now[digest] - before[digest]
            if more:
                self._run("use_content", key=digest, more=more)
            if more < 0:
                self._left.add(digest)

    def settle(self) -> None:
        """Forget the contents that nothing uses any more; the last thing that a unit of work does."""
        for digest in sorted(self._left):
            self._run("drop_content", digest=digest)
        self._left.clear()
