"""What an item says: its body in every form."""

from __future__ import annotations

from typing import Final

from reference_impl.domain.items import Body, BodyType
from reference_impl.ews import bodies, markup, xml
from reference_impl.ews.fields.model import Field, Table
from reference_impl.ews.fields.readers import text
from reference_impl.ews.fields.setters import append_body, set_body
from reference_impl.ews.view import View
from reference_impl.mime.bodies import as_text


def _written(name: str, body: Body, view: View) -> str:
    return bodies.write_body(name, body, view.rendering, tells_truncation=view.call.version.has("Exchange2013"))


def _body(view: View) -> str:
    return _written("Body", bodies.body_as(view.item.body, view.rendering.type), view)


def _unique_body(view: View) -> str:
    unique = bodies.unique_part(view.item.body)
    return _written("UniqueBody", bodies.fragment(bodies.body_as(unique, view.rendering.unique_type)), view)


def _normalized_body(view: View) -> str:
    asked = view.rendering.normalized_type
    body = bodies.body_as(view.item.body, "HTML" if asked == "Best" else asked)
    return _written("NormalizedBody", bodies.fragment(body), view)


def _block_status(view: View) -> str:
    return xml.leaf("BlockStatus", view.rendering.blocks_images)


def _has_blocked_images(view: View) -> str:
    body = view.item.body
    is_blocked = view.rendering.blocks_images and body.type is BodyType.HTML
    return xml.leaf("HasBlockedImages", is_blocked and markup.has_external_images(body.content))


BODY: Final[Table] = (
    Field(
        uri="item:Body",
        element="Body",
        read=_body,
        found=False,
        value=lambda item: as_text(item.body),
        create=set_body,
        update=set_body,
        append=append_body,
        delete=lambda target: {"body": type(target.body)("", target.body.type)},
    ),
    Field(
        uri="item:UniqueBody",
        element="UniqueBody",
        read=_unique_body,
        since="Exchange2010",
        named_only=True,
        found=False,
    ),
    Field(
        uri="item:NormalizedBody",
        element="NormalizedBody",
        read=_normalized_body,
        since="Exchange2013",
        named_only=True,
        found=False,
    ),
    Field(
        uri="item:Preview",
        element="Preview",
        read=text("Preview", lambda item: bodies.preview(item.body)),
        since="Exchange2013",
    ),
    Field(
        uri="item:BlockStatus",
        element="BlockStatus",
        read=_block_status,
        since="Exchange2013",
        named_only=True,
        found=False,
    ),
    Field(
        uri="item:HasBlockedImages",
        element="HasBlockedImages",
        read=_has_blocked_images,
        since="Exchange2013",
        named_only=True,
        found=False,
    ),
    Field(
        uri="item:TextBody",
        element="TextBody",
        read=lambda view: _written("TextBody", bodies.body_as(view.item.body, "Text"), view),
        since="Exchange2013",
        named_only=True,
        found=False,
    ),
)
"""The properties of this subject."""
