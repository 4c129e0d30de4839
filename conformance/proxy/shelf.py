"""The cassettes that are open: one per case, and those for traffic that belongs to no case."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from conformance.model.exchange import Exchange
from conformance.tape.cassette import CassetteError, CassetteWriter, Existing
from conformance.tape.leaks import Secrets
from conformance.tape.policies import Masking, Policy
from conformance.tape.shelving import file_stem

_SHOWN = 200  # reasons kept per cassette; the number of refusals is not bounded by it


class CaseIsOpen(ValueError):
    """The case is being recorded already."""


class CaseUnknown(ValueError):
    """No such case is being recorded."""


@dataclass(frozen=True, slots=True)
class Closed:
    """What a cassette holds once closed: how many exchanges, and why others are not in it."""

    path: Path
    exchanges: int
    refused: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Rotation:
    """When a cassette of untagged traffic is followed by another: at so many bytes, after so many seconds; 0: never."""

    size: int = 0
    seconds: int = 0


NEVER = Rotation()


@dataclass(slots=True)
class _Open:
    path: Path
    writer: CassetteWriter
    exchanges: int = 0
    refused: list[str] = field(default_factory=list)
    begun: float = 0.0


class Shelf:
    """Cassettes in one folder, written as exchanges come.

    With ``secrets_shared`` what one cassette has shown to be a secret is refused in all of them. Without, what a
    cassette holds does not depend on the others, whatever runs beside it. ``secrets`` may be another shelf's, too.
    """

    def __init__(
        self,
        folder: Path,
        *,
        secrets_shared: bool = True,
        rotation: Rotation = NEVER,
        masking: Masking | None = None,
        now: Callable[[], float] = time.monotonic,
        secrets: Secrets | None = None,
    ) -> None:
        self._folder = folder
        self._secrets = secrets if secrets is not None or not secrets_shared else Secrets()
        self._rotation, self._now = rotation, now
        self._masking = masking or Masking(Policy.SECRETS)
        self._cases: dict[str, _Open] = {}
        self._others: dict[str, _Open] = {}
        self._closed: set[str] = set()
        self._rotated: list[Closed] = []

    def open_case(self, stem: str, head: Mapping[str, Any]) -> Path:
        """Begin a case's cassette, in place of one that an earlier run left; ``CaseIsOpen`` if it is begun already."""
        if stem in self._cases:
            raise CaseIsOpen(f"the case {stem} is open already: close it first")
        if stem in self._closed:
            raise CaseIsOpen(f"the case {stem} was recorded and closed in this run: give the second one another name")
        path = self._folder / f"{stem}.yaml"
        self._cases[stem] = _Open(path, self._writer(path, head, existing="replace"))
        return path

    def close_case(self, stem: str) -> Closed:
        """End a case's cassette; ``CaseUnknown`` if it is not open."""
        opened = self._cases.pop(stem, None)
        if opened is None:
            raise CaseUnknown(f"the case {stem} is not open")
        self._closed.add(stem)
        opened.writer.close()
        return Closed(opened.path, opened.exchanges, tuple(opened.refused))

    def has_case(self, stem: str) -> bool:
        """Whether a case's cassette is open."""
        return stem in self._cases

    def append_to_case(self, stem: str, exchange: Exchange) -> None:
        """Write an exchange to a case's cassette."""
        self._append(self._cases[stem], exchange)

    def append(self, name: str, head: Mapping[str, Any], exchange: Exchange) -> Exchange:
        """Write an exchange to a cassette of this name, begun with its first exchange beside those of earlier runs.

        It is given back as it was written.
        """
        opened = self._others.get(name)
        if opened is None or self._is_full(opened):
            path, writer = self._begun(file_stem(name), head)
            self._others[name] = _Open(path, writer, begun=self._now())
            if opened is not None:
                opened.writer.close()
                self._rotated.append(Closed(opened.path, opened.exchanges, tuple(opened.refused)))
        return self._append(self._others[name], exchange)

    def file_of(self, name: str) -> Path | None:
        """The cassette of this name that is being written."""
        opened = self._others.get(name)
        return None if opened is None else opened.path

    def is_full(self, name: str) -> bool:
        """Whether the cassette of this name is to be followed by another."""
        opened = self._others.get(name)
        return opened is not None and self._is_full(opened)

    def note_refusal(self, stem: str, words: str) -> None:
        """Remember that a case lacks an exchange, and why."""
        opened = self._cases.get(stem)
        if opened is not None and len(opened.refused) < _SHOWN:
            opened.refused.append(words)

    def close(self) -> tuple[Closed, ...]:
        """End every cassette."""
        opened = [*self._cases.values(), *self._others.values()]
        self._closed |= set(self._cases)
        self._cases, self._others = {}, {}
        for one in opened:
            one.writer.close()
        rotated, self._rotated = self._rotated, []
        return (*rotated, *(Closed(one.path, one.exchanges, tuple(one.refused)) for one in opened))

    @property
    def secrets(self) -> Secrets:
        """What was seen as a secret so far, where the cassettes share it; else nothing, anew each time."""
        return Secrets() if self._secrets is None else self._secrets

    def _writer(self, path: Path, head: Mapping[str, Any], existing: Existing = "refuse") -> CassetteWriter:
        if self._masking.policy is not Policy.SECRETS:
            head = {**head, "policy": str(self._masking.policy)}
        return CassetteWriter(path, head, secrets=self._secrets, masking=self._masking, existing=existing)

    def _is_full(self, opened: _Open) -> bool:
        size, seconds = self._rotation.size, self._rotation.seconds
        return bool(size and opened.writer.size >= size) or bool(seconds and self._now() - opened.begun >= seconds)

    @staticmethod
    def _append(opened: _Open, exchange: Exchange) -> Exchange:
        written = opened.writer.append(exchange)
        opened.exchanges += 1
        return written

    def _begun(self, stem: str, head: Mapping[str, Any]) -> tuple[Path, CassetteWriter]:
        """A cassette of a name that no other has, whoever else writes into the folder."""
        while True:
            path = self._free(stem)
            try:
                return path, self._writer(path, head)
            except CassetteError:
                if not path.exists():
                    raise

    def _free(self, stem: str) -> Path:
        path, number = self._folder / f"{stem}.yaml", 1
        while path.exists():
            number += 1
            path = self._folder / f"{stem}-{number}.yaml"
        return path
