"""What the recorder is told to do, as one value."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Final

from conformance.model.exchange import Exchange
from conformance.proxy.origins import Origin, parse_origin
from conformance.tape.policies import Policy
from conformance.tape.shelving import TRAITS

SPLITS = ("run", "host")
FILTERS: Final = ("host", "mailbox", "operation")
SPOOL: Final = "16MB"
ON_FULL: Final = ("pass", "stop")
COMMENTS: Final = ("auto", "yes", "no")
_SIZE: Final = re.compile(r"(\d+)\s*([KMG]?)i?B?\Z", re.IGNORECASE)
_TIME: Final = re.compile(r"(\d+)\s*([smhd])\Z", re.IGNORECASE)
_BYTES: Final = {"": 1, "K": 2**10, "M": 2**20, "G": 2**30}
_SECONDS: Final = {"s": 1, "m": 60, "h": 3600, "d": 86400}


@dataclass(frozen=True, slots=True)
class Only:
    """What is recorded: exchanges of which each named trait fits one of its patterns (``*`` and ``?``)."""

    patterns: tuple[tuple[str, str], ...] = ()

    def takes(self, exchange: Exchange) -> bool:
        """Whether an exchange is to be recorded."""
        for name in {name for name, _ in self.patterns}:
            value = TRAITS[name](exchange).casefold()
            if not any(fnmatchcase(value, pattern) for trait, pattern in self.patterns if trait == name):
                return False
        return True


@dataclass(frozen=True, slots=True)
class Settings:
    """How and where to record.

    ``origin`` is written in place of the upstream's own; ``deterministic`` leaves out all that differs from run to run;
    ``split`` gives untagged traffic one cassette per run or per host; ``routed`` lets a request name its upstream on
    this machine. A cassette of untagged traffic is followed by another when it has ``rotate_size`` bytes or is
    ``rotate_time`` seconds old (0: never); of bodies beyond ``spool`` bytes nothing is kept in memory.
    ``comments`` says whether flows get comments: ``auto`` where somebody sees them. ``policy`` says what is made
    unrecognizable, ``on_full`` whether traffic passes or stops once an exchange could not be written, ``apart`` that a
    process of its own writes, which happens only where flows get no comments and a full disk stops no traffic.
    """

    out: Path
    origin: Origin | None = None
    deterministic: bool = False
    split: str = "run"
    routed: bool = False
    only: Only = Only()
    rotate_size: int = 0
    rotate_time: int = 0
    spool: int = 2**24
    comments: str = "auto"
    policy: Policy = Policy.SECRETS
    on_full: str = "pass"
    apart: bool = True


def settings(
    *,
    out: str,
    origin: str = "",
    deterministic: bool = False,
    split: str = "run",
    routed: bool = False,
    only: Sequence[str] = (),
    rotate_size: str = "",
    rotate_time: str = "",
    spool: str = SPOOL,
    comments: str = "auto",
    policy: str = Policy.SECRETS,
    on_full: str = "pass",
    apart: bool = True,
) -> Settings:
    """The settings from option texts; ``ValueError`` names the option and what is wrong with it."""
    if not out:
        raise ValueError("meetproof_out: expected the folder to record into")
    if split not in SPLITS:
        raise ValueError(f"meetproof_split: expected one of {', '.join(SPLITS)}, got {split!r}")
    if comments not in COMMENTS:
        raise ValueError(f"meetproof_comments: expected one of {', '.join(COMMENTS)}, got {comments!r}")
    if on_full not in ON_FULL:
        raise ValueError(f"meetproof_on_full: expected one of {', '.join(ON_FULL)}, got {on_full!r}")
    if policy not in set(Policy):
        raise ValueError(f"meetproof_policy: expected one of {', '.join(Policy)}, got {policy!r}")
    try:
        canonical = parse_origin(origin) if origin else None
    except ValueError as problem:
        raise ValueError(f"meetproof_origin: {problem}") from None
    return Settings(
        Path(out),
        canonical,
        deterministic,
        split,
        routed,
        Only(tuple(map(_pattern, only))),
        _bytes("meetproof_rotate_size", rotate_size),
        _seconds("meetproof_rotate_time", rotate_time),
        _bytes("meetproof_spool", spool),
        comments,
        Policy(policy),
        on_full,
        apart,
    )


def prepare(folder: Path) -> None:
    """Make the folder to record into and see that it can be written; ``OSError`` otherwise."""
    folder.mkdir(parents=True, exist_ok=True)
    probe = folder / ".meetproof-writable"
    probe.touch()
    probe.unlink()


def _pattern(text: str) -> tuple[str, str]:
    name, equals, pattern = text.partition("=")
    if name not in FILTERS or not equals or not pattern:
        wanted = ", ".join(f"{each}=PATTERN" for each in FILTERS)
        raise ValueError(f"meetproof_only: expected {wanted}, got {text!r}")
    return name, pattern.casefold()


def _bytes(option: str, text: str) -> int:
    if not text:
        return 0
    found = _SIZE.match(text)
    if found is None:
        raise ValueError(f"{option}: expected a number of bytes such as 100MB, got {text!r}")
    return int(found[1]) * _BYTES[found[2].upper()]


def _seconds(option: str, text: str) -> int:
    if not text:
        return 0
    found = _TIME.match(text)
    if found is None:
        raise ValueError(f"{option}: expected a time such as 30m, 12h or 1d, got {text!r}")
    return int(found[1]) * _SECONDS[found[2].lower()]
