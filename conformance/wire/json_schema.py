"""JSON bodies held to the shared schemas of Graph, and what breaks them told by path."""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import orjson
from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError
from jsonschema.protocols import Validator
from jsonschema.validators import extend
from referencing import Registry
from referencing.jsonschema import DRAFT202012

from conformance.wire.path import member
from conformance.wire.schemas import folder

_LONG = 300  # characters of a message; of a longer one its beginning and its end are told


@functools.lru_cache(maxsize=1)
def index() -> dict[str, Any]:
    """The index of Graph's operations: ``base``, ``errors`` and ``operations``, whose paths are written out."""
    home = folder() / "graph"
    found: dict[str, Any] = orjson.loads((home / "index.json").read_bytes())
    operations = [each for path in sorted(home.glob(found["operations"])) for each in orjson.loads(path.read_bytes())]
    places = found["places"]
    return {
        **found,
        "operations": [
            {**each, "paths": [full for path in each["paths"] for full in written_out(path, places)]}
            for each in operations
        ],
    }


def written_out(path: str, places: Mapping[str, Sequence[str]]) -> Iterator[str]:
    """The paths that one with a place at its beginning stands for."""
    place, found, tail = path.removeprefix("<").partition(">")
    if not found:
        yield path
        return
    for each in places[place]:
        for head in written_out(each, places):
            yield head + tail


def breaches(document: Any, reference: str, *, is_open: bool = False) -> Iterator[tuple[str, str]]:
    """Path and message of each breach of a schema, named by its reference below the index's base; in order of path.

    The open variant of a schema lets objects have members that it does not declare.

    Where jsonschema-rs is installed it passes good documents, at a fraction of the time; what it does not pass is
    left to jsonschema, whose words are told.
    """
    quick = quick_verdict(reference, is_open)
    if quick is not None and quick(document):
        return
    errors = list(validator(reference, is_open).iter_errors(document))
    others = {tuple(each.absolute_path) for each in errors if each.validator not in index()["closing"]}
    for error in sorted(errors, key=lambda each: [str(part) for part in each.absolute_path]):
        # What a broken part declares counts as undeclared: that is no breach of its own.
        if error.validator in index()["closing"] and any(_is_below(path, error.absolute_path) for path in others):
            continue
        yield _told(error)


def _is_below(path: tuple[str | int, ...], above: Sequence[str | int]) -> bool:
    return path[: len(above)] == tuple(above)


@functools.lru_cache(maxsize=256)
def validator(reference: str, is_open: bool = False) -> Validator:
    """The jsonschema validator of one schema by its reference below the index's base, strict or open."""
    return _VALIDATOR({"$ref": index()["base"] + reference}, registry=_registry(is_open))


@functools.lru_cache(maxsize=256)
def quick_verdict(reference: str, is_open: bool = False) -> Callable[[Any], bool] | None:
    """Whether documents are valid, as jsonschema-rs says of the same schema; None where it is not installed."""
    try:
        import jsonschema_rs
    except ImportError:
        return None
    found = jsonschema_rs.Draft202012Validator(
        {"$ref": index()["base"] + reference}, registry=_quick_registry(is_open), validate_formats=False
    )
    return found.is_valid


