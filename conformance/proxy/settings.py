"""What the recorder is told to do, as one value."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from conformance.proxy.origins import Origin, parse_origin

SPLITS = ("run", "host")


@dataclass(frozen=True, slots=True)
class Settings:
    """How and where to record.

    ``origin`` is written in place of the upstream's own; ``deterministic`` leaves out all that differs from run to run;
    ``split`` gives untagged traffic one cassette per run or per host; ``routed`` lets a request name its upstream on
    this machine.
    """

    out: Path
    origin: Origin | None = None
    deterministic: bool = False
    split: str = "run"
    routed: bool = False


def settings(
    out: str, origin: str = "", deterministic: bool = False, split: str = "run", routed: bool = False
) -> Settings:
    """The settings from option texts; ``ValueError`` names the option and what is wrong with it."""
    if not out:
        raise ValueError("meetproof_out: expected the folder to record into")
    if split not in SPLITS:
        raise ValueError(f"meetproof_split: expected one of {', '.join(SPLITS)}, got {split!r}")
    try:
        canonical = parse_origin(origin) if origin else None
    except ValueError as problem:
        raise ValueError(f"meetproof_origin: {problem}") from None
    return Settings(Path(out), canonical, deterministic, split, routed)


def prepare(folder: Path) -> None:
    """Make the folder to record into and see that it can be written; ``OSError`` otherwise."""
    folder.mkdir(parents=True, exist_ok=True)
    probe = folder / ".meetproof-writable"
    probe.touch()
    probe.unlink()
