"""An address taken apart: the version, whom it names, and the steps below (OData 4.01 URL conventions, section 4)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final
from urllib.parse import unquote

import msgspec

from reference_impl.graph.reading.liberties import FREEDOMS, Freedom
from reference_impl.graph.refusals import SegmentUnknown

VERSIONS: Final = {"v1.0": "v1.0", "beta": "beta"}
ME_PLACEHOLDER: Final = "me-token-to-replace"

_CALL: Final = re.compile(r"([A-Za-z_$][\w.$]*)\((.*)\)", re.DOTALL)
_TEXT: Final = re.compile(r"'((?:[^']|'')*)'")
_LITERAL: Final = r"(?:[\w.]*'(?:[^']|'')*'|[^,'=]+)"
_ARGUMENT: Final = re.compile(rf"\s*([A-Za-z_]\w*)\s*=\s*({_LITERAL})\s*")
_ARGUMENTS: Final = re.compile(rf"{_ARGUMENT.pattern}(?:,{_ARGUMENT.pattern})*")
_LOOSE_ARGUMENTS: Final = re.compile(rf"{_ARGUMENT.pattern}(?:(?:,|(?<=')){_ARGUMENT.pattern})*")
_KEY_NAME: Final = "id"


class Step(msgspec.Struct, frozen=True, gc=False):
    """One step of a path: a word or a key; ``arguments`` are those of a call, None where there are no parentheses."""

    text: str
    is_key: bool = False
    arguments: Mapping[str, str] | None = None


class Address(msgspec.Struct, frozen=True, gc=False):
    """A path taken apart: the version, whether it goes below a user, that user's key (None for /me), the steps."""

    version: str
    is_personal: bool
    user: str | None
    steps: tuple[Step, ...]


def read_address(path: str) -> Address:
    """The parts of a percent-encoded path; SegmentUnknown where it cannot lead anywhere."""
    raw = path.strip("/").split("/")
    version = VERSIONS.get(raw[0].lower())
    if version is None:
        raise SegmentUnknown(segment=raw[0])
    steps: list[Step] = []
    for piece in raw[1:]:
        segment = unquote(piece) if "%" in piece else piece
        if segment.endswith(")"):
            steps += _called(segment)
        else:
            steps.append(Step(segment))
    if not steps:
        raise SegmentUnknown(segment=version)
    for step in steps:
        if not step.text:
            raise SegmentUnknown(segment="")
    head = steps[0].text.lower()
    if head == "me":
        return Address(version, is_personal=True, user=None, steps=tuple(steps[1:]))
    if head == "users" and len(steps) > 1 and not steps[1].text.startswith("$"):
        user = None if steps[1].text.lower() == ME_PLACEHOLDER else steps[1].text
        return Address(version, is_personal=True, user=user, steps=tuple(steps[2:]))
    return Address(version, is_personal=False, user=None, steps=tuple(steps))


def _called(segment: str) -> tuple[Step, ...]:
    """``events('k')``, ``events(k)`` and ``events(id='k')`` are events/k; ``name(a='v')`` is a call."""
    match = _CALL.fullmatch(segment)
    if match is None:
        return (Step(segment),)
    name, inner = match[1], match[2].strip()
    if not inner:
        return (Step(name, arguments={}),)
    if (_LOOSE_ARGUMENTS if Freedom.COMMAS in FREEDOMS else _ARGUMENTS).fullmatch(inner):
        given = {argument[1].lower(): literal(argument[2]) for argument in _ARGUMENT.finditer(inner)}
        if set(given) != {_KEY_NAME}:
            return (Step(name, arguments=given),)
        return Step(name), Step(given[_KEY_NAME], is_key=True)
    return Step(name), Step(literal(inner), is_key=True)


def literal(text: str) -> str:
    """What a literal says: a text without its quotes, the word of an enumeration, anything else as it stands."""
    if match := _TEXT.fullmatch(text):
        return match[1].replace("''", "'")
    name, quote, rest = text.partition("'")
    return rest.removesuffix("'") if quote and "." in name else text
