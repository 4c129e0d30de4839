"""How plain properties are read from requests: each function makes the setter of one domain attribute."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from reference_impl.domain.items import Body
from reference_impl.ews import words
from reference_impl.ews.errors import ResponseError
from reference_impl.ews.fields.model import Eraser, Setter, Writing
from reference_impl.ews.namespaces import t
from reference_impl.ews.tree import Element

_TRUE: Final = frozenset({"true", "1"})


def text_of(element: Element) -> str:
    """The characters of an element."""
    return element.text or ""


def flag_of(element: Element) -> bool:
    """An xs:boolean that has been validated."""
    return text_of(element).strip() in _TRUE


def set_text(attribute: str) -> Setter:
    """Plain text."""
    return lambda _target, element, _writing: {attribute: text_of(element)}


def set_flag(attribute: str) -> Setter:
    """A boolean."""
    return lambda _target, element, _writing: {attribute: flag_of(element)}


def set_number(attribute: str) -> Setter:
    """A whole number."""
    return lambda _target, element, _writing: {attribute: int(text_of(element))}


def set_choice(attribute: str, choices: Mapping[str, Any]) -> Setter:
    """An enumeration value that has been validated."""
    return lambda _target, element, _writing: {attribute: choices[text_of(element).strip()]}


def set_nothing(_target: Any, _element: Element, _writing: Writing) -> Mapping[str, Any]:
    """A value that this kind of item takes, but has no use for."""
    return {}


def erase(attribute: str, absent: Any) -> Eraser:
    """The attribute as it is without a value."""
    return lambda _target: {attribute: absent}


def body_of(element: Element) -> Body:
    """A body with its type."""
    return Body(text_of(element), words.BODY_TYPE_OF[element.get("BodyType", "Text")])


def set_body(_target: Any, element: Element, _writing: Writing) -> Mapping[str, Any]:
    """The body replaced."""
    return {"body": body_of(element)}


def append_body(target: Any, element: Element, _writing: Writing) -> Mapping[str, Any]:
    """The body lengthened; its type must be the stored one (DOC responsecode, ErrorInvalidPropertyAppend)."""
    more = body_of(element)
    stored: Body = target.body
    if stored.content and stored.type is not more.type:
        raise ResponseError("ErrorInvalidPropertyAppend", "The body to append is of another type than the stored one.")
    return {"body": Body(stored.content + more.content, more.type)}


def set_categories(_target: Any, element: Element, _writing: Writing) -> Mapping[str, Any]:
    """The categories replaced; a name counts once."""
    names = (text_of(child) for child in element.findall(t("String")))
    return {"categories": tuple(dict.fromkeys(names))}
