"""Why mutants survive that answer some case, or some random command sequence, otherwise than the server does."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from fnmatch import fnmatchcase
from pathlib import Path

from tests.meta.server.tables import ServerMutant

REASONS = tomllib.loads(Path(__file__).with_name("survivors.toml").read_text(encoding="utf-8"))["reason"]


def _name(mutant: ServerMutant) -> str:
    return f"{mutant.table} | {mutant.row} | {mutant.change}"


def reason_of(mutant: ServerMutant) -> str | None:
    """Why nobody finds a mutant, if it is written down."""
    for group in REASONS:
        if any(fnmatchcase(_name(mutant), pattern) for pattern in group["mutants"]):
            return group["words"]
    return None


def needless_reasons(surviving: Iterable[ServerMutant]) -> list[str]:
    """The patterns that no surviving mutant answers to."""
    names = [_name(one) for one in surviving]
    patterns = [pattern for group in REASONS for pattern in group["mutants"]]
    return [pattern for pattern in patterns if not any(fnmatchcase(name, pattern) for name in names)]
