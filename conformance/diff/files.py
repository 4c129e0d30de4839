"""Cassettes and folders of them, paired by name."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from conformance.diff.outcome import Compared, Recording
from conformance.diff.recordings import compare_recordings
from conformance.model.contrast import ABSENT, PRESENT
from conformance.tape.cassette import CassetteError, read_cassette
from conformance.tape.diff import Difference


def compare_paths(a: Path, b: Path) -> Iterator[Compared]:
    """Two cassettes, or those of two folders by their names; a cassette without a partner is a difference."""
    if a.is_file():
        yield _compare_files(a.name if a.name == b.name else f"{a.name} and {b.name}", a, b)
        return
    left, right = ({path.relative_to(folder).as_posix(): path for path in folder.rglob("*.yaml")} for folder in (a, b))
    if not left and not right:
        yield Compared("", problem=f"no cassette (*.yaml) in {a} nor in {b}")
    for name in sorted(left | right):
        if name not in right:
            yield Compared(name, (Difference("", PRESENT, ABSENT, f"only in {a}", "", None, None),))
        elif name not in left:
            yield Compared(name, (Difference("", ABSENT, PRESENT, f"only in {b}", "", None, None),))
        else:
            yield _compare_files(name, left[name], right[name])


def read_recording(path: Path) -> Recording:
    """A cassette as one side; CassetteError where it is none."""
    cassette = read_cassette(path)
    return Recording(cassette.exchanges, cassette.head, cassette.damage)


def read_recordings(paths: Iterable[Path]) -> Iterator[tuple[str, Recording]]:
    """Cassettes and those of folders, in the order of their names; what is no cassette is a recording of its damage."""
    for path in paths:
        for file in sorted(path.rglob("*.yaml")) if path.is_dir() else [path]:
            name = file.relative_to(path).as_posix() if path.is_dir() else path.name
            try:
                yield name, read_recording(file)
            except CassetteError as problem:
                yield name, Recording((), damage=str(problem))


def _compare_files(name: str, a: Path, b: Path) -> Compared:
    try:
        return compare_recordings(name, read_recording(a), read_recording(b))
    except CassetteError as problem:
        return Compared(name, problem=str(problem))
