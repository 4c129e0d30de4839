"""Response shapes: which properties of an item an answer shows, and writing them in schema order."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from reference_impl.domain.copying import replace
from reference_impl.domain.fragments import Fragments
from reference_impl.domain.items import Item
from reference_impl.ews import markup, xml
from reference_impl.ews.bodies import PLAIN, Rendering
from reference_impl.ews.call import Call
from reference_impl.ews.errors import ResponseError
from reference_impl.ews.extended.addresses import ExtendedPath, extended_path
from reference_impl.ews.extended.properties import write_extended
from reference_impl.ews.fields.model import Field, Reader
from reference_impl.ews.fields.readers import is_lasting
from reference_impl.ews.fields.tables import BY_URI, DEFAULT_SHAPES, EXTENDED_AFTER, OF_STORED_ITEMS, TABLES
from reference_impl.ews.namespaces import t
from reference_impl.ews.tree import Element, children
from reference_impl.ews.versions import Version, version
from reference_impl.ews.view import View, element_of
from reference_impl.mime.markup import without_unsafe

_MEETING_MESSAGES: Final = frozenset({"MeetingMessage", "MeetingRequest", "MeetingResponse", "MeetingCancellation"})

_FAMILIES: Final = {
    "message": _MEETING_MESSAGES | {"Message", "PostItem"},
    "calendar": frozenset({"CalendarItem", "MeetingRequest"}),
    "meeting": _MEETING_MESSAGES,
    "meetingRequest": frozenset({"MeetingRequest"}),
    "contacts": frozenset({"Contact", "DistributionList"}),
    "distributionlist": frozenset({"DistributionList"}),
    "task": frozenset({"Task"}),
    "postitem": frozenset({"PostItem"}),
    "folder": frozenset[str](),
}
"""Prefix of a field URI -> the elements that have such properties, as far as no table says it."""

_EVERY_ELEMENT: Final = frozenset[str]().union(*_FAMILIES.values())


@dataclass(frozen=True, slots=True)
class Shape:
    """What an ItemShape asks for."""

    base: str
    rendering: Rendering
    uris: frozenset[str]
    extended: tuple[ExtendedPath, ...]
    headers: frozenset[str] = frozenset()


def read_shape(element: Element) -> Shape:
    """The shape that an m:ItemShape asks for. Raises ErrorInvalidExtendedProperty."""
    content = _content(element)
    shape = _SHAPES.get(content)
    if shape is None:
        shape = _read_shape(element)
        if len(_SHAPES) >= _MOST_SHAPES:
            _SHAPES.clear()
        _SHAPES[content] = shape
    return shape


def _content(element: Element) -> tuple[object, ...]:
    return tuple(
        [(part.tag, part.text, *part.items(), _content(part) if len(part) else ()) for part in children(element)]
    )


_MOST_SHAPES: Final = 512
_SHAPES: Final[dict[tuple[object, ...], Shape]] = {}
"""Shapes by what their elements contain: clients ask for few, again and again."""


def _read_shape(element: Element) -> Shape:
    paths = element.find(t("AdditionalProperties"))
    named = () if paths is None else paths.findall(t("FieldURI"))
    extended = () if paths is None else paths.findall(t("ExtendedFieldURI"))
    indexed = () if paths is None else paths.findall(t("IndexedFieldURI"))
    mime = {"item:MimeContent"} if _is_on(element, "IncludeMimeContent") else frozenset[str]()
    return Shape(
        base=element.findtext(t("BaseShape")) or "IdOnly",
        rendering=_rendering(element),
        uris=frozenset(path.get("FieldURI", "") for path in named) | mime,
        extended=tuple(extended_path(path) for path in extended),
        headers=frozenset(path.get("FieldIndex", "").casefold() for path in indexed if path.get("FieldURI") == _HEADER),
    )


def _rendering(element: Element) -> Rendering:
    limit, template = element.findtext(t("MaximumBodySize")), element.findtext(t("InlineImageUrlTemplate"))
    changes = tuple(change for name, change in _CHANGES if _is_on(element, name))
    return Rendering(
        type=element.findtext(t("BodyType")) or "Best",
        unique_type=element.findtext(t("UniqueBodyType")) or "Best",
        normalized_type=element.findtext(t("NormalizedBodyType")) or "HTML",
        limit=None if limit is None else int(limit),
        changes=(*changes, markup.inline_images_by(template)) if template else changes,
        blocks_images=_is_on(element, "BlockExternalImages"),
    )


def _is_on(element: Element, name: str) -> bool:
    return (element.findtext(t(name)) or "").strip() in {"true", "1"}


_HEADER: Final = "item:InternetMessageHeader"
_HEADERS: Final = "item:InternetMessageHeaders"

_CHANGES: Final = (
    ("ConvertHtmlCodePageToUTF8", markup.in_utf8),
    ("FilterHtmlContent", without_unsafe),
    ("BlockExternalImages", markup.without_external_images),
    ("AddBlankTargetToLinks", markup.with_blank_targets),
)
"""The switches of an ItemShape that change HTML bodies."""


def read_attachment_shape(element: Element | None) -> Shape:
    """The shape in which an m:AttachmentShape asks for attached items: all properties, and the named ones."""
    if element is None:
        return Shape("AllProperties", PLAIN, frozenset(), ())
    return replace(read_shape(element), base="AllProperties")


def owners(uri: str) -> frozenset[str]:
    """The elements that have the property of this field URI."""
    in_tables = frozenset(element for element, table in BY_URI.items() if uri in table)
    family = _FAMILIES.get(uri.partition(":")[0], _EVERY_ELEMENT)
    return in_tables | (family - TABLES.keys()) if in_tables else family


@lru_cache(maxsize=512)
def is_for_many_kinds(uris: frozenset[str]) -> bool:
    """Whether no one kind of item has all these properties.

    Clients that read a folder of mixed kinds ask for everything that any of them has; such a request is answered
    with what each item has. A request that fits one kind is held to it.
    """
    common = _EVERY_ELEMENT
    for uri in uris:
        common &= owners(uri)
    return not common


def check_shape(shape: Shape, element: str) -> None:
    """Raise ErrorInvalidPropertyRequest for a property that this kind of item does not have (DOC responsecode)."""
    if not shape.uris or is_for_many_kinds(shape.uris):
        return
    for uri in sorted(shape.uris):
        if element not in owners(uri):
            raise ResponseError(
                "ErrorInvalidPropertyRequest",
                f"A {element} has no property {uri}.",
                (f'<t:FieldURI FieldURI="{xml.attribute(uri)}"/>',),
            )


_NOT_FOUND: Final = frozenset(field.uri for table in TABLES.values() for field in table if not field.found)


def check_findable(shape: Shape) -> None:
    """Raise ErrorInvalidPropertyForOperation for properties that only GetItem shows (DOC finditem, responsecode)."""
    asked = shape.uris & _NOT_FOUND
    if asked:
        uri = min(asked)
        raise ResponseError(
            "ErrorInvalidPropertyForOperation",
            f"{uri} is shown by GetItem alone.",
            (f'<t:FieldURI FieldURI="{xml.attribute(uri)}"/>',),
        )


@dataclass(frozen=True, slots=True, eq=False)
class _Chosen:
    """The properties that a shape shows of one kind of item; ``first`` stand before the extended ones, ``rest`` behind.

    ``lasts`` tells that what they show of an item depends on nothing else than the way times are written.
    """

    every: tuple[Reader, ...]
    first: tuple[Reader, ...]
    rest: tuple[Reader, ...]
    lasts: bool


FRAGMENTS: Final = Fragments[str](8192)
"""What FindItem wrote of items."""


@lru_cache(maxsize=1024)
def _chosen(base: str, uris: frozenset[str], element: str, version_name: str, found: bool, attached: bool) -> _Chosen:
    asked = version(version_name)
    assert asked is not None
    first: list[Reader] = []
    rest: list[Reader] = []
    readers = first
    for field in TABLES[element]:
        if _is_chosen(field, base, uris, element, asked, found=found) and not (
            attached and field.element in OF_STORED_ITEMS
        ):
            readers.append(field.read)
        if field.element == EXTENDED_AFTER:
            readers = rest
    every = (*first, *rest)
    return _Chosen(every, tuple(first), tuple(rest), all(map(is_lasting, every)))


def _is_chosen(field: Field, base: str, uris: frozenset[str], element: str, asked: Version, *, found: bool) -> bool:
    if not asked.has(field.since) or (found and not field.found):
        return False
    if field.element == "ItemId" or field.uri in uris:
        return True
    if base == "AllProperties":
        return not field.named_only
    return base == "Default" and field.uri in DEFAULT_SHAPES[element]


def write_item(view: View, shape: Shape) -> str:
    """The item's element with the properties of the shape that have a value, in schema order."""
    element, uris = view.element, shape.uris
    if shape.headers and _HEADERS not in uris and shape.base != "AllProperties":
        view, uris = replace(view, only_headers=shape.headers), uris | {_HEADERS}
    chosen = _chosen(shape.base, uris, element, view.call.version.name, view.found, view.way is not None)
    if not shape.extended:
        return xml.node(element, "".join([written for read in chosen.every if (written := read(view)) is not None]))
    item, call, found = view.item, view.call, view.found
    parts = [written for read in chosen.first if (written := read(view)) is not None]
    parts += [written for path in shape.extended if (written := write_extended(path, item, call, found=found))]
    parts += [written for read in chosen.rest if (written := read(view)) is not None]
    return xml.node(element, "".join(parts))


def write_found(found: Iterable[Item], shape: Shape, call: Call) -> list[str]:
    """The elements of items in a FindItem answer."""
    kinds: dict[str, tuple[Hashable, Mapping[int, tuple[Item, str]]]] = {}
    parts = []
    for item in found:
        element = element_of(item)
        if element not in kinds:
            way = _lasting_way(element, shape, call)
            kinds[element] = way, {} if way is None else FRAGMENTS.made(way)
        way, made = kinds[element]
        kept = made.get(id(item))
        written = write_item(View(call, item, shape.rendering, found=True), shape) if kept is None else kept[1]
        if kept is None and way is not None:
            FRAGMENTS.keep(item, way, written)
        parts.append(written)
    return parts


def _lasting_way(element: str, shape: Shape, call: Call) -> Hashable:
    """All on which it depends what a FindItem answer shows of an item of this kind; None where that is not all."""
    if shape.extended or shape.headers:
        return None
    chosen = _chosen(shape.base, shape.uris, element, call.version.name, found=True, attached=False)
    return (chosen, call.zone, call.milliseconds) if chosen.lasts else None