def opened(schema: Any) -> Any:
    """The open variant of a schema, which asks for no more than the published metadata do.

    It is the same without what closes objects, and without forms of strings that are no types of their own; and
    properties may be null, as those of the metadata are (CSDL 4.0, 6.2.1), save keys, annotations and what the index
    names.
    """
    if isinstance(schema, list):
        return [opened(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    closing, forms = index()["closing"], index()["forms"]
    found = {
        name: value if name == "if" else opened(value)  # what an answer is of is told by forms too
        for name, value in schema.items()
        if not (name in closing and value is False) and not (name in {"pattern", "minLength"} and value not in forms)
    }
    properties = found.get("properties")
    if isinstance(properties, dict) and "type" in found:
        found["properties"] = {name: _nullable(name, value) for name, value in properties.items()}
    return found


def _nullable(name: str, schema: Any) -> Any:
    if name in index()["never_null"] or name.startswith("@") or not isinstance(schema, dict):
        return schema
    return {"anyOf": [schema, {"type": "null"}]}


@functools.lru_cache(maxsize=2)
def _documents(is_open: bool) -> tuple[tuple[str, Any], ...]:
    """Every schema file of Graph, in one variant, with the address it is referred to by."""
    home = folder() / "graph"
    base = index()["base"]
    found = (
        (base + path.relative_to(home).as_posix(), orjson.loads(path.read_bytes()))
        for path in sorted(home.rglob("*.schema.json"))
    )
    return tuple((address, opened(each) if is_open else each) for address, each in found)


@functools.lru_cache(maxsize=2)
def _registry(is_open: bool) -> Registry[Any]:
    """The documents for jsonschema, which would leave its extended validator where a document names its own dialect."""
    return Registry[Any]().with_resources(
        (address, DRAFT202012.create_resource({name: value for name, value in each.items() if name != "$schema"}))
        for address, each in _documents(is_open)
    )


@functools.lru_cache(maxsize=2)
def _quick_registry(is_open: bool) -> Any:
    import jsonschema_rs

    return jsonschema_rs.Registry(_documents(is_open), draft=jsonschema_rs.Draft202012)


# Python's own expressions read these otherwise than ECMA-262, which JSON Schema refers to.
_ECMA_SPACE = r"\t\n\v\f\r \u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ufeff"
_ECMA_CLASSES = {r"\d": "0-9", r"\w": "A-Za-z0-9_", r"\s": _ECMA_SPACE}
_ECMA_OUTSIDE = {"$": r"\Z", ".": r"[^\n\r\u2028\u2029]"}
_PART = re.compile(r"\\.|.", re.DOTALL)


@functools.lru_cache(maxsize=256)
def ecma(pattern: str) -> re.Pattern[str]:
    """A schema's pattern as ECMA-262 reads it (JSON Schema 2020-12 Core, section 6.4): ``$`` is the very end.

    A dot stands for no end of a line, of which there are four.
    """
    parts: list[str] = []
    inside = False
    for part in _PART.findall(pattern):
        if part in _ECMA_CLASSES:
            parts.append(_ECMA_CLASSES[part] if inside else f"[{_ECMA_CLASSES[part]}]")
        else:
            parts.append(part if inside else _ECMA_OUTSIDE.get(part, part))
            inside = part == "[" or (inside and part != "]")
    return re.compile("".join(parts))


def _pattern(_: Validator, pattern: str, instance: Any, __: Any) -> Iterator[ValidationError]:
    if isinstance(instance, str) and not ecma(pattern).search(instance):
        yield ValidationError(f"{instance!r} does not match {pattern!r}")


_VALIDATOR: type[Validator] = extend(Draft202012Validator, {"pattern": _pattern})  # type: ignore[no-untyped-call]  # untyped in the stubs


def _distance(error: ValidationError) -> tuple[int, bool, int]:
    """How far a branch is from holding; that a value might as well be null tells nobody anything."""
    return -len(error.absolute_path), error.validator_value == "null", len(str(error.message))


def _told(error: ValidationError) -> tuple[str, str]:
    """Path and message of an error; of a choice (``anyOf``, ``oneOf``) the branch that comes nearest to holding."""
    while error.context:
        error = min(error.context, key=_distance)
    path = "".join(f"[{part}]" if isinstance(part, int) else member(str(part)) for part in error.absolute_path)
    message = error.message if len(error.message) < _LONG else f"{error.message[:120]} ... {error.message[-120:]}"
    return f"${path}", message if error.validator != "const" else f"{message}, got {json.dumps(error.instance)[:80]}"
