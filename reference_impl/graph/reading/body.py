"""Request bodies brought to the written form of their schema and checked against it.

Member names and enumeration literals are matched without regard to case, annotations and read-only members are left
out, and the parameters of actions may come as text. The schemas are the data that drives all of it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from functools import cache
from typing import Any, Final

import jsonschema_rs
import orjson

from reference_impl import schemas
from reference_impl.graph.reading.liberties import BY_PLACE, FREEDOMS, Freedom, Made
from reference_impl.graph.refusals import (
    BodyInvalid,
    BodyMissing,
    BodyNotJson,
    ContentTypeMissing,
    MediaTypeUnsupported,
)

_ENTITY_WRITES: Final = (".create", ".update")
"""What the names of requests end with whose body is an entity; the bodies of all others hold an action's parameters."""

_WHOLE: Final = re.compile(r"\s*[+-]?[0-9]{1,9}\s*")
_DECIMAL: Final = re.compile(r"\s*[+-]?[0-9]{1,9}\.[0-9]{1,9}\s*")
_BOOLEANS: Final = {"true": True, "false": False}


def read_json(
    request: str, body: bytes, media_type: str, *, optional: bool = False, undeclared_refused: bool = True
) -> dict[str, Any]:
    """The members of a body in the written form of the schema of ``request`` (such as ``event.create``).

    An ``optional`` body that is not sent has no members. Parameters of actions may be texts that read as the declared
    type ("true", "15").

    BodyMissing, ContentTypeMissing, MediaTypeUnsupported, BodyNotJson, or BodyInvalid with the place and what was
    expected there.
    """
    if not body.strip():
        if optional:
            return {}
        raise BodyMissing
    if not media_type.strip():
        raise ContentTypeMissing
    if media_type.partition(";")[0].strip().lower() != "application/json":
        raise MediaTypeUnsupported(got=media_type)
    return read_members(request, _parsed(body), undeclared_refused=undeclared_refused)


def read_members(request: str, sent: Any, *, undeclared_refused: bool = True) -> dict[str, Any]:
    """The same of a value that is parsed already, such as an entity within another. BodyInvalid."""
    written = _Reader(request, undeclared_refused).read(sent, {"$ref": f"{request}.schema.json"}, "")
    for error in _validator(request).iter_errors(written):
        where = ".".join(str(step) for step in error.instance_path) or "the body"
        raise BodyInvalid(reason=f"{where}: {error.message}")
    members: dict[str, Any] = written
    return members


def _parsed(body: bytes) -> Any:
    """The value of a JSON text in which no object names a member twice."""
    try:
        sent = orjson.loads(body)
        json.loads(body, object_pairs_hook=_once_each)  # orjson keeps the last of two members and tells nothing
    except orjson.JSONDecodeError as problem:
        raise BodyNotJson(reason=str(problem)) from None
    except RecursionError:
        raise BodyNotJson(reason="its values are nested too deeply.") from None
    return sent


def _once_each(pairs: list[tuple[str, Any]]) -> None:
    names: set[str] = set()
    for name, _ in pairs:
        if name in names:
            raise BodyInvalid(reason=f"{name}: the member is given twice.")
        names.add(name)


class _Reader:
    """Walks a value and its schema together."""

    def __init__(self, request: str, undeclared_refused: bool) -> None:
        self._request = request
        self._undeclared_refused = undeclared_refused
        self._is_entity = request.endswith(_ENTITY_WRITES)

    def read(self, value: Any, schema: Mapping[str, Any], place: str) -> Any:
        if isinstance(value, str) and "\x00" in value:
            raise BodyInvalid(reason=f"{place or 'the body'}: a text may not hold the character U+0000.")
        schema = _resolved(schema)
        if value is not None and "anyOf" in schema:
            schema = _resolved(schema["anyOf"][0])
        if isinstance(value, dict):
            return self._members(value, schema, place)
        if isinstance(value, list):
            return [self.read(each, schema.get("items", {}), f"{place}.*" if place else "*") for each in value]
        if isinstance(value, str):
            return self._literal(value, schema, place)
        return value

    def _members(self, sent: Mapping[str, Any], schema: Mapping[str, Any], place: str) -> dict[str, Any]:
        """The members that a schema declares, under their names there; of an open one the others too, as they are."""
        declared = schema.get("properties", {})
        is_open = schema.get("additionalProperties", not declared) is not False
        cased = _as_is if Freedom.NAMES not in FREEDOMS else str.lower
        names = {cased(name): name for name in declared}
        written: dict[str, Any] = {}
        for given, value in sent.items():
            name = names.get(cased(given))
            if name is None and is_open:
                written[given] = self.read(value, {}, f"{place}.{given}" if place else given)
                continue
            if name is None and "@odata." in given.lower():
                continue
            if name is None:
                if self._undeclared_refused:
                    raise BodyInvalid(
                        reason=f"{f'{place}.' if place else ''}{given}: no such member; known: {', '.join(declared)}."
                    )
                continue
            if name in written:
                raise BodyInvalid(reason=f"{f'{place}.' if place else ''}{given}: the member is given twice.")
            inner = f"{place}.{name}" if place else name
            if declared[name].get("readOnly") or (value is None and self._made(inner) is Made.ABSENT):
                continue
            written[name] = self.read(value, declared[name], inner)
        return written

    def _literal(self, value: str, schema: Mapping[str, Any], place: str) -> Any:
        if "enum" in schema:
            return next((word for word in schema["enum"] if _is_same(word, value)), value)
        if (self._is_entity or Freedom.PARAMETERS not in FREEDOMS) and self._made(place) is not Made.CONVERTED:
            return value
        types = schema.get("type", ())
        if "boolean" in types:
            return _BOOLEANS.get(value.strip().lower(), value)
        if ("integer" in types or "number" in types) and _WHOLE.fullmatch(value):
            return int(value)
        if "number" in types and _DECIMAL.fullmatch(value):
            return float(value)
        return value

    def _made(self, place: str) -> Made | None:
        return BY_PLACE.get((self._request, place))


def _as_is(name: str) -> str:
    return name


def _is_same(word: Any, literal: str) -> bool:
    """Whether a literal is the word of an enumeration."""
    return word == literal or (Freedom.WORDS in FREEDOMS and isinstance(word, str) and word.lower() == literal.lower())


@cache
def _documents() -> Mapping[str, Any]:
    """The request schemas by file name."""
    folder = schemas.folder() / "graph" / "requests"
    return {path.name: orjson.loads(path.read_bytes()) for path in sorted(folder.glob("*.schema.json"))}


@cache
def _validator(request: str) -> Any:
    registry = jsonschema_rs.Registry([(document["$id"], document) for document in _documents().values()])
    return jsonschema_rs.validator_for(_documents()[f"{request}.schema.json"], registry=registry)


def _resolved(schema: Mapping[str, Any]) -> Mapping[str, Any]:
    """The schema a reference leads to; references are a file of this folder and a definition in it."""
    while "$ref" in schema:
        name, _, pointer = schema["$ref"].partition("#")
        found: Any = _documents()[name or "common.schema.json"]
        for step in filter(None, pointer.split("/")):
            found = found[step]
        schema = found
    return schema
