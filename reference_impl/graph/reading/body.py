"""Request bodies brought to the written form of their schema and checked against it.

Member names and enumeration literals are matched without regard to case, annotations and read-only members are left
out, and the parameters of actions may come as text. The schemas are the data that drives all of it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from functools import cache, cached_property
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
    written: dict[str, Any] = _Reader(request, undeclared_refused).read(sent, _shape_of_request(request), "")
    for error in _validator(request).iter_errors(written):
        where = ".".join(str(step) for step in error.instance_path) or "the body"
        raise BodyInvalid(reason=f"{where}: {error.message}")
    return written


def _parsed(body: bytes) -> Any:
    """The value of a JSON text in which no object names a member twice."""
    try:
        sent = orjson.loads(body)
        _ONCE_EACH.decode(body.decode())  # orjson keeps the last of two members and tells nothing
    except orjson.JSONDecodeError as problem:
        raise BodyNotJson(reason=str(problem)) from None
    except RecursionError:
        raise BodyNotJson(reason="its values are nested too deeply.") from None
    return sent


def _once_each(pairs: list[tuple[str, Any]]) -> None:
    if len(dict(pairs)) == len(pairs):
        return
    names: set[str] = set()
    for name, _ in pairs:
        if name in names:
            raise BodyInvalid(reason=f"{name}: the member is given twice.")
        names.add(name)


_ONCE_EACH: Final = json.JSONDecoder(object_pairs_hook=_once_each)


class _Shape:
    """What a schema says of values that are not null, as far as it takes to bring them to their written form."""

    def __init__(self, schema: Mapping[str, Any]) -> None:
        self._schema = schema
        self._declared: Mapping[str, Mapping[str, Any]] = schema.get("properties", {})
        types = schema.get("type", ())
        self.is_open = schema.get("additionalProperties", not self._declared) is not False
        self.is_boolean = "boolean" in types
        self.is_number = "number" in types
        self.is_whole = "integer" in types
        self.words: dict[str, str] | None = None
        if "enum" in schema:
            texts = [word for word in schema["enum"] if isinstance(word, str)]
            self.words = {word.lower(): word for word in reversed(texts)}
        self.is_plain = not (self.is_boolean or self.is_number or self.is_whole or self.words is not None)

    @cached_property
    def members(self) -> Mapping[str, tuple[str, _Shape | None]]:
        """The declared members by their names in lower case, each with its name; without a shape what is only read."""
        return {
            name.lower(): (name, None if each.get("readOnly") else _shape(each))
            for name, each in self._declared.items()
        }

    @cached_property
    def element(self) -> _Shape:
        """What is said of the elements of an array."""
        return _shape(self._schema["items"]) if "items" in self._schema else _ANYTHING


_ANYTHING: Final = _Shape({})


class _Reader:
    """Walks a value and its shape together."""

    def __init__(self, request: str, undeclared_refused: bool) -> None:
        self._request = request
        self._undeclared_refused = undeclared_refused
        self._names_of_any_case = Freedom.NAMES in FREEDOMS
        self._words_of_any_case = Freedom.WORDS in FREEDOMS
        self._takes_texts = Freedom.PARAMETERS in FREEDOMS and not request.endswith(_ENTITY_WRITES)

    def read(self, value: Any, shape: _Shape, place: str) -> Any:
        if isinstance(value, str):
            if "\x00" in value:
                raise BodyInvalid(reason=f"{place or 'the body'}: a text may not hold the character U+0000.")
            return value if shape.is_plain else self._literal(value, shape, place)
        if isinstance(value, dict):
            return self._members(value, shape, f"{place}." if place else "")
        if isinstance(value, list):
            inner = f"{place}.*" if place else "*"
            return [self.read(each, shape.element, inner) for each in value]
        return value

    def _members(self, sent: Mapping[str, Any], shape: _Shape, place: str) -> dict[str, Any]:
        """The members that a shape declares, under their names there; of an open one the others too, as they are."""
        written: dict[str, Any] = {}
        members, any_case = shape.members, self._names_of_any_case
        for given, value in sent.items():
            declared = members.get(given.lower())
            if declared is not None and (any_case or declared[0] == given):
                name, member = declared
                if name in written:
                    raise BodyInvalid(reason=f"{place}{given}: the member is given twice.")
                if member is not None and (value is not None or self._made(place + name) is not Made.ABSENT):
                    written[name] = self.read(value, member, place + name)
            elif shape.is_open:
                written[given] = self.read(value, _ANYTHING, place + given)
            elif self._undeclared_refused and "@odata." not in given.lower():
                known = ", ".join(name for name, _ in members.values())
                raise BodyInvalid(reason=f"{place}{given}: no such member; known: {known}.")
        return written

    def _literal(self, value: str, shape: _Shape, place: str) -> Any:
        if shape.words is not None:
            return shape.words.get(value.lower(), value) if self._words_of_any_case else value
        if not self._takes_texts and self._made(place) is not Made.CONVERTED:
            return value
        if shape.is_boolean:
            return _BOOLEANS.get(value.strip().lower(), value)
        if _WHOLE.fullmatch(value):
            return int(value)
        return float(value) if shape.is_number and _DECIMAL.fullmatch(value) else value

    def _made(self, place: str) -> Made | None:
        return BY_PLACE.get((self._request, place))


@cache
def _documents() -> Mapping[str, Any]:
    """The request schemas by file name."""
    folder = schemas.folder() / "graph" / "requests"
    return {path.name: orjson.loads(path.read_bytes()) for path in sorted(folder.glob("*.schema.json"))}


@cache
def _validator(request: str) -> Any:
    registry = jsonschema_rs.Registry([(document["$id"], document) for document in _documents().values()])
    return jsonschema_rs.validator_for(_documents()[f"{request}.schema.json"], registry=registry)


@cache
def _shape_of_request(request: str) -> _Shape:
    return _shape(_documents()[f"{request}.schema.json"])


_SHAPES: Final[dict[int, _Shape]] = {}
"""The shapes by their schemas, which are there as long as the process: a schema may hold itself."""


def _shape(schema: Mapping[str, Any]) -> _Shape:
    """The shape of a schema of the documents, or, where it says that null will do, of what it says of all else."""
    schema = _resolved(schema)
    if "anyOf" in schema:
        schema = _resolved(schema["anyOf"][0])
    return _SHAPES.setdefault(id(schema), _Shape(schema))


def _resolved(schema: Mapping[str, Any]) -> Mapping[str, Any]:
    """The schema a reference leads to; references are a file of this folder and a definition in it."""
    while "$ref" in schema:
        name, _, pointer = schema["$ref"].partition("#")
        found: Any = _documents()[name or "common.schema.json"]
        for step in filter(None, pointer.split("/")):
            found = found[step]
        schema = found
    return schema
